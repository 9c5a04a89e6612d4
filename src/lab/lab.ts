import { realpath } from 'node:fs/promises'
import { didYouMean, Problem, raise } from '../kernel/problem.ts'
import { ensureKeys, removeAccess, writeAccess } from './access.ts'
import { ensureImage } from './image.ts'
import { withLock } from './lock.ts'
import { labId, namesOf } from './names.ts'
import { ensureNeeds } from './needs.ts'
import { ensureBridge, makeNamespace, removeBridge, removeNamespace } from './network.ts'
import { bootHost, findHost, killHost } from './nspawn.ts'
import { ensurePackageCache, stopPackageCache } from './package-cache.ts'
import { allRecords, claim, type LabRecord, readRecord, recordFolder, removeRecord, writeRecord } from './record.ts'
import { dropFiles, mountRoot, unmountRoot, writeIdentity } from './root.ts'
import { checkSpec } from './spec.ts'
import type { HostStatus, LabEvent, LabHost, LabOptions, LabSpec, LabStatus } from './types.ts'
import { waitForBoot } from './wait.ts'

/**
 * Brings up what is missing of a lab: images, network, hosts; a lab that is up is left as it is. Hosts outlive the controller.
 * Problems `lab.needs`, `lab.spec`, `lab.differs`, `lab.image`, `lab.boot`, …
 */
export async function up(spec: LabSpec, options: LabOptions = {}): Promise<LabStatus> {
  checkSpec(spec)
  const { project, say } = await settle(options)
  await ensureNeeds((text) => say(null, text))
  const id = labId(spec.name, project)
  return withLock(`lab-${id}`, async () => {
    const claimed = await claim(id, spec, project)
    await withLock('machine', ensurePackageCache)
    await ensureKeys(claimed)
    const record = { ...claimed, images: await imagesFor(claimed, say) }
    await writeRecord(record)
    await ensureBridge(namesOf(id), record.network)
    await writeAccess(record)
    await Promise.all(record.hosts.map((host) => timed(say, host.name, 'up', () => ensureHost(record, host))))
    return statusOf(record)
  })
}

/** Takes a lab down and leaves nothing of it, whatever state it is in. Answers whether there was one. */
export async function down(name: string, options: LabOptions = {}): Promise<boolean> {
  const { project, say } = await settle(options)
  return downId(labId(name, project), say)
}

/** Takes down every lab of the project, and those whose project's folder is gone. Returns their ids. */
export async function downAll(options: LabOptions = {}): Promise<string[]> {
  const { project, say } = await settle(options)
  const gone = async (record: LabRecord) => (await realpath(record.project).catch(() => null)) === null
  const ids: string[] = []
  for (const record of await allRecords()) if (record.project === project || (await gone(record))) ids.push(record.id)
  await Promise.all(ids.map((id) => downId(id, say)))
  return ids
}

/**
 * Gives hosts (all by default) the image's files again and boots them. Address and host key stay, so known_hosts stays true.
 * Problems `lab.absent`, `lab.host` for a name that the lab does not have.
 */
export async function reset(name: string, hosts?: readonly string[], options: LabOptions = {}): Promise<LabStatus> {
  const { project, say } = await settle(options)
  const id = labId(name, project)
  return withLock(`lab-${id}`, async () => {
    const record = await recordOf(id, name)
    const chosen = chooseHosts(record, hosts)
    await Promise.all(chosen.map((host) => timed(say, host.name, 'reset', () => resetHost(record, host))))
    return statusOf(record)
  })
}

/** What a lab is and which of its hosts run. Problem `lab.absent`. */
export async function status(name: string, options: LabOptions = {}): Promise<LabStatus> {
  const { project } = await settle(options)
  return statusOf(await recordOf(labId(name, project), name))
}

/** All labs of this machine, of other projects too. */
export async function statusAll(): Promise<LabStatus[]> {
  return Promise.all((await allRecords()).map(statusOf))
}

async function ensureHost(record: LabRecord, host: LabHost): Promise<void> {
  const own = namesOf(record.id).host(host)
  const address = `${record.network}.${host.octet}`
  if ((await findHost(own)) === null) await startHost(record, host)
  await waitForBoot(own, host.name, address)
}

/** Takes back what a killed start or a killed host left, then boots on the files the host had; a new host has the image's. */
async function startHost(record: LabRecord, host: LabHost): Promise<void> {
  const names = namesOf(record.id)
  const own = names.host(host)
  await killHost(own)
  await Promise.all([
    makeNamespace(names, host, record.network),
    mountRoot(own, record.images[host.image]!).then(() => writeIdentity(record, host)),
  ])
  await bootHost(own, host.name)
}

async function resetHost(record: LabRecord, host: LabHost): Promise<void> {
  const own = namesOf(record.id).host(host)
  await killHost(own)
  const deleteFiles = await dropFiles(own)
  await startHost(record, host)
  await Promise.all([waitForBoot(own, host.name, `${record.network}.${host.octet}`), deleteFiles()])
}

async function downId(id: string, say: Say): Promise<boolean> {
  return withLock(`lab-${id}`, async () => {
    const record = await readRecord(id)
    if (record === null) return false
    const names = namesOf(id)
    await Promise.all(record.hosts.map((host) => timed(say, host.name, 'down', () => removeHost(record, host))))
    await removeBridge(names)
    await removeAccess(record)
    await withLock('machine', async () => {
      await removeRecord(id)
      if ((await allRecords()).length === 0) await stopPackageCache()
    })
    return true
  })
}

async function removeHost(record: LabRecord, host: LabHost): Promise<void> {
  const own = namesOf(record.id).host(host)
  await killHost(own)
  await Promise.all([unmountRoot(own), removeNamespace(own)])
}

async function imagesFor(record: LabRecord, say: Say): Promise<{ [image: string]: string }> {
  const images = [...new Set(record.hosts.map((host) => host.image))]
  const tell = (text: string) => say(null, text)
  const folders = await Promise.all(images.map((image) => ensureImage(image, record.python, tell)))
  return Object.fromEntries(images.map((image, index) => [image, folders[index]!]))
}

async function recordOf(id: string, name: string): Promise<LabRecord> {
  const record = await readRecord(id)
  if (record !== null) return record
  throw new Problem({
    code: 'lab.absent',
    summary: 'There is no such lab',
    detail: `this folder has no lab "${name}"`,
    hint: `provision lab up --name ${name} makes it; provision lab status --all lists the labs of this machine.`,
  })
}

function chooseHosts(record: LabRecord, wanted: readonly string[] | undefined): readonly LabHost[] {
  if (wanted === undefined || wanted.length === 0) return record.hosts
  const names = record.hosts.map((host) => host.name)
  const unknown = wanted.filter((name) => !names.includes(name))
  raise(
    unknown.map((host) => {
      const hint = didYouMean(host, names) ?? `It has ${names.join(', ')}.`
      return new Problem({ code: 'lab.host', summary: 'The lab has no such host', detail: `"${host}"`, hint })
    }),
  )
  return record.hosts.filter((host) => wanted.includes(host.name))
}

async function statusOf(record: LabRecord): Promise<LabStatus> {
  const { id, name, project, network, python } = record
  const hosts = await Promise.all(record.hosts.map((host) => hostStatus(record, host)))
  return { name, id, project, network, python, folder: recordFolder(project, name), hosts }
}

async function hostStatus(record: LabRecord, host: LabHost): Promise<HostStatus> {
  const own = namesOf(record.id).host(host)
  const pid = (await findHost(own))?.init ?? null
  const state = pid === null ? 'stopped' : 'running'
  return { name: host.name, image: host.image, address: `${record.network}.${host.octet}`, state, pid, log: own.log }
}

type Say = (host: string | null, text: string, ms?: number) => void

async function settle(options: LabOptions): Promise<{ project: string; say: Say }> {
  const report = options.report ?? (() => {})
  const say: Say = (host, text, ms) => report({ host, text, ms: ms ?? null } satisfies LabEvent)
  return { project: await realpath(options.project ?? process.cwd()), say }
}

async function timed(say: Say, host: string, text: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now()
  await work()
  say(host, text, performance.now() - start)
}
