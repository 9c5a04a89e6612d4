import type { Position } from '../kernel/problem.ts'
import type { Ini } from './config-ini.ts'
import { KEYS } from './config-keys.ts'
import { isMeaningless } from './config-meaningless.ts'

/** A setting of Ansible that would change the outcome there and is not supported: where it may stand, and what to do instead. */
type Unsupported = {
  readonly ini: string | null
  readonly env: string | null
  /** Values with which it changes nothing. */
  readonly harmless?: readonly string[]
  readonly hint?: string
}

const defaults = (
  name: string,
  env: string | null,
  more: Pick<Unsupported, 'harmless' | 'hint'> = {},
): Unsupported => ({
  ini: `defaults.${name}`,
  env,
  ...more,
})
const plugins = (kind: string) =>
  defaults(`${kind}_plugins`, `ANSIBLE_${kind.toUpperCase()}_PLUGINS`, { hint: 'plugins in Python are not run' })

export const UNSUPPORTED: readonly Unsupported[] = [
  ...['action', 'become', 'cache', 'cliconf', 'connection', 'httpapi', 'inventory', 'netconf', 'strategy'].map(plugins),
  ...['terminal', 'vars', 'callback'].map(plugins),
  defaults('module_utils', 'ANSIBLE_MODULE_UTILS', { hint: 'plugins in Python are not run' }),
  defaults('playbook_vars_root', 'ANSIBLE_PLAYBOOK_VARS_ROOT', { harmless: ['top'] }),
  defaults('precedence', 'ANSIBLE_PRECEDENCE'),
  defaults('run_vars_plugins', 'ANSIBLE_RUN_VARS_PLUGINS', { harmless: ['demand'] }),
  defaults('vars_plugins_enabled', 'ANSIBLE_VARS_ENABLED', { harmless: ['host_group_vars'] }),
  defaults('yaml_valid_extensions', 'ANSIBLE_YAML_FILENAME_EXT'),
  defaults('force_valid_group_names', 'ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS', { harmless: ['never', 'ignore'] }),
  defaults('null_representation', 'ANSIBLE_NULL_REPRESENTATION'),
  defaults('facts_modules', 'ANSIBLE_FACTS_MODULES', { harmless: ['smart', 'setup', 'ansible.builtin.setup'] }),
  defaults('display_args_to_stdout', 'ANSIBLE_DISPLAY_ARGS_TO_STDOUT', { harmless: ['false', 'no', '0'] }),
  defaults('keep_remote_files', 'ANSIBLE_KEEP_REMOTE_FILES', { harmless: ['false', 'no', '0'] }),
  {
    ini: 'ssh_connection.pkcs11_provider',
    env: 'ANSIBLE_PKCS11_PROVIDER',
    hint: 'put PKCS11Provider into ~/.ssh/config',
  },
  {
    ini: 'paramiko_connection.proxy_command',
    env: 'ANSIBLE_PARAMIKO_PROXY_COMMAND',
    hint: 'put ProxyCommand into ssh_args',
  },
  {
    ini: 'paramiko_connection.host_key_auto_add',
    env: 'ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD',
    hint: 'use --accept-new-host-keys',
  },
  ...['user', 'executable', 'flags', 'password'].map((name) => ({
    ini: `runas_become_plugin.${name}`,
    env: `ANSIBLE_RUNAS_${name.replace('executable', 'exe').replace('password', 'pass')}`.toUpperCase(),
    hint: 'use sudo or su',
  })),
  { ini: 'su_become_plugin.localized_prompts', env: 'ANSIBLE_SU_PROMPT_L10N' },
]

/** Warns once of each setting that would change the outcome in Ansible and is not supported, or that nobody knows. */
export function warnOfOthers(
  ini: Ini,
  environment: { readonly [name: string]: string | undefined },
  warn: (text: string, at: Position | null) => void,
): void {
  const known = new Set(Object.values(KEYS).flatMap((key) => key.ini.map(([section, name]) => `${section}.${name}`)))
  for (const [section, entries] of ini) {
    for (const [name, { text, line, file }] of entries) {
      const full = `${section}.${name}`
      if (known.has(full) || isMeaningless(full)) continue
      const entry = UNSUPPORTED.find((other) => other.ini === full)
      if (entry === undefined && !SECTIONS.has(section)) continue
      if (isHarmless(entry, text)) continue
      warn(`the setting ${name} in [${section}] is not supported and has no effect${hintOf(entry)}`, {
        file,
        line,
        column: 1,
      })
    }
  }
  for (const entry of UNSUPPORTED) {
    const text = entry.env === null ? '' : (environment[entry.env] ?? '')
    if (text === '' || isHarmless(entry, text)) continue
    warn(`the variable ${entry.env} is not supported and has no effect${hintOf(entry)}`, null)
  }
}

function isHarmless(entry: Unsupported | undefined, text: string): boolean {
  return entry?.harmless?.includes(text.trim().toLowerCase()) === true
}

function hintOf(entry: Unsupported | undefined): string {
  return entry?.hint === undefined ? '' : `: ${entry.hint}`
}

/** Sections in which a name that nobody knows is a slip of the pen; others belong to other programs. */
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
