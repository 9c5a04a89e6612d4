import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { flowOf } from './compare.ts'
import { type Answer, type Case, runCase } from './run-case.ts'

const here = import.meta.dirname
const differences = readFileSync(join(here, '../../../CONFORMANCE.md'), 'utf8')
const inventory = readFileSync(join(here, 'inventory.ini'), 'utf8')

for (const file of readdirSync(join(here, 'cases')).sort()) {
  const topic = file.replace('.yml', '')
  describe(`language: ${topic}`, () => {
    const cases = parse(readFileSync(join(here, 'cases', file), 'utf8')) as Case[]
    const path = join(here, 'record', `${topic}.json`)
    const recorded = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as (Answer & { name: string })[]) : []
    const answers = new Map(recorded.map((answer) => [answer.name, answer]))

    it('has a record of every case, and no two cases of one name', () => {
      expect(recorded.map(({ name }) => name)).to.deep.equal(cases.map(({ name }) => name))
      expect(answers.size).to.equal(cases.length)
    })
    for (const given of cases) {
      it(given.name, async () => {
        const answer = await runCase(given, inventory)
        const ours = flowOf(given, answer)
        const want = answers.get(given.name)
        expect(want, 'a record').not.to.equal(undefined)
        const theirs = flowOf(given, want!)
        const why = [answer.error, want!.error].filter((text) => text !== undefined).join('\n')
        if (given.differs === undefined) {
          expect(ours, why).to.deep.equal(theirs)
          expect(answer.left, 'what is left behind').to.deep.equal(want!.left ?? {})
        } else {
          expect(differences, 'CONFORMANCE.md').to.include(`| \`${given.differs.reason}\` |`)
          expect({ exit: ours.exit, flow: ours.flow }, why).to.deep.equal({
            exit: given.differs.exit,
            flow: given.differs.flow,
          })
          expect(ours, 'the difference is gone').not.to.deep.equal(theirs)
        }
      })
    }
  })
}
