import { readdirSync } from 'node:fs'
import { type Case, openCase } from '../support/case.ts'
import { type Host, SHELL_NAMES, type ShellName } from '../support/host.ts'
import { AWKWARD, type AwkwardText, type ModuleTest, type Row } from '../support/rows.ts'
import { testHost } from '../support/test-host.ts'
import { checkConvergence } from './convergence.ts'
import { checkCuts } from './cut.ts'
import { checkProbe } from './probe.ts'
import { sameUnderAllShells, surviving } from './sameness.ts'

const folder = new URL('../modules/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
const tests: ModuleTest[] = (
  await Promise.all(
    files
      .sort()
      .map(async (name) => ((await import(new URL(name, folder).href)) as { tests: ModuleTest | ModuleTest[] }).tests),
  )
).flat()

for (const { module, rows, host: hostOf = testHost } of tests) {
  describe(`laws of ${module.name}`, function () {
    this.timeout(120_000)
    rows.forEach((row, index) => {
      const compare = sameUnderAllShells()
      SHELL_NAMES.forEach((shell, turn) => {
        it(`${row.name} (${shell})`, async () => {
          await holding(await hostOf(), shell, { module, rows }, row, async (host, subject) => {
            const observed = await checkProbe(host, subject, row, index % SHELL_NAMES.length === turn)
            if (observed === null) return
            compare(observed.changes)
            const commands = await checkConvergence(host, subject, row, observed)
            await checkCuts(host, subject, row, commands, turn)
          })
        })
      })
      for (const [turn, text] of textsOf(row).entries()) {
        const shell = SHELL_NAMES[(index + turn) % SHELL_NAMES.length]!
        it(`${row.name} with ${text} (${shell})`, async () => {
          const awkward = surviving(row, AWKWARD[text])
          await holding(await hostOf(), shell, { module, rows }, awkward, async (host, subject) => {
            const observed = await checkProbe(host, subject, awkward, false)
            if (observed !== null) await checkConvergence(host, subject, awkward, observed)
          })
        })
      }
    })
  })
}

function textsOf(row: Row): readonly AwkwardText[] {
  return row.strings === undefined ? [] : (row.texts ?? (Object.keys(AWKWARD) as AwkwardText[]))
}

async function holding(
  host: Host,
  shell: ShellName,
  test: ModuleTest,
  row: Row,
  laws: (host: Host, subject: Case) => Promise<void>,
): Promise<void> {
  const subject = await openCase(host, shell, test.module, row)
  try {
    await laws(host, subject)
  } finally {
    await subject.close()
  }
}
