import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../kernel/problem.ts'
import { withLock } from './lock.ts'
import { namesOf, STATE } from './names.ts'
import { run } from './run.ts'
import type { LabHost, LabSpec } from './types.ts'

/** What a lab is, written before anything of it is made: `down` needs nothing else to find all of it. */
export type LabRecord = {
  readonly id: string
  readonly name: string
  readonly project: string
  /** The first three octets of the lab's addresses. */
  readonly network: string
  readonly python: boolean
  readonly hosts: readonly LabHost[]
  /** The folder of each image in use. */
  readonly images: { readonly [image: string]: string }
}

/** The record of a lab, or null when there is none. */
export async function readRecord(id: string): Promise<LabRecord | null> {
  try {
    return JSON.parse(await readFile(namesOf(id).record, 'utf8')) as LabRecord
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** All labs of this machine. */
export async function allRecords(): Promise<LabRecord[]> {
  const ids = await readdir(STATE).catch(() => [])
  const records = await Promise.all(ids.map(readRecord))
  return records.filter((record) => record !== null)
}

/** Written whole or not at all: a record cut in two would hide a lab from `down`. */
export async function writeRecord(record: LabRecord): Promise<void> {
  const names = namesOf(record.id)
  await mkdir(names.state, { recursive: true, mode: 0o700 })
  await writeFile(`${names.record}.new`, `${JSON.stringify(record, null, 2)}\n`)
  await rename(`${names.record}.new`, names.record)
}

export async function removeRecord(id: string): Promise<void> {
  await rm(namesOf(id).state, { recursive: true, force: true })
}

/**
 * The record of a lab that is there, or a new one with a free network. Problem `lab.differs` when the lab is there with other hosts,
 * `lab.network` when no network is free.
 */
export async function claim(id: string, spec: LabSpec, project: string): Promise<LabRecord> {
  return withLock('machine', async () => {
    const existing = await readRecord(id)
    if (existing !== null) return checkSame(existing, spec)
    const record = { id, project, images: {}, network: await freeNetwork(id), ...spec }
    await writeRecord(record)
    return record
  })
}

function checkSame(record: LabRecord, spec: LabSpec): LabRecord {
  if (describe(record) === describe(spec)) return record
  throw new Problem({
    code: 'lab.differs',
    summary: 'The lab is there with other hosts',
    detail: `lab "${spec.name}" has ${describe(record)}, and ${describe(spec)} is wanted`,
    hint: `Take it down first (provision lab down --name ${spec.name}), or choose another --name.`,
  })
}

function describe({ hosts, python }: { hosts: readonly LabHost[]; python: boolean }): string {
  const each = hosts.map((host) => `${host.name} (${host.image}, .${host.octet})`).sort()
  return each.join(', ') + (python ? ' with Python' : '')
}

/** A third octet that neither a lab nor a route of this machine uses. 255 is the package cache's. */
async function freeNetwork(id: string): Promise<string> {
  const taken = new Set((await allRecords()).map((record) => record.network))
  const routes = await run('ip', ['-4', 'route', 'show', 'table', 'all'])
  for (const [network] of routes.matchAll(/10\.213\.\d+/g)) taken.add(network)
  const start = namesOf(id).bridge.charCodeAt(3)
  for (let offset = 0; offset < 254; offset++) {
    const network = `10.213.${((start + offset) % 254) + 1}`
    if (!taken.has(network)) return network
  }
  throw new Problem({
    code: 'lab.network',
    summary: 'No network is free for another lab',
    detail: 'all of 10.213.1.0/24 to 10.213.254.0/24 are in use',
    hint: 'Take labs down: provision lab status --all lists them.',
  })
}

export function recordFolder(project: string, name: string): string {
  return join(project, '.provision', 'lab', name)
}
