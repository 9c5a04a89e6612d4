import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { integer } from '../python/coerce.ts'
import { str } from '../python/repr.ts'
import { stripEnd } from '../python/text.ts'

type Style = { readonly decoration: string; readonly beginning?: string; readonly end?: string }

const styles: ReadonlyMap<string, Style> = new Map<string, Style>([
  ['plain', { decoration: '# ' }],
  ['erlang', { decoration: '% ' }],
  ['c', { decoration: '// ' }],
  ['cblock', { beginning: '/*', decoration: ' * ', end: ' */' }],
  ['xml', { beginning: '<!--', decoration: ' - ', end: '-->' }],
])

/** Ansible's `comment`: text as a comment of a style, each part of which can be given by name. */
export function comment(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): string {
  const name = str(args[1] ?? kwargs.get('style') ?? 'plain')
  const style = styles.get(name)
  if (style === undefined)
    throw filterError(`unknown comment style '${name}'`, `one of ${[...styles.keys()].join(', ')}`)
  const part = (key: string, fallback: string): string => {
    const given = kwargs.get(key)
    return given === undefined ? fallback : str(given)
  }
  const count = (key: string): number => Math.min(10_000, Math.max(0, integer(kwargs.get(key) ?? 1, key)))
  const decoration = part('decoration', style.decoration)
  const newline = part('newline', '\n')
  const beginning = part('beginning', style.beginning ?? '')
  const prefix = part('prefix', stripEnd(decoration))
  const postfix = part('postfix', stripEnd(decoration))
  const end = part('end', style.end ?? '')
  const text = str(args[0]!).replaceAll(newline, () => newline + decoration)
  const prefixed = prefix === '' ? '' : (prefix === newline ? newline : prefix + newline).repeat(count('prefix_count'))
  return [
    beginning === '' ? '' : beginning + newline,
    prefixed,
    (decoration + text).replaceAll(decoration + newline, () => stripEnd(decoration) + newline),
    (newline + postfix).repeat(count('postfix_count')),
    end === '' ? '' : newline + end,
  ].join('')
}
