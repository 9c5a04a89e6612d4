import { existsSync, writeFileSync } from 'node:fs'

const name = process.argv[2] ?? ''
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('usage: npm run new:module NAME   (lower case letters, digits and underscores, as in YAML)')
  process.exit(2)
}

const source = `src/modules/${name}.ts`
const test = `test/modules/${name}.test.ts`
for (const path of [source, test]) {
  if (existsSync(path)) {
    console.error(`${path} is there already`)
    process.exit(1)
  }
}

writeFileSync(
  source,
  `import type { Change } from '../kernel/change.ts'
import type { Fields } from '../kernel/fields.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'

const schema = args({
  path: arg.path('The file that must be there', { required: true }),
})

type Args = ReturnType<typeof schema.check>
type Now = { readonly exists: boolean }

export const module = defineModule<Args, Args, Now>({
  name: '${name}',
  summary: 'Says in one sentence what the module is for',
  examples: ['- ${name}:\\n    path: /t/example\\n'],
  args: schema,
  effects: 'host',
  probe: (want) => sh\`[ ! -e \${want.path} ] || field exists 1\`,
  read: (fields: Fields) => ({ exists: fields.flag('exists') }),
  plan: (now, want): readonly Change[] => (now.exists ? [] : [{ what: 'file', before: null, after: want.path }]),
  apply: (_, want) => sh\`: >\${want.path}\`,
  result: ({ want }) => ({ path: want.path }),
})
`,
)
writeFileSync(
  test,
  `import { module } from '../../src/modules/${name}.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'makes what is missing',
    args: { path: '/t/example' },
    want: {
      changes: [{ what: 'file', before: null, after: '/t/example' }],
      result: { changed: true, path: '/t/example' },
      after: '[ -f /t/example ]',
    },
    strings: (text, word) => ({ args: { path: \`/t/\${text}\` }, want: { after: \`[ -f /t/\${word} ]\` } }),
  },
  {
    name: 'leaves alone what is there',
    given: ': >/t/example',
    args: { path: '/t/example' },
    want: { changes: 'none', result: { changed: false } },
  },
])
`,
)
console.log(`${source}\n${test}`)
