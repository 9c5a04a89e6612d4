import { Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import { chooser, cryptPassword, str } from '../../template/index.ts'
import type { Lookup, LookupContext } from './lookup.ts'

/**
 * A password kept in a file on the controller, made at random the first time (ansible.builtin.password); with `encrypt` its hash is
 * given, and the salt is kept beside it. Problem `lookup.terms`.
 */
export const password: Lookup = {
  name: 'password',
  effects: true,
  run: (terms, options, context) =>
    terms.map((term) => {
      const { path, given } = parsed(str(term), options)
      const file = path.startsWith('/') ? path : `${context.folder}/${path}`
      const known = file === '/dev/null' ? null : keptIn(file, context)
      const text = known?.text ?? made(given)
      const algorithm = nameOf(given.get('encrypt'))
      const hashed =
        algorithm === null ? null : cryptPassword(text, algorithm, known?.salt ?? null, identOf(given, known))
      const changed = known === null || (hashed !== null && known.salt === null)
      if (changed && file !== '/dev/null') context.write(file, `${text}${hashed === null ? '' : suffix(hashed)}\n`)
      return hashed?.hash ?? text
    }),
}

type Kept = { readonly text: string; readonly salt: string | null; readonly ident: string | null }

const OPTIONS: ReadonlySet<string> = new Set(['length', 'encrypt', 'chars', 'ident', 'seed'])

/** `path length=8 chars=a,b`; what follows the path by its name wins over the options of the call. */
function parsed(
  term: string,
  options: ReadonlyMap<string, Value>,
): { path: string; given: ReadonlyMap<string, Value> } {
  const [path = '', ...pairs] = term.split(/\s+(?=\w+=)/)
  const own = pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2).map(unquoted) as [string, string])
  const unknown = own.find(([name]) => !OPTIONS.has(name))
  if (unknown !== undefined) throw wrong(`Unrecognized parameter(s) given to password lookup: ${unknown[0]}`)
  return { path, given: new Map<string, Value>([...options, ...own]) }
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text
}

function keptIn(file: string, { readText }: LookupContext): Kept | null {
  const line = readText(file)?.replace(/\s+$/, '')
  if (line === undefined) return null
  const [, text = line, salt = null, ident = null] = /^(.*) salt=(.*?)(?: ident=(.*))?$/s.exec(line) ?? []
  return { text, salt, ident }
}

function suffix({ salt, ident }: { readonly salt: string; readonly ident: string | null }): string {
  return ` salt=${salt}${ident === null ? '' : ` ident=${ident}`}`
}

function identOf(given: ReadonlyMap<string, Value>, known: Kept | null): string | null {
  const asked = given.get('ident') ?? null
  if (asked !== null && known?.ident && known.ident !== asked)
    throw wrong(`The ident parameter provided (${str(asked)}) does not match the stored one (${known.ident}).`)
  return asked === null ? (known?.ident ?? null) : str(asked)
}

function nameOf(encrypt: Value | undefined): string | null {
  return encrypt === undefined || encrypt === null || encrypt === false || encrypt === '' ? null : str(encrypt)
}

function made(given: ReadonlyMap<string, Value>): string {
  const characters = charactersOf(given.get('chars'))
  const choose = chooser(given.get('seed'))
  return Array.from({ length: Number(given.get('length') ?? 20) }, () => characters[choose(characters.length)]).join('')
}

const CLASSES: { readonly [name: string]: string } = {
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  whitespace: ' \t\n\r\v\f',
}

/** Names of classes and characters themselves, separated by commas; `,,` stands for a comma. Quotes are left out. */
function charactersOf(chars: Value | undefined): string[] {
  const names =
    chars === undefined || chars === null
      ? ['ascii_letters', 'digits', '.,:-_']
      : Array.isArray(chars)
        ? chars.map((item) => str(item as Value))
        : separated(str(chars))
  return [
    ...names
      .map((name) => (Object.hasOwn(CLASSES, name) ? CLASSES[name]! : name))
      .join('')
      .replace(/["']/g, ''),
  ]
}

function separated(text: string): string[] {
  const names = text.replaceAll(',,', ',').split(',')
  return [...(text.includes(',,') ? [','] : []), ...names.filter((name) => name !== '')]
}

function wrong(detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: 'Lookup "password" can\'t use this', detail })
}
