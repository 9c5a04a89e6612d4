import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { expect } from 'chai'

/** What a folder of src may import besides itself: folders of ours, Node's own modules, packages. */
type Law = {
  readonly ours: readonly string[]
  readonly node: readonly string[] | 'any'
  readonly packages: readonly string[]
}

/** Who may import whom. A folder below another one that has a row of its own goes by its own row. */
const LAWS: { readonly [folder: string]: Law } = {
  'main.ts': { ours: ['commands', 'kernel'], node: 'any', packages: [] },
  commands: {
    ours: [
      ...[
        'custom',
        'engine',
        'facts',
        'inventory',
        'kernel',
        'lab',
        'language',
        'modules',
        'reporters',
        'template',
        'transport',
      ],
      ...['variables', 'vault'],
    ],
    node: 'any',
    packages: ['commander', 'execa', 'yaml'],
  },
  kernel: { ours: [], node: ['crypto', 'util'], packages: ['ajv', 'yaml'] },
  language: { ours: ['kernel'], node: ['fs', 'path'], packages: [] },
  template: {
    ours: ['kernel'],
    node: ['crypto', 'path', 'zlib'],
    packages: ['bcryptjs', 'jmespath', 'unixcrypt', 'yaml'],
  },
  variables: { ours: ['kernel', 'language', 'template'], node: 'any', packages: ['execa', 'yaml'] },
  inventory: { ours: ['kernel'], node: 'any', packages: ['execa', 'smol-toml', 'yaml'] },
  vault: { ours: ['kernel'], node: 'any', packages: ['execa'] },
  modules: { ours: ['kernel', 'modules/parts'], node: ['crypto'], packages: [] },
  'modules/setup.ts': { ours: ['kernel', 'modules/parts', 'facts'], node: ['crypto'], packages: [] },
  'modules/parts': { ours: ['kernel'], node: ['crypto'], packages: [] },
  custom: { ours: ['kernel', 'modules/parts', 'template', 'variables'], node: [], packages: [] },
  facts: { ours: ['kernel'], node: [], packages: [] },
  transport: { ours: ['kernel'], node: 'any', packages: ['execa', 'node-ssh', 'ssh2'] },
  engine: {
    ours: ['kernel', 'language', 'template', 'variables'],
    node: ['crypto', 'fs', 'fs/promises', 'path', 'timers/promises'],
    packages: [],
  },
  reporters: { ours: ['kernel'], node: [], packages: ['diff', 'listr2'] },
  lab: { ours: ['kernel'], node: 'any', packages: ['execa', 'yaml'] },
}

/** A file of src: its path below src, and its text. */
type Source = { readonly path: string; readonly text: string }

type Rule = {
  readonly name: string
  /** What is wrong with a file; empty when nothing is. `others` holds every path below src and test. */
  readonly check: (source: Source, others: ReadonlySet<string>) => readonly string[]
}

const RULES: readonly Rule[] = [
  {
    name: 'imports go by the table of laws',
    check: (source) => imports(source.text).flatMap((name) => unlawful(source.path, name)),
  },
  {
    name: 'a name to import is written out, except where commands load modules by name',
    check: ({ path, text }) => (folderOf(path) === 'commands' ? [] : found(text, /\bimport\(\s*(?!'[^']*'\s*\))/g)),
  },
  {
    name: 'only main.ts ends the process',
    check: ({ path, text }) => (path === 'main.ts' ? [] : found(code(text), /\bprocess\.(exit|abort)\(/g)),
  },
  {
    name: 'check mode is known only to commands, engine, reporters, the keyword of the language and the event',
    check: ({ path, text }) =>
      ['commands', 'engine', 'reporters', 'language', 'main.ts'].includes(folderOf(path)) || path === 'kernel/event.ts'
        ? []
        : found(text, /\b(check_?mode|is_?check)\b/gi),
  },
  { name: 'no default exports', check: ({ text }) => found(code(text), /^export (default\b|\{[^}]*\bas default\b)/gm) },
  {
    name: 'names are kebab-case, those of modules their YAML name',
    check: ({ path }) => {
      const isModule = /^modules\/[^/]+$/.test(path)
      const [name, pattern] = [
        path.split('/').at(-1)!,
        isModule ? /^[a-z][a-z0-9_]*\.ts$/ : /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/,
      ]
      return pattern.test(name) ? [] : [name]
    },
  },
  {
    name: 'a module file exports one value, `module`',
    check: ({ path, text }) => {
      if (!/^modules\/[^/]+$/.test(path)) return []
      const names = [...code(text).matchAll(/^export (?:async )?(?:const|function|class|let) (\w+)/gm)].map(
        ([, name]) => name,
      )
      return names.length === 1 && names[0] === 'module' ? [] : [`exports ${names.join(', ') || 'nothing'}`]
    },
  },
  {
    name: 'every module has a test file of its name',
    check: ({ path }, others) => {
      const test = `test/${path.replace(/\.ts$/, '.test.ts')}`
      return !/^modules\/[^/]+$/.test(path) || others.has(test) ? [] : [`there is no ${test}`]
    },
  },
  {
    name: 'modules and facts ask neither the clock nor the process nor the network',
    check: ({ path, text }) =>
      ['modules', 'facts'].includes(path.split('/')[0]!)
        ? found(code(text), /\b(process\.\w+|Date\b|Math\.random|fetch\(|setTimeout\(|globalThis\b)/g)
        : [],
  },
  {
    name: 'no file is longer than 350 lines',
    check: ({ text }) => {
      const lines = text.trimEnd().split('\n').length
      return lines > 350 ? [`${lines} lines`] : []
    },
  },
  {
    name: 'only commands, main.ts, lab and reporters write to the console',
    check: ({ path, text }) =>
      ['commands', 'main.ts', 'lab', 'reporters'].includes(folderOf(path)) ? [] : found(code(text), /\bconsole\.\w+/g),
  },
  {
    name: "reporters print to the streams given; besides commands, main.ts and lab nobody touches the process's own",
    check: ({ path, text }) =>
      ['commands', 'main.ts', 'lab'].includes(folderOf(path))
        ? []
        : found(code(text), /\bprocess\.(stdout|stderr|stdin)\b/g),
  },
  {
    name: 'no any, and no comment that silences the compiler',
    check: ({ text }) => [
      ...found(code(text), /(\bas |[:<|&,(] ?|= )any\b(?=\[\]|\s*(?:[,;)>\]|&={]|$))/gm),
      ...found(text, /@ts-(ignore|nocheck|expect-error)/g),
    ],
  },
  {
    name: 'no state at the level of a file that changes',
    check: ({ text }) => found(code(text), /^(export )?(let|var) \w+/gm),
  },
]

describe('architecture', () => {
  const root = join(import.meta.dirname, '..')
  const sources = filesBelow(join(root, 'src')).map((path) => ({
    path,
    text: readFileSync(join(root, 'src', path), 'utf8'),
  }))
  const others = new Set([
    ...sources.map(({ path }) => `src/${path}`),
    ...filesBelow(join(root, 'test')).map((path) => `test/${path}`),
  ])
  for (const rule of RULES) {
    it(rule.name, () => {
      const broken = sources.flatMap((source) =>
        rule.check(source, others).map((what) => `src/${source.path}: ${what}`),
      )
      expect(broken, `${rule.name}:\n${broken.join('\n')}\n`).to.deep.equal([])
    })
  }

  it('every folder of src has a law, and every law a folder', () => {
    const folders = new Set(sources.map(({ path }) => path.split('/')[0]!))
    const known = new Set(Object.keys(LAWS).map((path) => path.split('/')[0]!))
    expect([...folders].filter((folder) => !known.has(folder))).to.deep.equal([])
    expect([...known].filter((folder) => !folders.has(folder))).to.deep.equal([])
  })
})

/** Files that break a rule or just don't, and what the rule must say: the checker itself is checked. */
const violations: readonly (readonly [path: string, text: string, want: readonly string[]])[] = [
  ['modules/x.ts', "import { a } from '../kernel/sh.ts'\nexport const module = 1\n", []],
  [
    'modules/x.ts',
    "import { a } from './parts/file.ts'\nimport { createHash } from 'node:crypto'\nexport const module = 1\n",
    [],
  ],
  [
    'modules/x.ts',
    "import { readFile } from 'node:fs'\nexport const module = 1\n",
    ['imports node:fs, which modules may not'],
  ],
  [
    'modules/x.ts',
    "import { module as y } from './y.ts'\nexport const module = 1\n",
    ['imports modules/y.ts, which is a module of its own'],
  ],
  ['modules/parts/x.ts', "import { module } from '../y.ts'\n", ['imports modules, which modules/parts may not']],
  [
    'modules/x.ts',
    "import type { F } from '../facts/a.ts'\nexport const module = 1\n",
    ['imports facts, which modules may not'],
  ],
  ['modules/setup.ts', "import type { F } from '../facts/a.ts'\nexport const module = 1\n", []],
  [
    'engine/a.ts',
    "import type {\n  A,\n  B,\n} from '../transport/ssh.ts'\n",
    ['imports transport, which engine may not'],
  ],
  [
    'engine/controls/a.ts',
    "export { a } from '../../reporters/plain.ts'\n",
    ['imports reporters, which engine may not'],
  ],
  ['engine/a.ts', "const a = await import('../modules/copy.ts')\n", ['imports modules, which engine may not']],
  ['engine/a.ts', "type A = typeof import('ssh2')\n", ['imports ssh2, which engine may not']],
  ['engine/a.ts', "import './controls/b.ts'\nimport { c } from './c.ts'\n", []],
  ['kernel/a.ts', "export * from '../language/model.ts'\n", ['imports language, which kernel may not']],
  ['kernel/a.ts', "import Ajv from 'ajv/dist/2020.js'\n", []],
  ['template/a.ts', "import { a } from '@scope/name/file'\n", ['imports @scope/name, which template may not']],
  ['main.ts', "import { a } from './engine/a.ts'\n", ['imports engine, which main.ts may not']],
  ['unheard/a.ts', "import { a } from '../kernel/sh.ts'\n", ['the folder unheard has no law']],
  ['engine/a.ts', 'const a = await import(`../modules/${b}.ts`)\n', ['import(']],
  ['commands/a.ts', 'const a = await import(`../modules/${b}.ts`)\n', []],
  ['commands/a.ts', 'process.exit(1)\n', ['process.exit(']],
  ['commands/a.ts', '// process.exit( is for main.ts\n', []],
  ['main.ts', 'process.exit(1)\n', []],
  ['modules/parts/a.ts', 'if (isCheck) return\n', ['isCheck']],
  ['variables/a.ts', "magic('ansible_check_mode')\nconst check_mode = 1\n", ['check_mode']],
  ['transport/a.ts', 'options.checkMode\n', ['checkMode']],
  ['language/a.ts', "'check_mode'\n", []],
  ['kernel/a.ts', 'export default 1\n', ['export default']],
  ['kernel/a.ts', 'export { a as default }\n', ['export { a as default']],
  ['kernel/fooBar.ts', '', ['fooBar.ts']],
  ['kernel/foo_bar.ts', '', ['foo_bar.ts']],
  ['modules/mysql-db.ts', 'export const module = 1\n', ['mysql-db.ts', 'there is no test/modules/mysql-db.test.ts']],
  ['modules/x.ts', 'export const module = 1\nexport function help() {}\n', ['exports module, help']],
  ['modules/x.ts', 'const module = 1\n', ['exports nothing']],
  ['modules/y.ts', 'export const module = 1\n', ['there is no test/modules/y.test.ts']],
  ['modules/x.ts', 'export const module = Date.now() + process.pid\n', ['Date', 'process.pid']],
  ['facts/x.ts', 'export const a = Math.random()\n', ['Math.random']],
  ['kernel/a.ts', `${'a\n'.repeat(351)}`, ['351 lines']],
  ['kernel/a.ts', `${'a\n'.repeat(350)}`, []],
  ['engine/a.ts', "console.log('x')\n", ['console.log']],
  ['lab/a.ts', "console.log('x')\n", []],
  ['reporters/a.ts', "process.stdout.write('x')\n", ['process.stdout']],
  ['kernel/a.ts', 'const a = b as any\n', ['as any']],
  ['kernel/a.ts', 'function f(a: any, b: Map<string, any>): any[] {}\n', [': any', ', any', ': any']],
  ['kernel/a.ts', 'type A = any\nconst b = `one of (any of them), any way=any: any`\n', ['= any']],
  ['kernel/a.ts', "// any is fine here: any\nconst a = 'x: any'\nconst many = anything\n", []],
  ['kernel/a.ts', '// @ts-ignore\n', ['@ts-ignore']],
  ['kernel/a.ts', 'export let count = 0\n', ['export let count']],
  ['kernel/a.ts', 'function f() {\n  let count = 0\n}\n', []],
]

describe('the architecture test itself', () => {
  const others = new Set(['test/modules/x.test.ts', 'test/modules/setup.test.ts'])
  for (const [path, text, want] of violations) {
    it(`${path}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`.replaceAll('\n', '↵'), () => {
      expect(RULES.flatMap((rule) => rule.check({ path, text }, others))).to.deep.equal(want)
    })
  }
})

/** The laws' key for a file: its own row, the row of the folder it is in, or that of its first folder. */
function folderOf(path: string): string {
  const [first, second] = path.split('/')
  return [path, `${first}/${second}`].find((key) => key in LAWS) ?? first!
}

/** Every module name in import and export statements (which stand at the start of a line) and in import expressions. */
function imports(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\b(?:[^'";=(]*?\bfrom)? ?'([^']+)'/gm)
  const expressions = text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)
  return [...statements, ...expressions].map((match) => match[1]!)
}

function unlawful(path: string, name: string): string[] {
  const folder = folderOf(path)
  const law = LAWS[folder]
  if (law === undefined) return [`the folder ${folder} has no law`]
  if (name.startsWith('.')) return unlawfulPath(path, folder, law, normalize(join(path, '..', name)))
  const builtin = name.startsWith('node:')
  const known = builtin ? (law.node === 'any' ? [name.slice(5)] : law.node) : law.packages
  const wanted = builtin ? name.slice(5) : packageOf(name)
  return known.includes(wanted) ? [] : [`imports ${builtin ? name : wanted}, which ${folder} may not`]
}

function unlawfulPath(path: string, folder: string, law: Law, target: string): string[] {
  const to = folderOf(target)
  const own = folder.replace(/\/[^/]*\.ts$/, '')
  if (own === 'modules' && to.startsWith('modules') && to !== 'modules/parts') {
    return [`imports ${target}, which is a module of its own`]
  }
  return to === own || to === path || law.ours.includes(to) ? [] : [`imports ${to}, which ${folder} may not`]
}

function packageOf(name: string): string {
  const parts = name.split('/')
  return parts.slice(0, name.startsWith('@') ? 2 : 1).join('/')
}

/** The text without comments and the insides of quoted strings, as far as lines written by our formatter need it. */
function code(text: string): string {
  return text
    .replace(/^[ \t]*(\/\*\*?[\s\S]*?\*\/|\/\/.*)/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/(^|\s)\/\/ .*$/gm, '$1')
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([match]) => match.trim())
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
}
