import { expect } from 'chai'
import type { Change } from '../../src/kernel/change.ts'
import { Chosen, Failure, type Observed, type Prepared } from '../../src/kernel/module.ts'
import { problemsOf } from '../../src/kernel/problem.ts'
import { type Case, fingerprint } from '../support/case.ts'
import type { Host } from '../support/host.ts'
import type { Row } from '../support/rows.ts'

/** Where a quiet host writes by itself. */
const RESTLESS = [
  '/proc',
  '/sys',
  '/dev',
  '/run/cut',
  '/run/systemd',
  '/run/log',
  '/run/udev',
  '/run/dbus',
  '/run/agetty.reload',
  '/run/credentials',
  '/run/user',
  '/var/log',
  '/var/lib/systemd',
]

/**
 * Probe writes nothing, gives the same answer twice; plan and apply are pure; a check leaves the host as it was. Gives the plan, or
 * null when the row is a failure before anything is applied.
 */
export async function checkProbe(host: Host, subject: Case, row: Row, wholeHost: boolean): Promise<Observed | null> {
  await subject.arrange()
  const prepared = await expectingFailure(row, () => subject.prepare())
  if (prepared === null) return null
  try {
    return await checkPrepared(host, subject, row, wholeHost, prepared)
  } catch (error) {
    if (error instanceof Chosen) return checkPrepared(host, subject, row, wholeHost, error.prepared)
    throw error
  }
}

async function checkPrepared(
  host: Host,
  subject: Case,
  row: Row,
  wholeHost: boolean,
  prepared: Prepared,
): Promise<Observed | null> {
  const before = await host.sure(`${fingerprint(row).text}\n: >/run/cut-marker; sleep 0.02`)
  const outputs =
    prepared.probe === null
      ? [null, null]
      : [await subject.send(prepared.probe), await subject.sendAmong(prepared.probe)]
  expect(await host.sure(fingerprint(row).text), 'the probe leaves the host as it was').to.equal(before)
  if (wholeHost) expect(await writtenSince(host), 'the probe writes nothing anywhere').to.equal('')
  expectNoSecrets(row, 'the probe', prepared.probe?.text ?? '')
  const plans = await expectingFailure(row, async () => outputs.map((output) => prepared.observe(output)))
  const again = plans === null ? null : prepared.observe(outputs[0]!)
  if (plans === null) return null
  expect(plans[1]!.changes, 'probe twice, same answer').to.deep.equal(plans[0]!.changes)
  expectPure(plans[0]!, again!)
  expectNoSecrets(row, 'the changes', JSON.stringify(plans[0]!.changes))
  return plans[0]!
}

function expectPure(one: Observed, other: Observed): void {
  expect(other.changes, 'plan is pure').to.deep.equal(one.changes)
  const kept: readonly Change[] = structuredClone(one.changes) as Change[]
  if (one.changes.length > 0) expect(other.apply().text, 'apply is pure').to.equal(one.apply().text)
  expect(one.changes, 'apply leaves the changes as they are').to.deep.equal(kept)
}

/** The folder /tmp itself changes when mksh or bash keep a here-document there, under no name by the time its command runs. */
async function writtenSince(host: Host): Promise<string> {
  const prune = [...RESTLESS, ...host.restless].flatMap((path) => ['-path', path, '-o']).slice(0, -1)
  return host.sure(
    `find / /run /tmp -xdev \\( ${prune.join(' ')} \\) -prune -o -cnewer /run/cut-marker ! -path /run/cut-marker ! -path /run ! -path /tmp -print`,
  )
}

export function expectNoSecrets(row: Row, where: string, text: string): void {
  for (const secret of row.secrets ?? []) expect(text, `a secret in ${where}`).to.not.include(secret)
}

/** What the action gives, or null when it ends in the failure that the row expects. */
export async function expectingFailure<T>(row: Row, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action()
  } catch (error) {
    const ours = error instanceof Failure || problemsOf(error) !== null
    if (!ours || row.want.failure === undefined) throw error
    expect((error as Error).message).to.match(row.want.failure)
    return null
  }
}

export type { Prepared }
