import { didYouMean, type Position } from '../kernel/problem.ts'
import { type Dict, Float, Template, type Value, VaultText } from '../kernel/value.ts'
import {
  KEYWORDS,
  type KeywordKind,
  type KeywordName,
  type Keywords,
  keywordsOf,
  type Level,
  type Sited,
} from './keywords.ts'
import { isText, type Session, typeName } from './session.ts'

type AnyKeyword = Sited<Value | readonly Sited[] | readonly string[]>

/**
 * The keywords of a dict at a level. Names that are no keyword are left to the caller (a task's module is among them). A value of the
 * wrong type is a problem `keyword.type`; null counts as not given, but for tags, as in Ansible.
 */
export function readKeywords(session: Session, dict: Dict, level: Level, at: Position): Keywords {
  const keywords: { [name: string]: AnyKeyword } = {}
  for (const [name, value] of dict) {
    if (!isKeyword(name, level) || (value === null && name !== 'tags')) continue
    const place = session.item(dict, name, at)
    const read = readValue(session, name, KEYWORDS[name].kind, value, place)
    if (read !== null) keywords[name] = { value: read, at: session.key(dict, name, at) }
  }
  return keywords as Keywords
}

/** True for a name that the table of keywords has at this level. */
export function isKeyword(name: Value, level: Level): name is KeywordName {
  if (typeof name !== 'string' || !Object.hasOwn(KEYWORDS, name)) return false
  return (KEYWORDS[name as KeywordName].levels as readonly Level[]).includes(level)
}

/** A name that may not stand here: the problem `keyword.unknown`, or a warning in a task where the settings want no more. */
export function reportUnknown(session: Session, name: Value, level: Level, at: Position, what: string): void {
  const text = String(name)
  if (!session.options.unknownFails && (level === 'task' || level === 'handler')) {
    session.options.warn(`Ignoring invalid attribute: ${text}`, at)
    return
  }
  const replaced = REPLACED[text]
  session.report({
    code: 'keyword.unknown',
    summary: 'Unknown keyword',
    detail: `'${text}' is not a valid attribute for a ${what}`,
    hint: replaced ?? didYouMean(text, keywordsOf(level)) ?? elsewhere(text),
    at,
  })
}

const REPLACED: { readonly [name: string]: string } = {
  sudo: 'use "become: true"',
  sudo_user: 'use "become_user"',
  su: 'use "become: true" and "become_method: su"',
  su_user: 'use "become_user" and "become_method: su"',
  always_run: 'use "check_mode: false"',
  first_available_file: 'use "with_first_found"',
}

function elsewhere(name: string): string | undefined {
  const levels = (['play', 'block', 'task', 'handler'] as const).filter((level) => keywordsOf(level).includes(name))
  return levels.length === 0 ? undefined : `"${name}" may stand only in a ${levels.join(' or ')}`
}

function readValue(
  session: Session,
  name: string,
  kind: KeywordKind,
  value: Value,
  at: Position,
): Value | readonly Sited[] | readonly string[] | null {
  switch (kind) {
    case 'conditions':
    case 'values':
      return sitedList(session, value, at)
    case 'names':
      return tagNames(session, name, value, at)
    case 'static-names':
      return staticNames(session, name, value, at)
    default:
      if (value instanceof Template || value instanceof VaultText || fits(kind, value)) return value
      session.report({
        code: 'keyword.type',
        summary: 'Wrong type of keyword',
        detail: `'${name}' must be ${KIND_NAMES[kind]}, but is ${typeName(value)}${isText(value) ? ` "${String(value)}"` : ''}`,
        at,
      })
      return null
  }
}

const KIND_NAMES = {
  bool: 'a boolean (true or false)',
  int: 'a whole number',
  percent: 'a number or percentage',
  text: 'text',
} as const

const BOOLEANS = new Set(['y', 'yes', 'on', '1', 'true', 't', '1.0', 'n', 'no', 'off', '0', 'false', 'f', '0.0'])

function fits(kind: keyof typeof KIND_NAMES, value: Value): boolean {
  const scalar = typeof value !== 'object' || value === null
  if (kind === 'bool') return scalar && BOOLEANS.has(String(value).toLowerCase())
  if (kind === 'int')
    return value instanceof Float || typeof value === 'number' || (scalar && /^\s*[-+]?\d+\s*$/.test(String(value)))
  if (kind === 'percent') return !Number.isNaN(Number.parseFloat(String(value)))
  return !(value instanceof Map) && !Array.isArray(value)
}

function sitedList(session: Session, value: Value, at: Position): readonly Sited[] {
  if (!Array.isArray(value)) return [{ value, at }]
  return value.map((item, index) => ({ value: item as Value, at: session.item(value, index, at) }))
}

/** Tags: a list, or one text with commas. */
function tagNames(session: Session, name: string, value: Value, at: Position): readonly Sited[] | null {
  if (typeof value === 'string') return value.split(',').map((tag) => ({ value: tag.trim(), at }))
  if (Array.isArray(value) || value instanceof Template) return sitedList(session, value, at)
  session.report({
    code: 'keyword.type',
    summary: 'Wrong type of keyword',
    detail: `'${name}' must be a list or text, but is ${typeName(value)}`,
    hint: value === null ? `leave "${name}:" out` : undefined,
    at,
  })
  return null
}

function staticNames(session: Session, name: string, value: Value, at: Position): readonly string[] {
  const sited = sitedList(session, value, at)
  for (const { value, at } of sited) {
    if (isText(value) || typeof value === 'number') continue
    session.report({
      code: 'keyword.type',
      summary: 'Wrong type of keyword',
      detail: `'${name}' must be a list of names, but holds ${typeName(value)}`,
      at,
    })
  }
  return sited.map(({ value }) => (value instanceof Template ? value.source : String(value)))
}
