import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { runCase } from '../../conformance/language/run-case.ts'
import { provision } from '../../support/program.ts'

type Row = {
  readonly name: string
  readonly files: { readonly [path: string]: string }
  /** Tasks of a play on localhost. */
  readonly tasks: string
  readonly args?: readonly string[]
  readonly code?: number
  readonly says: readonly string[]
}

const SHOUT =
  "export const filters = { shout: (value, { times = 1 } = {}) => value.toUpperCase() + '!'.repeat(times) }\n"
const runsTypeScript = Boolean((process.features as { typescript?: string | false }).typescript)

const rows: readonly Row[] = [
  {
    name: 'a filter beside the playbook, with keyword arguments as an object',
    files: { 'filter_plugins/mine.mjs': SHOUT },
    tasks: "- debug: msg={{ 'a' | shout }}{{ ['b', 'c'] | map('shout', times=2) | join }}",
    says: ['"msg": "A!B!!C!!"'],
  },
  {
    name: 'a test and a lookup, also as a loop and in a template file',
    files: {
      'test_plugins/mine.js': 'exports.tests = { odd_one: (n) => n % 2 === 1 }\n',
      'lookup_plugins/twice.mjs':
        'export const lookups = { twice: (terms, { by = 2 }) => terms.flatMap((term) => Array(by).fill(term)) }\n',
      'templates/t.j2': "{{ query('twice', 'x', by=3) | join }}",
    },
    tasks: `
- debug: msg="{{ [1, 2, 3] | select('odd_one') | list }} {{ lookup('twice', 'a', 'b') }}"
- debug: msg={{ item }}
  with_twice: [c]
- debug: msg={{ lookup('template', 't.j2') }}`,
    says: ['[1, 3] a,a,b,b', 'c\n\nrc=undefined\nc\n', 'xxx'],
  },
  {
    name: 'a lookup that asks for variables and files',
    files: {
      'lookup_plugins/ask.mjs':
        "export const lookups = { ask: ([name], _, { variable, find }) => [variable(name), variable('no') ?? 'none', find('f.txt')] }\n",
      'files/f.txt': '',
    },
    tasks: "- debug: msg={{ query('ask', 'd') }}\n  vars: {d: {a: '{{ 1 + 1 }}'}}",
    says: ['[{"a":"2"},"none","{here}/files/f.txt"]'],
  },
  {
    name: 'values go there and back',
    files: {
      'filter_plugins/same.mjs': 'export const filters = { same: (v) => v, size: (v) => Object.keys(v).length }\n',
    },
    tasks: `
- debug: msg="{{ v | same }} {{ (v | same) == v }} {{ 9007199254740993 | same }} {{ (1, 2) | same }}"
  vars: {v: {a: [1, 2.5, null, true, "{{ 'x' }}"], 2: é, __proto__: 5}}
- debug: {msg: "{{ {'__proto__':1, 'constructor':2} | size }} {{ '{{ no }}' | same }}"}`,
    says: [`{'2': 'é', 'a': [1, 2.5, None, True, 'x'], '__proto__': 5} False 9007199254740993 [1, 2]`, '2 {{ no }}'],
  },
  {
    name: 'what is undefined is never given to a plugin',
    files: { 'filter_plugins/mine.mjs': SHOUT },
    tasks: '- debug: msg={{ nowhere | shout }}',
    code: 2,
    says: ["'nowhere' is undefined"],
  },
  ...[
    ['a class', '() => new (class Own {})()', 'an object of a class'],
    ['a function', '() => () => 1', 'a function'],
    ['a promise', 'async () => 1', 'it gives a promise'],
    ['a circle', '() => { const a = []; a.push(a); return a }', 'a value that nests too deeply'],
    ['an error', "() => { throw new Error('not today') }", 'filter "odd" of'],
  ].map(
    ([name, code, says]): Row => ({
      name: `a filter that gives ${name}`,
      files: { 'filter_plugins/odd.mjs': `export const filters = { odd: ${code} }\n` },
      tasks: '- debug: msg={{ 1 | odd }}',
      code: 2,
      says: ['A plugin failed', says!, 'playbook.yml:6:'],
    }),
  ),
  {
    name: 'plugins of a role, static or included, and a filter that wins over a built-in one',
    files: {
      'roles/one/filter_plugins/f.mjs': SHOUT,
      'roles/one/tasks/main.yml': "- debug: msg={{ 'one' | shout }}\n",
      'roles/two/filter_plugins/f.mjs': "export const filters = { upper: () => 'mine' }\n",
      'roles/two/tasks/main.yml': "- debug: msg={{ 'two' | upper }}\n",
    },
    tasks: '- import_role: {name: one}\n- include_role: {name: two}',
    says: ['ONE!', 'mine'],
  },
  {
    name: 'plugins and modules of a collection and of ansible.cfg',
    files: {
      'ansible.cfg': '[defaults]\nfilter_plugins = plugins\nlibrary = modules\n',
      'plugins/f.mjs': SHOUT,
      'modules/hello': '#!/bin/sh\n# WANT_JSON\necho \'{"msg": "hello"}\'\n',
      'collections/ansible_collections/acme/web/plugins/filter/f.mjs': "export const filters = { odd: () => 'acme' }\n",
    },
    tasks: '- hello:\n  register: r\n- debug: msg={{ r.msg | shout }}{{ 1 | acme.web.odd }}',
    says: ['HELLO!acme'],
  },
  ...[
    ['filter', '1 | strange'],
    ['test', '1 is strange'],
    ['lookup', "lookup('strange')"],
  ].map(
    ([kind, expression]): Row => ({
      name: `a ${kind} in Python`,
      files: { [`${kind}_plugins/odd.py`]: "def all(self):\n    return {'strange': None}\n" },
      tasks: `- debug: msg="{{ ${expression} }}"`,
      code: 2,
      says: [`${kind}_plugins/odd.py is in Python`, 'strange.mjs'],
    }),
  ),
  {
    name: 'a module in Python of Ansible',
    files: { 'library/odd.py': '#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\n' },
    tasks: '- odd: {a: 1}\n  when: false\n- debug: msg=before\n- odd: {a: 1}',
    code: 2,
    says: ['library/odd.py runs on Ansible alone', 'before', 'library/odd.py is written for', 'WANT_JSON'],
  },
  {
    name: 'an action plugin in Python',
    files: { 'action_plugins/odd.py': 'from ansible.plugins.action import ActionBase\n' },
    tasks: '- odd: {a: 1}\n  when: false\n- action: odd a=1',
    code: 2,
    says: ['action_plugins/odd.py runs on Ansible alone', 'skipping', 'action_plugins/odd.py is written for'],
  },
  {
    name: 'a loop by a lookup in Python',
    files: { 'lookup_plugins/odd.py': 'class LookupModule: pass\n' },
    tasks: '- debug:\n  with_odd: [1]\n  ignore_errors: true\n- debug: msg=after',
    says: ['lookup_plugins/odd.py is in Python', 'after'],
  },
  {
    name: 'a module in Python that has the name of a built-in one',
    files: { 'library/command.py': '#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\n' },
    tasks: '- command: echo built-in',
    says: ["provision's own module command is used instead", 'changed: [localhost]'],
  },
  {
    name: 'a file of plugins with a mistake',
    files: { 'filter_plugins/odd.mjs': 'export const filters = {\n' },
    tasks: '- debug:',
    code: 4,
    says: ['Plugin that cannot be loaded', 'filter_plugins/odd.mjs'],
  },
  {
    name: 'a file of plugins that exports nothing of use',
    files: { 'filter_plugins/odd.mjs': 'export const shout = 1\n' },
    tasks: '- debug:',
    code: 4,
    says: ['Plugin that exports nothing', 'exports neither'],
  },
  {
    name: 'exports that are no functions',
    files: { 'filter_plugins/odd.mjs': 'export const filters = { a: () => 1, b: 2 }\n' },
    tasks: '- debug:',
    code: 4,
    says: ['must be an object of functions, but "b" is none'],
  },
  {
    name: 'a plugin in TypeScript',
    files: { 'filter_plugins/odd.ts': 'export const filters = { odd: (value: number): number => value + 1 }\n' },
    tasks: '- debug: msg={{ 1 | odd }}',
    code: runsTypeScript ? 0 : 4,
    says: runsTypeScript ? ['2\n'] : ['Plugin in TypeScript', 'odd.ts: this version of Node'],
  },
  {
    name: 'a plugin in TypeScript that has been translated',
    files: {
      'filter_plugins/odd.ts': 'syntax error',
      'filter_plugins/odd.mjs': 'export const filters = { odd: (value) => value + 1 }\n',
    },
    tasks: '- debug: msg={{ 1 | odd }}',
    says: ['2\n'],
  },
  {
    name: 'a module that leaves no trace and shows no argument, even when it is killed',
    files: {
      'library/dies':
        '#!/bin/sh\n# WANT_JSON\nfor base in "${TMPDIR:-/tmp}"; do ls "$base" >"$HOME/left"; done\ntr "\\0" " " </proc/$$/cmdline >"$HOME/line"\nkill -9 $$\n',
    },
    tasks: `
- dies: {token: sesame-4711}
  ignore_errors: true
- shell: cat $HOME/line $HOME/left
  register: r
- debug: msg="{{ 'sesame' in r.stdout }} {{ 'provision.' in r.stdout }}"
- find: {paths: "{{ lookup('env', 'TMPDIR') }}", file_type: any, patterns: 'provision.*'}
  register: f
- debug: msg="left {{ f.matched }}"`,
    says: ['rc=137', 'False True', 'left 0'],
  },
  {
    name: 'an interpreter that the host lacks',
    files: { 'library/odd': '#!/usr/bin/no-such-language -x\n# WANT_JSON\n' },
    tasks: '- odd:',
    code: 2,
    says: ['the host has no /usr/bin/no-such-language, which the module is written for'],
  },
  {
    name: "a module's diff",
    files: {
      'library/differs':
        '#!/bin/sh\n# WANT_JSON\ncat <<E\n{"changed": true, "diff": {"before": "a\\n", "after": "b\\n", "before_header": "/f"}}\nE\n',
    },
    tasks: '- differs:',
    args: ['--diff'],
    says: ['-a', '+b', '/f'],
  },
]

/** Rows whose words only the program itself prints. */
const PRINTED = [
  'a filter beside the playbook, with keyword arguments as an object',
  'a module in Python of Ansible',
  'an action plugin in Python',
  'a loop by a lookup in Python',
  'a module in Python that has the name of a built-in one',
  "a module's diff",
]

describe('modules and plugins of one’s own', () => {
  const { TMPDIR } = process.env
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custom-'))
    process.env.TMPDIR = folder
  })
  afterEach(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    rmSync(folder, { recursive: true, force: true })
  })
  for (const row of rows) {
    it(row.name, async () => {
      const { code, said } = PRINTED.includes(row.name) ? await printed(row, folder) : await told(row)
      expect(code, said).to.equal(row.code ?? 0)
      for (const text of row.says) expect(said).to.include(text)
    }).timeout(30_000)
  }
})

function playbookOf({ tasks }: Row): string {
  const head = '---\n- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n'
  return `${head}${tasks.trim().replace(/^/gm, '    ')}\n`
}

async function printed(row: Row, folder: string): Promise<{ code: number; said: string }> {
  for (const [path, text] of Object.entries({ ...row.files, 'site.yml': playbookOf(row) })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { code, stdout, stderr } = await provision(folder, ['playbook', 'site.yml', ...(row.args ?? [])])
  return { code, said: stdout + stderr }
}

/** The messages of all results, one a line, and the problem that ended the run. */
async function told(row: Row): Promise<{ code: number; said: string }> {
  const answer = await runCase(
    { name: row.name, files: row.files, playbook: playbookOf(row), args: row.args ?? [] },
    '',
  )
  const messages = answer.events.flatMap((entry) => {
    if ('play' in entry) return []
    const { msg, problem, rc } = entry.result ?? {}
    return [typeof msg === 'string' ? msg : JSON.stringify(msg), String(problem ?? ''), `rc=${String(rc)}`]
  })
  return { code: answer.exit, said: [...messages, answer.error ?? ''].join('\n') }
}
