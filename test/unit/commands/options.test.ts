import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { type Invocation, parseArguments, playbookCandidates } from '../../../src/commands/options.ts'
import { problemsOf, renderProblem } from '../../../src/kernel/problem.ts'

/** Arguments as one would type them, without quotes: spaces separate. */
function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

type Row = readonly [program: string, argv: string | readonly string[], want: Partial<{ [key: string]: unknown }>]

const rows: readonly Row[] = [
  [
    'provision',
    'inventory/prod.yml',
    { kind: 'run', face: 'site', inventories: ['inventory/prod.yml'], playbooks: [] },
  ],
  ['provision', 'inv site.yml', { inventories: ['inv'], playbooks: ['site.yml'] }],
  [
    'provision',
    'inv',
    { forks: null, limit: null, timeout: null, verbosity: 0, outputs: [], tags: [], lookAhead: true },
  ],
  ['provision', 'inv --check --diff', { check: true, diff: true }],
  ['provision', '-CDvv inv', { check: true, diff: true, verbosity: 2, inventories: ['inv'] }],
  ['provision', 'inv -v --verbose -vvv', { verbosity: 5 }],
  ['provision', 'inv --role nginx --role app,haproxy', { roles: ['nginx', 'app', 'haproxy'] }],
  ['provision', 'inv -l web:!web02', { limit: 'web:!web02' }],
  ['provision', 'inv --limit=@retry', { limit: '@retry' }],
  ['provision', 'inv -t a,b --tags c, --skip-tags d', { tags: ['a', 'b', 'c'], skipTags: ['d'] }],
  [
    'provision',
    ['inv', '-e', 'a=1 b=2', '-e', '{"c": 3}', '-e@f.yml'],
    { extraVars: ['a=1 b=2', '{"c": 3}', '@f.yml'] },
  ],
  ['provision', ['inv', '-e', '--x=1'], { extraVars: ['--x=1'] }],
  ['provision', 'inv -f20 -T 5', { forks: 20, timeout: 5 }],
  ['provision', 'inv --list-hosts --list-tasks --list-tags', { listHosts: true, listTasks: true, listTags: true }],
  ['provision', 'inv --syntax-check --step --flush-cache', { syntaxCheck: true, step: true, flushCache: true }],
  [
    'provision',
    ['inv', '--start-at-task', 'Copy it', '--force-handlers'],
    { startAtTask: 'Copy it', forceHandlers: true },
  ],
  ['provision', 'inv --vault-password-file a --vault-pass-file b', { vaultPasswordFiles: ['a', 'b'] }],
  ['provision', 'inv --vault-id x@y --vault-id z', { vaultIds: ['x@y', 'z'] }],
  ['provision', 'inv -J -k -K', { askVaultPassword: true, askPass: true, askBecomePass: true }],
  ['provision', 'inv --ask-vault-pass', { askVaultPassword: true }],
  ['provision', 'inv -b --become-user www --become-method su', { become: true, becomeUser: 'www', becomeMethod: 'su' }],
  ['provision', 'inv -u root --key-file k -c local', { user: 'root', privateKey: 'k', connection: 'local' }],
  ['provision', ['inv', '--ssh-common-args', '-o X=y'], { sshCommonArgs: '-o X=y' }],
  ['provision', ['inv', '--ssh-extra-args=-4'], { sshExtraArgs: '-4' }],
  ['provision', 'inv --scp-extra-args -l --sftp-extra-args -f', { scpExtraArgs: '-l', sftpExtraArgs: '-f' }],
  [
    'provision',
    'inv --conn-pass-file a --become-pass-file b',
    { connectionPasswordFile: 'a', becomePasswordFile: 'b' },
  ],
  ['provision', 'inv -M a:b -M c', { modulePath: ['a', 'b', 'c'] }],
  ['provision', 'inv --accept-new-host-keys --one-at-a-time', { acceptNewHostKeys: true, lookAhead: false }],
  [
    'provision',
    'inv --output junit=a=b.xml --output plain',
    {
      outputs: [
        { form: 'junit', file: 'a=b.xml' },
        { form: 'plain', file: null },
      ],
    },
  ],
  ['provision', 'inv --limi web --forc', { limit: 'web', forceHandlers: true }],
  ['provision', 'inv --inventor', { code: 'usage.option' }],
  ['provision', 'inv -- -x', { playbooks: ['-x'] }],
  [
    'provision',
    'playbook -i a --inventory b, --inventory-file c one.yml two.yml -C',
    { face: 'playbook', inventories: ['a', 'b,', 'c'], playbooks: ['one.yml', 'two.yml'], check: true },
  ],
  ['/usr/local/bin/ansible-playbook', '-i a one.yml', { face: 'playbook', inventories: ['a'], playbooks: ['one.yml'] }],
  ['ansible-playbook', 'playbook', { face: 'playbook', playbooks: ['playbook'] }],
  ['provision', 'lab up --wait', { kind: 'command', name: 'lab', args: ['up', '--wait'] }],
  ['provision', 'exec web -m ping', { kind: 'command', name: 'exec', args: ['web', '-m', 'ping'] }],
  ['provision', 'help vault', { kind: 'command', name: 'vault', args: ['--help'] }],
  ['ansible', 'all -m ping', { kind: 'command', name: 'exec', args: ['all', '-m', 'ping'] }],
  ['ansible-vault', 'view x', { kind: 'command', name: 'vault', args: ['view', 'x'] }],
  ['provision', '--version', { kind: 'version' }],
  ['ansible-playbook', '--version', { kind: 'version' }],
  ['provision', 'inv --nope --forsk 3', { code: 'usage.option' }],
]

const mistakes: readonly (readonly [program: string, argv: string, want: string])[] = [
  ['provision', '', 'Error: Missing argument: no inventory given\n  see provision --help'],
  ['ansible-playbook', '-i a', 'Error: Missing argument: no playbook given\n  see provision playbook --help'],
  ['provision', 'inv --forsk 3', 'Error: Unknown option: --forsk\n  did you mean "--forks"?'],
  [
    'provision',
    'inv --forsk=3 --chekc',
    'Error: Unknown option: --forsk\n  did you mean "--forks"?\nError: Unknown option: --chekc\n  did you mean "--check"?',
  ],
  ['provision', 'inv -Z', 'Error: Unknown option: -Z\n  --help lists the options'],
  ['ansible-playbook', '--role x p.yml', 'Error: Unknown option: --role\n  --help lists the options'],
  [
    'provision',
    'inv --as',
    'Error: Ambiguous option: --as could be --ask-vault-password, --ask-vault-pass, --ask-pass, --ask-become-pass\n  write the option out',
  ],
  ['provision', 'inv -e', 'Error: Option without its value: -e, --extra-vars <vars>\n  see provision --help'],
  [
    'provision',
    'inv -f 0',
    'Error: Wrong value of an option: -f, --forks <number>: "0" is no whole number from 1 on\n  see provision --help',
  ],
  [
    'provision',
    'inv a b',
    'Error: Too many arguments: at most an inventory and a playbook are taken\n  several playbooks: provision playbook -i INVENTORY PLAYBOOK…',
  ],
  [
    'provision',
    'inv -J --vault-password-file x',
    "Error: Options exclude each other: option '--vault-password-file <file>' cannot be used with option '-J, --ask-vault-password'\n  see provision --help",
  ],
  [
    'provision',
    'inv --output xml',
    'Error: Wrong value of an option: --output knows no form "xml"\n  the forms are tree, plain, json, jsonl, junit',
  ],
  [
    'provision',
    'inv --output junit=',
    'Error: Wrong value of an option: --output junit= names no file to write\n  write for example --output junit=report.xml',
  ],
  ['provision', 'help lb', 'Error: Unknown command: there is no command "lb"\n  did you mean "lab"?'],
]

/** What comes of arguments; of problems, their text and code. */
async function outcome(program: string, argv: readonly string[]): Promise<Invocation | { code: string; text: string }> {
  try {
    return await parseArguments(argv, program)
  } catch (error) {
    const problems = problemsOf(error) ?? []
    expect(problems, String(error)).not.to.deep.equal([])
    return { code: problems[0]!.code, text: problems.map((problem) => renderProblem(problem, () => null)).join('\n') }
  }
}

describe('arguments', () => {
  for (const [program, argv, want] of rows) {
    const list = typeof argv === 'string' ? words(argv) : argv
    it(`${program} ${list.join(' ')}`, async () => {
      const read = (await outcome(program, list)) as { [key: string]: unknown }
      expect(Object.fromEntries(Object.keys(want).map((key) => [key, read[key]]))).to.deep.equal(want)
    })
  }
})

describe('wrong arguments', () => {
  for (const [program, argv, want] of mistakes) {
    it(`${program} ${argv}`, async () => {
      const read = await outcome(program, words(argv))
      expect('text' in read && read.text).to.equal(want)
      expect('code' in read && read.code).to.match(/^usage\./)
    })
  }
})

describe('help', () => {
  const faces = [
    ['provision', '--help', 'provision INVENTORY [PLAYBOOK]'],
    ['provision', 'help', 'provision INVENTORY [PLAYBOOK]'],
    ['provision', 'playbook -h', 'provision playbook PLAYBOOK…'],
    ['ansible-playbook', '--help', 'provision playbook PLAYBOOK…'],
  ] as const
  for (const [program, argv, usage] of faces) {
    it(`${program} ${argv} shows the usage, examples and exit codes`, async () => {
      const read = await outcome(program, words(argv))
      expect(read).to.include({ kind: 'help' })
      expect('text' in read && read.text)
        .to.contain(`Usage: ${usage}`)
        .and.contain('Examples:')
        .and.contain('Exit codes:')
    })
  }

  it('stays within 110 columns', async () => {
    const read = await outcome('provision', ['--help'])
    const lines = 'text' in read ? read.text.split('\n') : []
    expect(lines.filter((line) => line.length > 110)).to.deep.equal([])
  })
})

describe('the version', () => {
  it('is known without loading the option parser, which takes time', async () => {
    const hook = `export async function resolve(name, context, next) {
      if (name === 'commander') throw new Error('commander was loaded')
      return next(name, context)
    }`
    const script = `
      import { register } from 'node:module'
      register('data:text/javascript,${encodeURIComponent(hook).replaceAll("'", '%27')}')
      const { parseArguments } = await import('./src/commands/options.ts')
      const run = await parseArguments(['inv'], 'provision').catch((error) => error.message)
      console.log((await parseArguments(['--version'], 'provision')).kind, run)`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ])
    expect(stdout.trim()).to.equal('version commander was loaded')
  })
})

describe('the playbook an inventory stands for', () => {
  const places: readonly (readonly [string, readonly string[]])[] = [
    ['inventory/prod.yml', ['playbooks/site.yml', 'inventory/playbooks/site.yml']],
    ['hosts', ['../playbooks/site.yml', 'playbooks/site.yml']],
    ['/p/inventory/prod.yml', ['/p/playbooks/site.yml', '/p/inventory/playbooks/site.yml', 'playbooks/site.yml']],
    ['web01,web02,', ['playbooks/site.yml']],
  ]
  for (const [inventory, want] of places) {
    it(inventory, () => {
      expect(playbookCandidates(inventory)).to.deep.equal(want)
    })
  }
})
