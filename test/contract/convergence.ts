import { expect } from 'chai'
import type { Observed } from '../../src/kernel/module.ts'
import { lines } from '../../src/kernel/sh.ts'
import { type Case, resultOf } from '../support/case.ts'
import type { Host } from '../support/host.ts'
import type { Row } from '../support/rows.ts'
import { readShims, shimmed } from './cut.ts'
import { expectingFailure, expectNoSecrets } from './probe.ts'

/** Apply, then the plan is empty; no secret in the script, in an argument of a command, or in the result. Gives how many commands it took. */
export async function checkConvergence(host: Host, subject: Case, row: Row, observed: Observed): Promise<number> {
  if (observed.changes.length === 0) {
    await expectingFailure(row, async () => resultOf(observed, null))
    return 0
  }
  const script = observed.apply()
  expectNoSecrets(row, 'the script', script.text)
  const output = await subject.send(lines([await shimmed(host, 0), script]))
  const { commands, argv } = await readShims(host)
  expectNoSecrets(row, 'the arguments of a command', argv)
  const result = await expectingFailure(row, async () => resultOf(observed, output))
  if (result === null) return commands
  expectNoSecrets(row, 'the result', JSON.stringify(result))
  await expectConverged(subject, row)
  await subject.verify()
  return commands
}

export async function expectConverged(subject: Case, row: Row): Promise<void> {
  if (row.always) return
  const { observed } = await subject.observe(await subject.prepare())
  expect(observed.changes, 'apply, then the plan is empty').to.deep.equal([])
}
