import type { Become } from '../kernel/shell.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import type { Value } from '../kernel/value.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean, asText } from './convert.ts'
import type { ConnectionDefaults, Target } from './engine.ts'
import { keywordOf } from './keyword.ts'

/** How to reach a host for a task: variables before keywords before the command line's defaults, as Ansible decides. */
export function targetOf(name: string, scope: Scope, task: Task | null, defaults: ConnectionDefaults): Target {
  const variable = (...names: string[]) => firstText(scope, names)
  const keyword = (word: 'connection' | 'remote_user' | 'port') => keywordText(scope, task, word)
  const port = variable('ansible_port', 'ansible_ssh_port') ?? keyword('port')
  const host = variable('ansible_host', 'ansible_ssh_host') ?? name
  return {
    name,
    connection: variable('ansible_connection') ?? keyword('connection') ?? defaults.connection ?? 'ssh',
    address: host,
    port: port === null ? null : Number(port),
    user: variable('ansible_user', 'ansible_ssh_user') ?? keyword('remote_user') ?? defaults.user,
    password: variable('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? defaults.password,
    privateKeyFile: variable('ansible_private_key_file', 'ansible_ssh_private_key_file') ?? defaults.privateKeyFile,
    sshArgs: [
      ...defaults.sshArgs,
      ...words(variable('ansible_ssh_common_args')),
      ...words(variable('ansible_ssh_extra_args')),
    ],
    sshExecutable: variable('ansible_ssh_executable') ?? defaults.sshExecutable,
    timeout: Number(variable('ansible_timeout', 'ansible_ssh_timeout') ?? defaults.timeout),
    retries: Number(variable('ansible_ssh_retries') ?? defaults.retries),
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

function firstValue(scope: Scope, names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = scope.lookup(name)
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

function firstText(scope: Scope, names: readonly string[]): string | null {
  const value = firstValue(scope, names)
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
