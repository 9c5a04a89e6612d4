import type { Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag } from '../python/coerce.ts'
import { dictEntries, isMapping } from '../python/dict.ts'
import { str } from '../python/repr.ts'
import { type Call, Undefined } from '../python/types.ts'
import { urlize } from './urlize.ts'

/** Filters of HTML. */
export const webFilters: ReadonlyMap<string, Call> = calls({
  'escape|e|forceescape(value)': (_, value) => escapeHtml(str(value)),
  'striptags(value)': (_, value) => stripTags(str(value)),
  'xmlattr(d autospace?)': (_, value, space) => xmlAttributes(value, flag(space, true)),
  'urlize(value trim_url_limit? nofollow? target? rel? extra_schemes?)': (
    _,
    value,
    limit,
    nofollow,
    target,
    rel,
    schemes,
  ) => urlize(str(value), { limit, nofollow: flag(nofollow), target, rel, schemes }),
})

/** `&`, `<`, `>` and quotes as entities. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('>', '&gt;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;')
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', '\xa0'],
])

function stripTags(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities.get(name) ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    })
}

function xmlAttributes(value: Value, space: boolean): string {
  if (!isMapping(value)) throw typeError('xmlattr takes a dict')
  const text = dictEntries(value)
    .filter(([, item]) => item !== null && !(item instanceof Undefined))
    .map(([key, item]) => `${escapeHtml(str(key))}="${escapeHtml(str(item))}"`)
    .join(' ')
  return space && text !== '' ? ` ${text}` : text
}
