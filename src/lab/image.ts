import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../kernel/problem.ts'
import { withLock } from './lock.ts'
import { CACHE, PACKAGE_CACHE } from './names.ts'
import { exists } from './processes.ts'
import { allRecords } from './record.ts'
import { lastLines, tryRun } from './run.ts'
import type { ImageName } from './types.ts'

const IMAGES = join(CACHE, 'images')
const SUITES: { readonly [image in ImageName]: string } = {
  'debian-12': 'bookworm',
  'debian-13': 'trixie',
  'debian-sid': 'sid',
}
const PACKAGES = 'systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,ca-certificates,procps'
const PYTHON = 'python3,python3-apt,python3-pymysql'

/**
 * The folder of an image, built when this machine does not have it yet. A folder's name holds a hash of the recipe, so a changed
 * recipe is a new image; it gets that name only when it is whole. Problem `lab.image` when it cannot be built.
 */
export async function ensureImage(image: ImageName, python: boolean, say: (text: string) => void): Promise<string> {
  const recipe = recipeOf(image, python)
  const prefix = python ? `${image}-python` : image
  const folder = join(IMAGES, `${prefix}-${recipeHash(recipe)}`)
  if (await exists(folder)) return folder
  return withLock(`image-${prefix}`, async () => {
    if (await exists(folder)) return folder
    await removeOutdated(prefix)
    say(`building the image ${prefix}`)
    await build(recipe, folder)
    return folder
  })
}

async function build(recipe: readonly string[], folder: string): Promise<void> {
  await mkdir(IMAGES, { recursive: true })
  const unfinished = `${folder}.building-${process.pid}`
  const ran = await tryRun('mmdebstrap', [...recipe, unfinished])
  if (ran.code !== 0) {
    await rm(unfinished, { recursive: true, force: true })
    throw new Problem({
      code: 'lab.image',
      summary: 'The image of a lab host cannot be built',
      detail: `mmdebstrap ended with ${ran.code}: ${lastLines(ran.stderr, 15)}`,
      hint: 'The first build needs Debian’s mirror; later ones find its packages in the cache.',
    })
  }
  await rename(unfinished, folder)
}

/** mmdebstrap finds Debian's default mirror by itself; everything is fetched through the package cache. */
function recipeOf(image: ImageName, python: boolean): string[] {
  const hooks = [writeFile('/etc/apt/apt.conf.d/90lab', APT), writeFile('/etc/dpkg/dpkg.cfg.d/lab', DPKG), ...SETUP]
  return [
    '--variant=minbase',
    '--quiet',
    `--include=${python ? `${PACKAGES},${PYTHON}` : PACKAGES}`,
    ...APT.map((line) => `--aptopt=${line}`),
    '--dpkgopt=force-unsafe-io',
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    SUITES[image],
  ]
}

/** Offline, the cache's index outlives its Valid-Until, and so does sid's on some mirrors. Translations would double the index. */
const APT = [
  `Acquire::http::Proxy "http://${PACKAGE_CACHE.address}:${PACKAGE_CACHE.port}";`,
  'Acquire::https::Proxy "DIRECT";',
  'Acquire::Check-Valid-Until "false";',
  'Acquire::Languages "none";',
]

/** A test host need not survive a power cut, and dpkg spends most of its time waiting for the disk to be safe from one. */
const DPKG = ['force-unsafe-io']

/**
 * Two ways to become root: `admin` just may, `operator` needs a password. Timers that would take dpkg's lock at an hour of their own
 * choosing are off, and so are consoles nobody looks at. The marks in .updated spare each first boot its rebuilding of caches, which the
 * image has already.
 */
const SETUP = [
  'rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"',
  'chroot "$1" useradd --create-home --shell /bin/bash --user-group admin',
  'chroot "$1" useradd --create-home --shell /bin/bash --no-user-group --gid users operator',
  'echo operator:operator-sudo | chroot "$1" chpasswd',
  'echo "admin ALL=(ALL:ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/admin"',
  'echo "operator ALL=(ALL:ALL) ALL" >"$1/etc/sudoers.d/operator"',
  'chmod 440 "$1/etc/sudoers.d/admin" "$1/etc/sudoers.d/operator"',
  'for home in root home/admin home/operator; do mkdir -p -m 700 "$1/$home/.ssh"; chown --reference="$1/$home" "$1/$home/.ssh"; done',
  'ln -s /dev/null "$1/etc/systemd/system/apt-daily.timer"',
  'ln -s /dev/null "$1/etc/systemd/system/apt-daily-upgrade.timer"',
  'ln -s /dev/null "$1/etc/systemd/system/console-getty.service"',
  'ln -s /dev/null "$1/etc/systemd/system/systemd-firstboot.service"',
  'if chroot "$1" sh -c "mkdir -p /run/sshd; sshd -T" | grep -q persourcepenalties; then echo PerSourcePenalties no >"$1/etc/ssh/sshd_config.d/lab.conf"; fi',
  'rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/resolv.conf" "$1/etc/machine-id" "$1/var/lib/dbus/machine-id"',
  'touch "$1/etc/.updated" "$1/var/.updated"',
]

function writeFile(path: string, lines: readonly string[]): string {
  return `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >"$1${path}"`
}

function recipeHash(recipe: readonly string[]): string {
  return createHash('sha256').update(recipe.join('\0')).digest('hex').slice(0, 12)
}

/** Images of older recipes go when no lab stands on them. */
async function removeOutdated(prefix: string): Promise<void> {
  const used = new Set((await allRecords()).flatMap((record) => Object.values(record.images)))
  const ours = new RegExp(`^${prefix}-[0-9a-f]{12}(\\.building-\\d+)?$`)
  for (const name of await readdir(IMAGES).catch(() => [])) {
    const folder = join(IMAGES, name)
    if (ours.test(name) && !used.has(folder)) await rm(folder, { recursive: true, force: true })
  }
}
