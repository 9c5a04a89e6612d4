import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import type { Value } from '../../../src/kernel/value.ts'
import type { Environment, Scope } from '../../../src/template/index.ts'
import { type Answer, encode, sortSets, world } from './oracle.ts'

type Row = {
  readonly kind: 'expr' | 'value' | 'render'
  readonly src: string
  readonly off: Answer
  readonly on: Answer
}

const cases = new URL('./cases', import.meta.url).pathname
const record = new URL('./record', import.meta.url).pathname

for (const file of readdirSync(record)) {
  for (const native of [false, true]) {
    describe(`template ${file.replace('.json', '')} with jinja2_native ${native ? 'on' : 'off'}`, () => {
      const zone = process.env.TZ
      before(() => {
        process.env.TZ = 'UTC'
      })
      after(() => {
        if (zone === undefined) delete process.env.TZ
        else process.env.TZ = zone
      })
      const { environment, scope } = world(cases, { native })
      for (const row of JSON.parse(readFileSync(`${record}/${file}`, 'utf8')) as Row[]) {
        it(`${row.kind} ${JSON.stringify(row.src)}`, () => {
          const want = native ? row.on : row.off
          const give = (): Value => answer(environment, row, scope())
          if ('err' in want) expect(give).to.throw(Problem)
          else expect(sortSets(encode(give()))).to.deep.equal(want.v)
        })
      }
    })
  }
}

function answer(environment: Environment, row: Row, scope: Scope): Value {
  if (row.kind === 'render') return environment.compile(row.src).render(scope)
  return environment.compile(row.kind === 'expr' ? `{{ ${row.src} }}` : row.src).value(scope)
}
