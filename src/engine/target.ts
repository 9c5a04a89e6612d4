import { Problem } from '../kernel/problem.ts'
import type { Become } from '../kernel/shell.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import type { Value } from '../kernel/value.ts'
import type { Task } from '../language/model.ts'
import { Undefined } from '../template/index.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean, asText } from './convert.ts'
import type { ConnectionDefaults, Target } from './engine.ts'
import { keywordOf } from './keyword.ts'

/**
 * How to reach a host for a task: variables before keywords before the command line's defaults, as Ansible decides. Raises
 * `template.undefined`, `connection.address`, and `connection.number` for a port or a time that is none.
 */
export function targetOf(name: string, scope: Scope, task: Task | null, defaults: ConnectionDefaults): Target {
  const keyword = (word: 'connection' | 'remote_user' | 'port') => keywordText(scope, task, word)
  const written = firstText(scope, ['ansible_connection']) ?? keyword('connection') ?? defaults.connection ?? 'ssh'
  const connection = written.replace(/^ansible\.(builtin|legacy)\./, '')
  // Where nobody logs in, it does not matter: what others log in with is often made of variables that `localhost` has not.
  const isNeeded = connection !== 'local'
  const variable = (...names: string[]) => firstText(scope, names, isNeeded)
  const number = (variable: string, text: string) => numberOf(text, `${variable} of ${name}`)
  const port = variable('ansible_port', 'ansible_ssh_port') ?? keyword('port')
  const timeout = variable('ansible_timeout', 'ansible_ssh_timeout')
  const retries = variable('ansible_ssh_retries')
  const address = variable('ansible_host', 'ansible_ssh_host') ?? name
  // An empty address is the controller's own.
  if (isNeeded && address.trim() === '') {
    throw new Problem({ code: 'connection.address', summary: 'No address', detail: `ansible_host of ${name} is empty` })
  }
  return {
    name,
    connection,
    address,
    port: port === null ? null : number('ansible_port', port),
    user: variable('ansible_user', 'ansible_ssh_user') ?? keyword('remote_user') ?? defaults.user,
    password: variable('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? defaults.password,
    privateKeyFile: variable('ansible_private_key_file', 'ansible_ssh_private_key_file') ?? defaults.privateKeyFile,
    sshArgs: [
      ...defaults.sshArgs,
      ...words(variable('ansible_ssh_common_args')),
      ...words(variable('ansible_ssh_extra_args')),
    ],
    sshExecutable: variable('ansible_ssh_executable') ?? defaults.sshExecutable,
    timeout: timeout === null ? defaults.timeout : number('ansible_timeout', timeout),
    retries: retries === null ? defaults.retries : number('ansible_ssh_retries', retries),
    shellExecutable: variable('ansible_shell_executable') ?? defaults.shellExecutable,
  }
}

/** Whom a task becomes on the host; null when it stays the login user. */
export function becomeOf(scope: Scope, task: Task | null, defaults: ConnectionDefaults): Become | null {
  const wanted = firstValue(scope, ['ansible_become']) ?? keywordValue(scope, task, 'become') ?? defaults.become
  if (!asBoolean(wanted)) return null
  const written =
    firstText(scope, ['ansible_become_method']) ??
    keywordText(scope, task, 'become_method') ??
    defaults.becomeMethod ??
    'sudo'
  const method = written.replace(/^.*\./, '')
  const own = defaults.becomeMethods[method]
  return {
    method,
    user:
      firstText(scope, ['ansible_become_user']) ??
      keywordText(scope, task, 'become_user') ??
      own?.user ??
      defaults.becomeUser ??
      'root',
    password:
      firstText(scope, ['ansible_become_password', 'ansible_become_pass', `ansible_${method}_pass`]) ??
      own?.password ??
      defaults.becomePassword,
    flags:
      firstText(scope, ['ansible_become_flags', `ansible_${method}_flags`]) ??
      keywordText(scope, task, 'become_flags') ??
      own?.flags ??
      defaults.becomeFlags,
    exe:
      firstText(scope, ['ansible_become_exe', `ansible_${method}_exe`]) ??
      keywordText(scope, task, 'become_exe') ??
      own?.exe ??
      defaults.becomeExe,
  }
}

function words(text: string | null): readonly string[] {
  return text === null ? [] : shlexSplit(text)
}

function numberOf(text: string, what: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number >= 0) return number
  throw new Problem({ code: 'connection.number', summary: 'Not a number', detail: `${what} is "${text}"` })
}

/** The first of some variables that has a value. One that is made of what is undefined has none, and raises where it is needed. */
function firstValue(scope: Scope, names: readonly string[], isNeeded = true): Value | undefined {
  for (const name of names) {
    const value = scope.lookup(name)
    if (value === undefined || value === null) continue
    if (!(value instanceof Undefined)) return value
    if (isNeeded) throw value.problem()
  }
  return undefined
}

function firstText(scope: Scope, names: readonly string[], isNeeded = true): string | null {
  const value = firstValue(scope, names, isNeeded)
  return value === undefined ? null : asText(value)
}

type ConnectionKeyword =
  | 'connection'
  | 'remote_user'
  | 'port'
  | 'become'
  | 'become_user'
  | 'become_method'
  | 'become_flags'
  | 'become_exe'

function keywordValue(scope: Scope, task: Task | null, keyword: ConnectionKeyword): Value | undefined {
  if (task === null) return undefined
  return keywordOf(task, keyword, scope)?.value
}

function keywordText(scope: Scope, task: Task | null, keyword: ConnectionKeyword): string | null {
  const value = keywordValue(scope, task, keyword)
  return value === undefined || value === null ? null : asText(value)
}
