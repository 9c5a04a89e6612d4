import type { Value } from '../../kernel/value.ts'
import { VaultText } from '../../kernel/value.ts'
import { parseUrl } from '../filters/url.ts'
import { calls } from '../python/call.ts'
import { flag } from '../python/coerce.ts'
import { isIn, truthy } from '../python/compare.ts'
import { asDouble } from '../python/numbers.ts'
import { iterate, listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'

const asBool: ReadonlyMap<string, boolean> = new Map([
  ...['y', 'yes', 'on', '1', 'true', 't'].map((word) => [word, true] as const),
  ...['n', 'no', 'off', '0', 'false', 'f'].map((word) => [word, false] as const),
])

/** Ansible's tests of truth, sets, paths and addresses of the web. */
export const miscTests: ReadonlyMap<string, Call> = calls({
  'truthy(value convert_bool?)': (_, value, convert) => isTrue(value, flag(convert)),
  'falsy(value convert_bool?)': (_, value, convert) => !isTrue(value, flag(convert)),
  'all(value)': (_, value) => listOf(value).every(truthy),
  'any(value)': (_, value) => listOf(value).some(truthy),
  'contains(value item)': (_, value, item) => isIn(item, value),
  'subset|issubset(value other)': (_, value, other) => isSubset(value, other),
  'superset|issuperset(value other)': (_, value, other) => isSubset(other, value),
  'nan|isnan(value)': (_, value) => Number.isNaN(asDouble(value) ?? 0),
  'abs|is_abs(path)': (_, path) => typeof path === 'string' && path.startsWith('/'),
  'uri(value schemes?)': (_, value, schemes) => isUri(value, schemes),
  'url(value schemes?)': (_, value, schemes) => isUrl(value, schemes),
  'urn(value)': (_, value) => isUri(value, ['urn']),
  'vault_encrypted(value)': (_, value) => value instanceof VaultText,
})

function isTrue(value: Value, convert: boolean): boolean {
  if (!convert) return truthy(value)
  const word = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.toLowerCase().trim() : ''
  return asBool.get(word) ?? truthy(value)
}

function isSubset(value: Value, other: Value): boolean {
  const all = listOf(other)
  return Array.from(iterate(value)).every((item) => isIn(item, all))
}

function isUri(value: Value, schemes: Value | undefined): boolean {
  if (typeof value !== 'string') return false
  const allowed = schemes === undefined || schemes === null ? [] : listOf(schemes)
  return allowed.length === 0 || allowed.includes(parseUrl(value).scheme)
}

function isUrl(value: Value, schemes: Value | undefined): boolean {
  if (typeof value !== 'string' || !isUri(value, schemes)) return false
  const url = parseUrl(value)
  return url.netloc !== '' || url.scheme === 'file'
}
