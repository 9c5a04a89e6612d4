import type { Position } from '../kernel/problem.ts'
import type { Ini } from './config-ini.ts'
import { KEYS } from './config-keys.ts'

/** Warns once of each setting that would change the outcome in Ansible and is not supported. */
export function warnOfOthers(
  ini: Ini,
  environment: { readonly [name: string]: string | undefined },
  warn: (text: string, at: Position | null) => void,
): void {
  const known = new Set(Object.values(KEYS).flatMap((key) => key.ini.map(([section, name]) => `${section}.${name}`)))
  for (const [section, entries] of ini) {
    for (const [name, { line, file }] of entries) {
      const full = `${section}.${name}`
      if (known.has(full) || TUNING.has(full) || !SECTIONS.has(section)) continue
      warn(`the setting ${name} in [${section}] is not supported and has no effect`, { file, line, column: 1 })
    }
  }
  for (const name of UNSUPPORTED_VARIABLES) {
    if ((environment[name] ?? '') !== '') warn(`the variable ${name} is not supported and has no effect`, null)
  }
}

/** Sections of programs that are no part of this one, such as [galaxy], are left alone. */
const SECTIONS = new Set([
  'defaults',
  'privilege_escalation',
  'ssh_connection',
  'connection',
  'persistent_connection',
  'paramiko_connection',
  'inventory',
  'diff',
  'tags',
  'jinja2',
])

/** Settings that only tune how Ansible works or prints: leaving them out changes no outcome. */
const TUNING: ReadonlySet<string> = new Set([
  ...[
    'bin_ansible_callbacks',
    'callback_format_pretty',
    'callback_plugins',
    'callback_result_format',
    'callback_whitelist',
    'callbacks_enabled',
    'command_warnings',
    'cow_selection',
    'deprecation_warnings',
    'devel_warning',
    'display_args_to_stdout',
    'display_failed_stderr',
    'display_ok_hosts',
    'display_skipped_hosts',
    'force_color',
    'interpreter_python',
    'internal_poll_interval',
    'local_tmp',
    'localhost_warning',
    'log_path',
    'nocolor',
    'nocows',
    'poll_interval',
    'remote_tmp',
    'result_format',
    'retry_files_enabled',
    'retry_files_save_path',
    'show_per_host_start',
    'show_task_path_on_failure',
    'stdout_callback',
    'system_warnings',
  ].map((name) => `defaults.${name}`),
  ...['control_path', 'control_path_dir', 'pipelining', 'retries', 'reconnection_retries', 'scp_if_ssh'].map(
    (name) => `ssh_connection.${name}`,
  ),
  ...['sftp_batch_mode', 'transfer_method', 'usetty', 'use_tty', 'ssh_executable'].map(
    (name) => `ssh_connection.${name}`,
  ),
  ...['connect_timeout', 'command_timeout', 'connect_retry_timeout'].map((name) => `persistent_connection.${name}`),
  'connection.pipelining',
  'inventory.cache',
])

/** Variables of the environment that would change the outcome in Ansible and are not supported. */
const UNSUPPORTED_VARIABLES: readonly string[] = [
  ...['ACTION_PLUGINS', 'ANY_ERRORS_FATAL', 'BECOME_EXE', 'BECOME_FLAGS', 'DUPLICATE_YAML_DICT_KEY'],
  ...['ERROR_ON_MISSING_HANDLER', 'ERROR_ON_UNDEFINED_VARS', 'GATHER_SUBSET'],
  ...['JINJA2_EXTENSIONS', 'NO_LOG', 'PLAYBOOK_VARS_ROOT', 'PRECEDENCE', 'REMOTE_PORT'],
  ...['PRIVATE_ROLE_VARS', 'TASK_TIMEOUT', 'VARS_PLUGINS'],
].map((name) => `ANSIBLE_${name}`)
