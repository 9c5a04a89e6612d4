import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { optionalText } from '../python/coerce.ts'
import { dictEntries, isMapping } from '../python/dict.ts'
import { str } from '../python/repr.ts'
import { items, listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'

/** Filters of addresses of the web. */
export const urlFilters: ReadonlyMap<string, Call> = calls({
  'urlsplit(value query?)': (_, value, query) => split(str(value), optionalText(query, '')),
  'urlencode(value)': (_, value) => encode(value),
  'urldecode(value)': (_, value) => percentDecode(str(value).replaceAll('+', ' ')),
})

type Url = {
  readonly scheme: string
  readonly netloc: string
  readonly path: string
  readonly query: string
  readonly fragment: string
}

/** Python's `urlsplit`. */
export function parseUrl(text: string): Url {
  const cleaned = text.replace(/^[\x00-\x20]+/, '').replace(/[\t\r\n]/g, '')
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*)$/s.exec(cleaned) ?? []
  const [, netloc = '', tail = ''] = /^(?:\/\/([^/?#]*))?(.*)$/s.exec(rest) ?? []
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(tail) ?? []
  return { scheme: scheme.toLowerCase(), netloc, path, query, fragment }
}

function split(text: string, part: string): Value {
  const { scheme, netloc, path, query, fragment } = parseUrl(text)
  const at = netloc.lastIndexOf('@')
  const user = at < 0 ? null : netloc.slice(0, at)
  const { hostname, port } = hostAndPort(netloc.slice(at + 1))
  const parts = new Map<Value, Value>([
    ['fragment', fragment],
    ['hostname', hostname],
    ['netloc', netloc],
    ['password', user?.includes(':') ? user.slice(user.indexOf(':') + 1) : null],
    ['path', path],
    ['port', port],
    ['query', query],
    ['scheme', scheme],
    ['username', user === null ? null : user.split(':')[0]!],
  ])
  if (part === '') return parts
  const value = parts.get(part)
  if (value === undefined) throw filterError(`urlsplit: unknown URL component: ${part}`)
  return value
}

/** `[::1]:80` or `example.com`; the host in lower case. Raises `template.filter` for a port that is no number. */
export function hostAndPort(address: string): { hostname: string | null; port: number | null } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(address) ?? []
  const host = bracketed ?? plain ?? ''
  if (digits !== undefined && digits !== '' && !/^\d+$/.test(digits))
    throw filterError(`Port could not be cast to integer value as '${digits}'`)
  return {
    hostname: host === '' ? null : host.toLowerCase(),
    port: digits === undefined || digits === '' ? null : Number(digits),
  }
}

/** Percent-encodes text except what `safe` lists; Jinja2 keeps slashes in text and none in queries. */
function percentEncode(text: string, safe: string): string {
  return Array.from(Buffer.from(text, 'utf8'), (byte) => {
    const char = String.fromCharCode(byte)
    return /[A-Za-z0-9_.~-]/.test(char) || safe.includes(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function encode(value: Value): string {
  if (typeof value === 'string' || items(value) === null) return percentEncode(str(value), '/')
  const pairs = isMapping(value) ? dictEntries(value) : listOf(value).map((pair) => listOf(pair))
  const field = (part: Value | undefined): string => percentEncode(str(part ?? ''), '').replaceAll('%20', '+')
  return pairs.map(([key, item]) => `${field(key)}=${field(item)}`).join('&')
}

function percentDecode(text: string): string {
  return text.replace(/(?:%[\da-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}
