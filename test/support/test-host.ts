import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { execa } from 'execa'
import type { Host } from './host.ts'
import { bootContainer } from './nspawn.ts'

const IMAGE = '/var/tmp/provision-modhost/root'
const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'dbus', 'procps', 'sudo', 'iproute2', 'ca-certificates', 'cron', 'openssh-server'],
  ...['busybox', 'mksh', 'bash', 'git', 'curl', 'wget', 'file', 'e2fsprogs', 'acl', 'attr', 'ed'],
  ...['zip', 'unzip', 'xz-utils', 'bzip2', 'zstd'],
]

/** The one host that all rows of a mocha run share; booted when first asked for, removed when the run ends. */
export const testHost: () => Promise<Host> = shared()

function shared(): () => Promise<Host> {
  let host: Promise<Host> | null = null
  after(async function () {
    this.timeout(30_000)
    await (await host)?.close()
  })
  return () => {
    host ??= boot()
    return host
  }
}

/** The image is built once for all runs on this machine. */
async function boot(): Promise<Host> {
  if (!existsSync(IMAGE)) {
    await mkdir(dirname(IMAGE), { recursive: true })
    const building = `${IMAGE}.${process.pid}`
    await execa('mmdebstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, 'trixie', building])
    await rename(building, IMAGE)
  }
  return bootContainer(IMAGE)
}
