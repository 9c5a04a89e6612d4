/**
 * How a flag's values become an option: `switch` is given or not, `count` counts, `text` takes the last value, `texts` keeps all of
 * them, `names` also splits them at commas, `number` is a whole number from `least` on.
 */
export type Flag = {
  /** In commander's form; the long name gives the option its name. */
  readonly flags: string
  readonly kind: 'switch' | 'count' | 'text' | 'texts' | 'names' | 'number'
  readonly help: string
  /** Other long names for the same. */
  readonly aliases?: readonly string[]
  readonly least?: number
  /** The option, by its name in camel case, that can't be given together with this one. */
  readonly excludes?: string
  /** A flag that only one of the two faces has. */
  readonly only?: 'site' | 'playbook'
}

/** The flags that run playbooks: all of `ansible-playbook`'s, with its names and meaning, and after them our own. */
export const FLAGS: readonly Flag[] = [
  {
    flags: '-i, --inventory <path>',
    kind: 'texts',
    help: 'inventory file, folder or host list with a comma; repeatable',
    aliases: ['--inventory-file'],
    only: 'playbook',
  },
  { flags: '-C, --check', kind: 'switch', help: 'change nothing; say what would change' },
  { flags: '-D, --diff', kind: 'switch', help: 'show what changes inside files' },
  {
    flags: '--role <name>',
    kind: 'names',
    help: 'only this role, where the playbook puts it; repeatable',
    only: 'site',
  },
  { flags: '-l, --limit <pattern>', kind: 'text', help: 'only these hosts: a pattern, or @FILE' },
  { flags: '-t, --tags <tags>', kind: 'names', help: 'only plays and tasks with these tags' },
  { flags: '--skip-tags <tags>', kind: 'names', help: 'no plays and tasks with these tags' },
  { flags: '-e, --extra-vars <vars>', kind: 'texts', help: 'variables: key=value, YAML or JSON, or @FILE; repeatable' },
  {
    flags: '-f, --forks <number>',
    kind: 'number',
    least: 1,
    help: 'hosts at work at the same time (default: 25 a core, 50 at least, fewer in little memory)',
  },
  { flags: '--list-hosts', kind: 'switch', help: 'list the hosts and stop' },
  { flags: '--list-tasks', kind: 'switch', help: 'list the tasks and stop' },
  { flags: '--list-tags', kind: 'switch', help: 'list the tags and stop' },
  { flags: '--syntax-check', kind: 'switch', help: 'read the playbook, name its mistakes and stop' },
  { flags: '--start-at-task <name>', kind: 'text', help: 'start with the task of this name' },
  { flags: '--step', kind: 'switch', help: 'ask before each task' },
  { flags: '--force-handlers', kind: 'switch', help: 'run notified handlers even if a task fails' },
  { flags: '--flush-cache', kind: 'switch', help: 'forget cached facts' },
  { flags: '-M, --module-path <path>', kind: 'texts', help: 'folders with modules of your own, separated by colons' },
  { flags: '-v, --verbose', kind: 'count', help: 'say more: -v results, -vv wire, -vvv everything' },
  {
    flags: '--vault-password-file <file>',
    kind: 'texts',
    help: 'file or script that gives the vault password; repeatable',
    aliases: ['--vault-pass-file'],
    excludes: 'askVaultPassword',
  },
  { flags: '--vault-id <id>', kind: 'texts', help: 'vault identity: label@FILE or label@prompt; repeatable' },
  {
    flags: '-J, --ask-vault-password',
    kind: 'switch',
    help: 'ask for the vault password',
    aliases: ['--ask-vault-pass'],
    excludes: 'vaultPasswordFile',
  },
  { flags: '-u, --user <name>', kind: 'text', help: 'log in as this user' },
  { flags: '--private-key <file>', kind: 'text', help: 'log in with this key', aliases: ['--key-file'] },
  { flags: '-c, --connection <type>', kind: 'text', help: 'how to reach hosts: ssh, local, …' },
  { flags: '-T, --timeout <seconds>', kind: 'number', least: 0, help: 'how long to try to connect' },
  { flags: '--ssh-common-args <args>', kind: 'text', help: 'arguments for ssh, scp and sftp' },
  { flags: '--ssh-extra-args <args>', kind: 'text', help: 'arguments for ssh only' },
  { flags: '--scp-extra-args <args>', kind: 'text', help: 'arguments for scp only' },
  { flags: '--sftp-extra-args <args>', kind: 'text', help: 'arguments for sftp only' },
  { flags: '-k, --ask-pass', kind: 'switch', help: 'ask for the login password', excludes: 'connectionPasswordFile' },
  {
    flags: '--connection-password-file <file>',
    kind: 'text',
    help: 'file with the login password',
    aliases: ['--conn-pass-file'],
    excludes: 'askPass',
  },
  { flags: '-b, --become', kind: 'switch', help: 'become another user on the hosts' },
  { flags: '--become-user <name>', kind: 'text', help: 'the user to become (root)' },
  { flags: '--become-method <name>', kind: 'text', help: 'how to become that user (sudo)' },
  { flags: '-K, --ask-become-pass', kind: 'switch', help: "ask for become's password", excludes: 'becomePasswordFile' },
  {
    flags: '--become-password-file <file>',
    kind: 'text',
    help: "file with become's password",
    aliases: ['--become-pass-file'],
    excludes: 'askBecomePass',
  },
  {
    flags: '--accept-new-host-keys',
    kind: 'switch',
    help: 'trust the key of a host that known_hosts does not have',
  },
  {
    flags: '--output <form>',
    kind: 'texts',
    help: 'tree, plain, json, jsonl or junit, each but tree also as FORM=FILE; repeatable',
  },
  {
    flags: '--one-at-a-time',
    kind: 'switch',
    help: 'look at no task before the ones before it are done: slow, for comparison',
  },
]

/** `-C, --check` → `--check`. */
export function longName(flag: Flag): string {
  return /--[a-z-]+/.exec(flag.flags)![0]
}

/** `-C, --check` → `-C`; undefined without one. */
export function shortName(flag: Flag): string | undefined {
  return /^-[A-Za-z]/.exec(flag.flags)?.[0]
}

export function takesValue(flag: Flag): boolean {
  return flag.flags.includes('<')
}
