import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Config, type ConfigIo, readConfig } from '../../../src/commands/config.ts'
import { configured, sshArgs } from '../../../src/commands/config-arguments.ts'
import { KEYS, type Key } from '../../../src/commands/config-keys.ts'
import { isMeaningless } from '../../../src/commands/config-meaningless.ts'
import { UNSUPPORTED } from '../../../src/commands/config-others.ts'
import { parseArguments, type RunArguments } from '../../../src/commands/options.ts'
import { DEFAULT_INVENTORY } from '../../../src/inventory/settings.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'

type World = {
  files?: { readonly [path: string]: string }
  env?: { readonly [name: string]: string }
  writable?: boolean
}

function read({ files = {}, env = {}, writable = false }: World): { config: Config; warnings: string[] } {
  const warnings: string[] = []
  const io: ConfigIo = {
    environment: env,
    folder: '/p',
    home: '/home/me',
    read: (path) => files[path] ?? null,
    isFolder: (path) => Object.keys(files).some((file) => file.startsWith(`${path}/`)),
    worldWritable: () => writable,
    warn: (text, at) => warnings.push(at === null ? text : `${text} (${at.file}:${at.line})`),
  }
  return { config: readConfig(io), warnings }
}

const cfg = (...lines: string[]): World => ({ files: { '/p/ansible.cfg': lines.join('\n') } })

const places: readonly [name: string, world: World, file: string | null][] = [
  ['no file', {}, null],
  ['the folder it is started in', cfg('[defaults]'), '/p/ansible.cfg'],
  ['the home', { files: { '/home/me/.ansible.cfg': '' } }, '/home/me/.ansible.cfg'],
  ['the system', { files: { '/etc/ansible/ansible.cfg': '' } }, '/etc/ansible/ansible.cfg'],
  ['the folder before the home', { files: { '/p/ansible.cfg': '', '/home/me/.ansible.cfg': '' } }, '/p/ansible.cfg'],
  ['not a folder that all can write to', { ...cfg('[defaults]'), writable: true }, null],
  [
    'ANSIBLE_CONFIG before all',
    { files: { '/p/ansible.cfg': '', '/c/my.cfg': '' }, env: { ANSIBLE_CONFIG: '/c/my.cfg' } },
    '/c/my.cfg',
  ],
  ['ANSIBLE_CONFIG as a folder', { files: { '/c/ansible.cfg': '' }, env: { ANSIBLE_CONFIG: '/c' } }, '/c/ansible.cfg'],
  ['a file that ANSIBLE_CONFIG misses', { ...cfg(''), env: { ANSIBLE_CONFIG: '/c/none.cfg' } }, '/p/ansible.cfg'],
]

const settings: readonly [name: string, world: World, want: Partial<Config>][] = [
  ['nothing', {}, { inventories: [], forks: null, hostKeyChecking: true, native: false, become: false, rolesPath: [] }],
  [
    'paths start at the file',
    cfg('[defaults]', 'inventory = inv/a.ini,b', 'roles_path = r:~/s:/t', 'private_key_file = $K/id'),
    { inventories: ['/p/inv/a.ini', '/p/b'], rolesPath: ['/p/r', '/home/me/s', '/t'], privateKeyFile: '/p/$K/id' },
  ],
  [
    'a variable in a path',
    { ...cfg('[defaults]', 'private_key_file = ${K}/id'), env: { K: '/k' } },
    { privateKeyFile: '/k/id' },
  ],
  ['a list of hosts', { env: { ANSIBLE_INVENTORY: 'web01,web02,' } }, { inventories: ['web01,web02,'] }],
  ["Ansible's usual inventory", { files: { '/etc/ansible/hosts': 'web01' } }, { inventories: ['/etc/ansible/hosts'] }],
  [
    'both names of the collections',
    cfg('[defaults]', 'collections_paths = /a', 'collections_path = /b'),
    { collectionsPaths: ['/b'] },
  ],
  [
    'retries under both names, the one of ssh before',
    cfg('[ssh_connection]', 'retries = 3', '[connection]', 'retries = 2'),
    { sshRetries: 3 },
  ],
  [
    'what is refused, and the program for ssh',
    cfg(
      '[defaults]',
      'duplicate_dict_key = error',
      'invalid_task_attribute_failed = no',
      '[ssh_connection]',
      'ssh_executable = /opt/ssh',
    ),
    { repeatedKeys: 'error', unknownFails: false, sshExecutable: '/opt/ssh' },
  ],
  [
    'the password store',
    {
      ...cfg('[passwordstore_lookup]', 'lock = none', 'locktimeout = 45s', 'backend = gopass'),
      env: { PASSWORD_STORE_DIR: '~/store', PASSWORD_STORE_UMASK: '027' },
    },
    {
      passwordstore: { directory: '/home/me/store', umask: '027', lock: 'none', locktimeout: '45s', backend: 'gopass' },
    },
  ],
  [
    'what one method of becoming is told',
    { ...cfg('[su_become_plugin]', 'executable = /bin/su', 'user = db'), env: { ANSIBLE_SU_USER: 'app' } },
    {
      becomeMethods: {
        sudo: { user: null, exe: null, flags: null, password: null },
        su: { user: 'app', exe: '/bin/su', flags: null, password: null },
      },
    },
  ],
  [
    'jobs, templates and facts',
    {
      ...cfg('[defaults]', 'poll_interval = 3', 'ansible_managed = by me', 'inject_facts_as_vars = no'),
      env: { ANSIBLE_ERROR_ON_UNDEFINED_VARS: 'no', ANSIBLE_ERROR_ON_MISSING_HANDLER: 'no' },
    },
    { pollInterval: 3, managed: 'by me', injectFacts: false, undefinedFails: false, missingHandlerFails: false },
  ],
  [
    'the environment over the file',
    { ...cfg('[defaults]', 'forks = 7', 'timeout = 3'), env: { ANSIBLE_FORKS: '9' } },
    { forks: 9, timeout: 3 },
  ],
  [
    'truth as Ansible writes it',
    cfg('[defaults]', 'host_key_checking = False', 'jinja2_native: yes', 'force_handlers=1', 'vault_id_match = t'),
    { hostKeyChecking: false, native: true, forceHandlers: true, vaultIdMatch: true },
  ],
  ['host keys unchecked for ssh', { env: { ANSIBLE_SSH_HOST_KEY_CHECKING: 'no' } }, { hostKeyChecking: false }],
  [
    'becoming another user',
    cfg('[privilege_escalation]', 'become=true', 'become_user=app', 'become_method=su', 'become_ask_pass=yes'),
    { become: true, becomeUser: 'app', becomeMethod: 'su', askBecomePass: true },
  ],
  [
    'comments, quotes and lines that go on',
    cfg('# a', '; b', '[defaults]', 'remote_user = "deploy" ; c', '[ssh_connection]', 'ssh_args = -o A=b', '  -o C=d'),
    { remoteUser: 'deploy', sshArgs: '-o A=b\n-o C=d' },
  ],
  [
    'vault passwords',
    cfg(
      '[defaults]',
      'vault_password_file = pw',
      'vault_identity = me',
      'vault_identity_list = dev@d.txt, prod@prompt',
    ),
    { vaultPasswordFile: '/p/pw', vaultIdentity: 'me', vaultIdentities: ['dev@/p/d.txt', 'prod@prompt'] },
  ],
  ['tags', { env: { ANSIBLE_RUN_TAGS: 'a, b', ANSIBLE_SKIP_TAGS: 'c' } }, { tags: ['a', 'b'], skipTags: ['c'] }],
  ['gathering', cfg('[defaults]', 'gathering = explicit'), { gathering: 'explicit' }],
  [
    'what plays are',
    cfg(
      '[defaults]',
      'any_errors_fatal=1',
      'no_log=yes',
      'task_timeout=9',
      'gather_subset=!all,network',
      'remote_port=2222',
    ),
    {
      plays: {
        anyErrorsFatal: true,
        noLog: true,
        taskTimeout: 9,
        gatherSubset: ['!all', 'network'],
        gatherTimeout: null,
        factPath: null,
        port: 2222,
      },
    },
  ],
  [
    'how a run is shown',
    {
      ...cfg(
        '[defaults]',
        'stdout_callback=community.general.yaml',
        'callbacks_enabled=ansible.posix.timer',
        'log_path=l',
        'max_diff_size=10',
      ),
      env: { ANSIBLE_DISPLAY_SKIPPED_HOSTS: 'no', ANSIBLE_DIFF_CONTEXT: '0', ANSIBLE_FORCE_COLOR: '1' },
    },
    {
      display: {
        diffContext: 0,
        largestDiff: 10,
        skipped: false,
        ok: true,
        form: null,
        timing: ['timer'],
        log: '/p/l',
        colour: true,
      },
    },
  ],
  [
    'inventories',
    cfg('[inventory]', 'enable_plugins=ansible.builtin.ini, script', 'ignore_extensions=.x', 'unparsed_is_failed=1'),
    {
      inventory: { ...DEFAULT_INVENTORY, plugins: ['ini', 'script'], ignoredExtensions: ['.x'], oneSourceNeeded: true },
    },
  ],
]

const warned: readonly [name: string, world: World, want: readonly string[]][] = [
  [
    'settings that only tune',
    cfg('[defaults]', 'nocows = 1', '[ssh_connection]', 'pipelining = 1', 'control_path = x'),
    [],
  ],
  ['sections of other programs', cfg('[galaxy]', 'server = x'), []],
  [
    'a setting that is not supported',
    cfg('[defaults]', 'null_representation = x'),
    ['the setting null_representation in [defaults] is not supported and has no effect (/p/ansible.cfg:2)'],
  ],
  [
    'a variable that is not supported',
    { env: { ANSIBLE_NULL_REPRESENTATION: 'no' } },
    ['the variable ANSIBLE_NULL_REPRESENTATION is not supported and has no effect'],
  ],
  [
    'a callback there is nothing for',
    cfg('[defaults]', 'stdout_callback=mine', 'callbacks_enabled=junit,timer'),
    [
      'the stdout callback mine is not supported; --output says which outputs there are',
      'the callback junit is not supported and has no effect: use --output junit=FILE',
    ],
  ],
  [
    'a value that changes nothing',
    cfg('[defaults]', 'playbook_vars_root=top', 'precedence='),
    ['the setting precedence in [defaults] is not supported and has no effect (/p/ansible.cfg:3)'],
  ],
  [
    'a name nobody knows',
    cfg('[defaults]', 'frks=3'),
    ['the setting frks in [defaults] is not supported and has no effect (/p/ansible.cfg:2)'],
  ],
  [
    'an extension of Jinja2',
    cfg('[defaults]', 'jinja2_extensions=jinja2.ext.do,jinja2.ext.i18n'),
    ['these extensions of Jinja2 are not supported: jinja2.ext.i18n'],
  ],
  [
    'a file where all can write',
    { ...cfg('[defaults]'), writable: true },
    ['everyone can write to the folder /p, so its ansible.cfg is ignored'],
  ],
]

const wrong: readonly [name: string, world: World, code: string, message: string][] = [
  ['a number', cfg('[defaults]', 'forks = many'), 'config.value', 'forks must be a whole number, but is "many"'],
  ['a truth', { env: { ANSIBLE_BECOME: 'maybe' } }, 'config.value', 'ANSIBLE_BECOME must be true or false'],
  ['a choice', cfg('[defaults]', 'gathering = never'), 'config.value', 'must be one of implicit, explicit, smart'],
  ['no section', cfg('forks = 1'), 'config.syntax', 'before the first [section]'],
  ['no setting', cfg('[defaults]', 'forks'), 'config.syntax', 'no "name = value"'],
]

type Recorded = { readonly name: string; readonly ini: readonly string[]; readonly env: readonly string[] }

/** Every setting of ansible-core and its plugins, recorded by `record/settings.py`. */
const recorded = JSON.parse(readFileSync(new URL('./record/settings.json', import.meta.url), 'utf8')) as Recorded[]

describe('every setting of Ansible is supported, meaningless or named', () => {
  const keys: readonly Key[] = Object.values(KEYS)
  const known = new Set([
    ...keys.flatMap(({ ini, env }) => [...ini.map((place) => place.join('.')), ...env]),
    ...UNSUPPORTED.flatMap(({ ini, env }) => [ini, env]),
  ])
  for (const { name, ini, env } of recorded) {
    it(name, () => {
      expect([...ini, ...env].filter((place) => !known.has(place) && !isMeaningless(place))).to.deep.equal([])
    })
  }

  it('no setting has two of these', () => {
    expect([...known].filter((place) => place !== null && isMeaningless(place))).to.deep.equal([])
    const supported = new Set(keys.flatMap(({ ini, env }) => [...ini.map((place) => place.join('.')), ...env]))
    expect(UNSUPPORTED.filter(({ ini, env }) => supported.has(ini ?? '') || supported.has(env ?? ''))).to.deep.equal([])
  })

  it('supported ones are called as Ansible calls them', () => {
    const names = new Set(recorded.flatMap(({ ini, env }) => [...ini, ...env]))
    const ours = keys.flatMap(({ ini, env }) => [...ini.map((place) => place.join('.')), ...env])
    expect(ours.filter((place) => !names.has(place))).to.deep.equal([])
  })
})

describe('the configuration', () => {
  describe('is found in', () => {
    for (const [name, world, file] of places) it(name, () => expect(read(world).config.file).to.equal(file))
  })

  describe('says', () => {
    for (const [name, world, want] of settings) it(name, () => expect(read(world).config).to.deep.include(want))
  })

  describe('warns of', () => {
    for (const [name, world, want] of warned) it(name, () => expect(read(world).warnings).to.deep.equal(want))
  })

  describe('refuses what is wrong with', () => {
    for (const [name, world, code, message] of wrong) {
      it(name, () => {
        let thrown: unknown
        try {
          read(world)
        } catch (error) {
          thrown = error
        }
        const [problem] = problemsOf(thrown) ?? []
        expect(problem?.code).to.equal(code)
        expect(problem?.message).to.include(message)
      })
    }
  })

  describe('and the arguments', () => {
    const file = cfg('[defaults]', 'forks=7', 'remote_user=a', 'become_password_file=/b', 'inventory=/i')
    const rows: readonly [argv: string, want: Partial<RunArguments>][] = [
      ['p.yml', { forks: 7, user: 'a', becomePasswordFile: '/b', inventories: ['/i'] }],
      ['-f 2 -u b -i x, p.yml', { forks: 2, user: 'b', inventories: ['x,'] }],
      ['-K p.yml', { askBecomePass: true, becomePasswordFile: null }],
    ]
    for (const [argv, want] of rows) {
      it(argv, async () => {
        const args = (await parseArguments(['playbook', ...argv.split(' ')], 'provision')) as RunArguments
        expect(configured(args, read(file).config)).to.deep.include(want)
      })
    }
  })

  describe('for ssh', () => {
    const rows: readonly [name: string, world: World, want: readonly string[]][] = [
      ['checks host keys', {}, []],
      [
        'trusts any key when it says so',
        { env: { ANSIBLE_HOST_KEY_CHECKING: 'False' } },
        ['-o', 'StrictHostKeyChecking=no'],
      ],
      [
        'puts its arguments into order',
        cfg('[ssh_connection]', 'ssh_extra_args = -e', 'ssh_args = -C -o "A=b c"', 'ssh_common_args = -c'),
        ['-C', '-o', 'A=b c', '-c', '-e'],
      ],
    ]
    for (const [name, world, want] of rows) {
      it(name, () => {
        const { config } = read(world)
        expect(sshArgs(config, config)).to.deep.equal(want)
      })
    }
  })
})
