import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import type { Value } from '../../../src/kernel/value.ts'
import { type Answer, encode, readYaml, world } from './oracle.ts'

const directory = new URL('./seed', import.meta.url).pathname

for (const native of [false, true]) {
  describe(`template cases with jinja2_native ${native ? 'on' : 'off'}`, () => {
    const truth = JSON.parse(readFileSync(`${directory}/truth${Number(native)}.json`, 'utf8')) as Record<string, Answer>
    const { environment, scope } = world(directory, { native })
    for (const row of readYaml(`${directory}/cases.yml`) as Map<string, Value>[]) {
      const source = row.get('src') as string
      it(`${row.get('id')} ${source.replaceAll('\n', '\\n')}`, () => {
        const want = truth[row.get('id') as string]!
        const give = (): Value =>
          row.get('kind') === 'expr'
            ? environment.compile(`{{ ${source} }}`).value(scope())
            : environment.compile(source).render(scope())
        if ('err' in want) expect(give).to.throw(Problem)
        else expect(encode(give())).to.deep.equal(want.v)
      })
    }
  })
}
