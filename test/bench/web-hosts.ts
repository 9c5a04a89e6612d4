import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { down, reset, up } from '../../src/lab/lab.ts'
import { namesOf, PACKAGE_CACHE } from '../../src/lab/names.ts'
import { exists } from '../../src/lab/processes.ts'
import { readRecord, writeRecord } from '../../src/lab/record.ts'
import { run } from '../../src/lab/run.ts'
import type { LabHost, LabStatus } from '../../src/lab/types.ts'
import { type Fingerprint, fileFingerprint, parseState, STATE_SCRIPT } from '../support/fingerprint.ts'
import { type BenchHost, type Hosts, sumOfCpu } from './hosts.ts'
import { CACHE, type Workplace } from './workplace.ts'

/** What the web stack installs, so that a first run measures the changes and not a mirror. */
export const WEB_PACKAGES = ['nginx-light', 'haproxy', 'cron', 'logrotate', 'rsync', 'curl', 'jq', 'unzip']

/** Whole machines of the lab (systemd, sshd, Python) on an image that has the web stack's packages already. */
export async function webHosts(place: Workplace, count: number): Promise<Hosts> {
  const options = { project: place.folder, report: ({ text }: { text: string }) => place.say(`  lab: ${text}`) }
  const wanted = Array.from({ length: count }, (_, index): LabHost => {
    return { name: `web0${index + 1}`, image: 'debian-13', octet: 21 + index }
  })
  place.cleanups.push(() => down(place.name, options))
  const made = await up({ name: place.name, hosts: wanted, python: true }, options)
  const record = (await readRecord(made.id))!
  const image = await withPackages(record.images['debian-13']!, place)
  await writeRecord({ ...record, images: { 'debian-13': image } })
  let lab = await reset(place.name, [], options)
  const pids = () => lab.hosts.map(({ pid }) => pid!)
  const names = namesOf(made.id)
  return {
    get list() {
      return lab.hosts.map(({ name, address, pid }): BenchHost => ({ name, address, pid: pid!, port: 22 }))
    },
    key: join(made.folder, 'id_ed25519'),
    knownHosts: await readFile(join(made.folder, 'known_hosts'), 'utf8'),
    device: names.bridge,
    cpuSeconds: () => sumOfCpu(pids()),
    fingerprint: ({ name }) => fingerprint(lab, name, image),
    reset: async () => {
      lab = await reset(place.name, [], options)
    },
    down: async () => {
      await down(place.name, options)
    },
  }
}

async function fingerprint(lab: LabStatus, name: string, image: string): Promise<Fingerprint> {
  const record = (await readRecord(lab.id))!
  const own = namesOf(lab.id).host(record.hosts.find((each) => each.name === name)!)
  const files = fileFingerprint({ root: own.root, upper: own.upper, image })
  const pid = lab.hosts.find((each) => each.name === name)!.pid!
  const { stdout } = await execa('nsenter', ['--target', String(pid), '--all', 'sh', '-c', STATE_SCRIPT])
  return new Map([...files, ...parseState(stdout)])
}

/** The image with the packages installed, made once for each image. The lab, and with it the package cache, is up. */
async function withPackages(base: string, { say }: Workplace): Promise<string> {
  const hash = createHash('sha256')
    .update([base, ...WEB_PACKAGES].join())
    .digest('hex')
    .slice(0, 12)
  const folder = join(CACHE, `web-${hash}`)
  if (await exists(folder)) return folder
  say(`  building the image of the web hosts (through ${PACKAGE_CACHE.address})`)
  await mkdir(CACHE, { recursive: true })
  for (const old of await readdir(CACHE)) if (old.startsWith('web-')) await rm(join(CACHE, old), { recursive: true })
  const building = `${folder}.building-${process.pid}`
  await run('cp', ['-a', '--reflink=auto', base, building])
  await run('sh', [
    '-c',
    'printf "#!/bin/sh\\nexit 101\\n" >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"',
    'sh',
    building,
  ])
  const install = `mount -t proc proc /proc; apt-get update -q; apt-get install -qy --no-install-recommends ${WEB_PACKAGES.join(' ')}; rm /usr/sbin/policy-rc.d`
  await run('cp', ['--remove-destination', '/etc/resolv.conf', join(building, 'etc/resolv.conf')])
  await run('unshare', ['--mount', 'chroot', building, 'sh', '-ec', install], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  })
  await rm(join(building, 'etc/resolv.conf'))
  await rename(building, folder)
  return folder
}
