import { Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import { str } from '../../template/index.ts'
import type { LookupContext } from './lookup.ts'

/** What a term of the lookup asks for. */
export type Wish = {
  readonly name: string
  readonly subkey: string
  readonly returnall: boolean
  readonly overwrite: boolean
  readonly backup: boolean
  readonly nosymbols: boolean
  readonly userpass: string
  readonly length: number
  readonly missing: 'error' | 'warn' | 'empty' | 'create'
  readonly backend: 'pass' | 'gopass'
  readonly directory: string
  readonly umask: string | null
  readonly lock: 'readwrite' | 'write' | 'none'
  /** Seconds that a lock is waited for. */
  readonly patience: number
}

/**
 * `name subkey=user create=true …`: what follows the name wins over the options of the call, and these over variables, the environment and
 * `[passwordstore_lookup]` of ansible.cfg. Problem `lookup.terms`.
 */
export function wishOf(term: string, options: ReadonlyMap<string, Value>, context: LookupContext): Wish {
  const [name = '', ...pairs] = term.trim().split(/\s+/)
  if (name === '') throw wrong('the name of a password is needed')
  const given = new Map<string, Value>([...options, ...pairs.map(pairOf)])
  const get = (option: string, otherwise: Value = null): Value => given.get(option) ?? otherwise
  const text = (option: string, otherwise: string) => str(get(option, otherwise))
  const flag = (option: string) => truth(option, get(option, false))
  const set = (option: string, otherwise: Value) =>
    get(option, context.setting(`passwordstore_lookup.${option}`) ?? otherwise)
  const backend = choice(
    'backend',
    get('backend', context.scope.lookup('passwordstore_backend') ?? set('backend', 'pass')),
    BACKENDS,
  )
  return {
    name,
    backend,
    subkey: text('subkey', 'password'),
    returnall: flag('returnall'),
    overwrite: flag('overwrite'),
    backup: flag('backup'),
    nosymbols: flag('nosymbols'),
    userpass: text('userpass', ''),
    length: lengthOf(text('length', '16')),
    missing: flag('create') ? 'create' : choice('missing', get('missing', 'error'), MISSING),
    directory: directoryOf(given, backend, context),
    umask: umaskOf(set('umask', null)),
    lock: choice('lock', set('lock', 'write'), LOCKS),
    patience: secondsOf(str(set('locktimeout', '15m'))),
  }
}

const BACKENDS = ['pass', 'gopass'] as const
const MISSING = ['error', 'warn', 'empty', 'create'] as const
const LOCKS = ['readwrite', 'write', 'none'] as const

const IN_TERMS = ['subkey', 'directory', 'create', 'returnall', 'overwrite', 'nosymbols', 'userpass', 'length']
const KNOWN: ReadonlySet<string> = new Set([...IN_TERMS, 'backup', 'missing', 'umask'])

/** What is wrong may be a secret, so only the name before `=` is told. */
function pairOf(pair: string): readonly [string, string] {
  const [, name, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
  if (name === undefined) throw wrong('what follows the name must be NAME=VALUE, without spaces in it')
  if (!KNOWN.has(name)) throw wrong(`${name} not in paramvals`)
  return [name, value!]
}

function truth(name: string, value: Value): boolean {
  const text = str(value).toLowerCase()
  if (['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(text)) return true
  if (['n', 'no', 'off', '0', 'false', 'f', '0.0'].includes(text)) return false
  throw wrong(`${name} must be true or false, but is "${str(value)}"`)
}

function choice<Choice extends string>(name: string, value: Value, choices: readonly Choice[]): Choice {
  const found = choices.find((one) => one === str(value))
  if (found === undefined) throw wrong(`${str(value)} is not a valid option for ${name}`)
  return found
}

function lengthOf(text: string): number {
  if (!/^\d+$/.test(text)) throw wrong(`${text} is not a correct value for length`)
  return Number(text)
}

function umaskOf(value: Value): string | null {
  if (value === null) return null
  const umask = str(value)
  if (umask.length !== 3) throw wrong('Passwordstore umask must have a length of 3.')
  if (!/^[0-3]/.test(umask)) throw wrong('Passwordstore umask not allowed (password not user readable).')
  return umask
}

function secondsOf(text: string): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? []
  if (amount === undefined) throw wrong(`${text} is not a correct value for locktimeout`)
  return Number(amount) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h']
}

function directoryOf(given: ReadonlyMap<string, Value>, backend: 'pass' | 'gopass', context: LookupContext): string {
  const home = context.environment('HOME') ?? ''
  const named = context.scope.lookup('passwordstore') ?? context.setting('passwordstore_lookup.directory')
  const directory = given.get('directory') ?? named
  if (directory !== undefined && directory !== null) return str(directory).replace(/^~(?=\/|$)/, home)
  if (backend === 'pass') return `${home}/.password-store`
  const configured = /^path:\s*(\S+)/m.exec(context.readText(`${home}/.config/gopass/config.yml`) ?? '')
  return configured?.[1] ?? `${home}/.local/share/gopass/stores/root`
}

export function wrong(detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: 'Lookup "passwordstore" can\'t use this', detail })
}
