import { expect } from 'chai'
import type { Runnable } from '../../src/kernel/module.ts'
import { type Case, openCase } from './case.ts'
import { expectChanges, expectSubset } from './expect.ts'
import type { Host } from './host.ts'
import type { ModuleTest, Row } from './rows.ts'
import { testHost } from './test-host.ts'

export type { Row } from './rows.ts'

/**
 * A module's tests: each row runs on a real host under its `sh`. Export what this returns (`export const tests = testModule(…)`), so that the
 * contract suite can hold every row to the laws.
 */
export function testModule(module: Runnable, rows: readonly Row[], host?: () => Promise<Host>): ModuleTest {
  describe(`module ${module.name}`, function () {
    this.timeout(60_000)
    for (const row of rows) {
      it(row.name, async () => {
        const subject = await openCase(await (host ?? testHost)(), 'dash', module, row)
        try {
          await subject.arrange()
          await runRow(subject, row)
        } finally {
          await subject.close()
        }
      })
    }
  })
  return host === undefined ? { module, rows } : { module, rows, host }
}

async function runRow(subject: Case, row: Row): Promise<void> {
  const { want } = row
  const outcome = await subject.perform().catch((error: Error) => error)
  if (outcome instanceof Error) {
    if (want.failure === undefined) throw outcome
    expect(outcome.message).to.match(want.failure)
  } else {
    expect(want.failure, `a failure was expected; came: ${JSON.stringify(outcome.result)}`).to.equal(undefined)
    if (want.changes !== undefined) expectChanges(outcome.changes, want.changes)
    if (want.script !== undefined) expect(outcome.script).to.equal(want.script)
    if (want.result !== undefined) expectSubset(outcome.result, want.result)
  }
  await subject.verify()
}
