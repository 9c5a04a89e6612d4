import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { down, reset, statusAll, up } from '../../src/lab/lab.ts'
import { namesOf } from '../../src/lab/names.ts'
import { readRecord } from '../../src/lab/record.ts'
import type { HostStatus, LabHost, LabStatus } from '../../src/lab/types.ts'
import { type Fingerprint, fileFingerprint, parseState, STATE_SCRIPT } from './fingerprint.ts'

export type { Fingerprint } from './fingerprint.ts'
export { differences } from './fingerprint.ts'

export type Ran = { readonly rc: number; readonly stdout: string; readonly stderr: string }

/** A lab as a test uses it; only inside tests and hooks, not while mocha collects them. */
export type TestLab = {
  /** Unique among all runs; the folder `.provision/lab/NAME` holds its keys. */
  readonly name: string
  status(): LabStatus
  host(name: string): HostStatus
  /** Path of a file in the lab's folder, e.g. `ssh_config`. */
  file(name: string): string
  /** Runs shell text as root on a host, without SSH. */
  run(host: string, script: string, input?: string): Promise<Ran>
  /** Like `run`, gives standard output, and throws when the script fails. */
  sure(host: string, script: string, input?: string): Promise<string>
  fingerprint(host: string): Promise<Fingerprint>
  reset(hosts?: readonly string[]): Promise<void>
}

/** Brings a lab up before the tests of the enclosing `describe` and takes it down after them. */
export function withLab(
  name: string,
  hosts: readonly LabHost[],
  options: { python?: boolean; project?: string } = {},
): TestLab {
  const unique = uniqueName(name)
  const where = options.project === undefined ? {} : { project: options.project }
  let lab: LabStatus | null = null

  before(async function () {
    this.timeout(300_000)
    await removeAbandoned()
    lab = await up({ name: unique, hosts, python: options.python ?? false }, where)
  })
  after(async function () {
    this.timeout(30_000)
    await down(unique, where)
  })

  const status = (): LabStatus => {
    if (lab === null) throw new Error('the lab is up only inside tests and hooks')
    return lab
  }
  const host = (wanted: string): HostStatus => {
    const found = status().hosts.find((each) => each.name === wanted)
    if (found === undefined) throw new Error(`the lab has no host ${wanted}`)
    return found
  }
  const run = (on: string, script: string, input = '') => runOn(host(on), script, input)
  return {
    name: unique,
    status,
    host,
    file: (file) => join(status().folder, file),
    run,
    sure: async (on, script, input) => {
      const { rc, stdout, stderr } = await run(on, script, input)
      if (rc === 0) return stdout
      throw new Error(`on ${on}, a script ended with ${rc}: ${stderr}\n${script}`)
    },
    fingerprint: (on) => fingerprint(status(), host(on)),
    reset: async (chosen) => {
      lab = await reset(unique, chosen, where)
    },
  }
}

/** A lab's name that no other run of the tests uses, and that says which process may still need it. */
export function uniqueName(name: string): string {
  return `${name}-t${process.pid}`
}

/** Runs shell text as root on a host that runs: nsenter(1) into all its namespaces, in a few milliseconds. */
export async function runOn(host: HostStatus, script: string, input = ''): Promise<Ran> {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' }
  const args = ['--target', String(host.pid), '--all', 'sh', '-c', script]
  const ran = await execa('nsenter', args, { input, env, extendEnv: false, reject: false, stripFinalNewline: false })
  return { rc: ran.exitCode ?? 255, stdout: ran.stdout, stderr: ran.stderr }
}

/** A host's state as a map: two of them tell exactly what differs (`differences`). */
async function fingerprint(lab: LabStatus, host: HostStatus): Promise<Fingerprint> {
  const record = (await readRecord(lab.id))!
  const own = namesOf(lab.id).host(record.hosts.find((each) => each.name === host.name)!)
  const files = fileFingerprint({ root: own.root, upper: own.upper, image: record.images[host.image]! })
  const state = await runOn(host, STATE_SCRIPT)
  if (state.rc !== 0) throw new Error(`the state of ${host.name} cannot be read: ${state.stderr}`)
  const inNetwork = ['--target', String(host.pid), '--net', 'nft', '--stateless', 'list', 'ruleset']
  const { stdout: rules } = await execa('nsenter', inNetwork)
  return new Map([...files, ...parseState(state.stdout), ['nftables', rules]])
}

/** A run that was killed could not take its labs down; the next one does. */
async function removeAbandoned(): Promise<void> {
  for (const { name, project } of await statusAll()) {
    const pid = /-t(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await down(name, { project })
  }
}
