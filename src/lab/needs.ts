import { access, readFile } from 'node:fs/promises'
import { Problem } from '../kernel/problem.ts'
import { run, tryRun } from './run.ts'

type Need = { readonly program: string; readonly debianPackage: string }

const NEEDS: readonly Need[] = [
  { program: 'mmdebstrap', debianPackage: 'mmdebstrap' },
  { program: 'systemd-nspawn', debianPackage: 'systemd-container' },
  { program: 'nft', debianPackage: 'nftables' },
  { program: 'ip', debianPackage: 'iproute2' },
  { program: 'ssh-keygen', debianPackage: 'openssh-client' },
  { program: 'flock', debianPackage: 'util-linux' },
  { program: 'nsenter', debianPackage: 'util-linux' },
]
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const VAGRANT = 'Use the project’s Vagrantfile instead (vagrant up), or run this as root on Debian or Ubuntu.'

/**
 * Sees to it that this machine can carry a lab: root, Linux, and the programs above, which are installed by apt where it is there.
 * Problem `lab.needs` says what is missing and what to do instead.
 */
export async function ensureNeeds(say: (text: string) => void): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw problem('lab hosts are namespaces of a Linux machine, and only root can make them', VAGRANT)
  }
  const missing = await missingPackages()
  if (missing.length > 0) await install(missing, say)
  await raiseKernelLimits(say)
}

async function install(packages: readonly string[], say: (text: string) => void): Promise<void> {
  const wanted = packages.join(' ')
  if ((await tryRun('apt-get', ['--version'])).code !== 0) {
    throw problem(`this machine lacks what the Debian packages ${wanted} hold, and has no apt to install them`, VAGRANT)
  }
  say(`installing ${wanted} on this machine`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await tryRun('apt-get', ['update'], { env })
  const ran = await tryRun('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env })
  const still = await missingPackages()
  if (still.length === 0) return
  throw problem(`apt-get could not install ${still.join(' ')}: ${ran.stderr || 'it counts as installed'}`, VAGRANT)
}

async function missingPackages(): Promise<string[]> {
  const absent: string[] = []
  for (const { program, debianPackage } of NEEDS) {
    const found = await run('sh', ['-c', 'command -v "$1" || true', 'sh', program])
    if (found === '') absent.push(debianPackage)
  }
  const keyring = await access(KEYRING).catch(() => 'missing')
  if (keyring === 'missing') absent.push('debian-archive-keyring')
  return [...new Set(absent)]
}

/**
 * All hosts share one kernel, and count as one user to it: every systemd takes several inotify instances (the default is 128 in all),
 * every database a few thousand asynchronous I/O slots.
 */
async function raiseKernelLimits(say: (text: string) => void): Promise<void> {
  const wanted = [
    ['fs.inotify.max_user_instances', 4096],
    ['fs.inotify.max_user_watches', 524288],
    ['fs.aio-max-nr', 1048576],
    ['net.ipv4.ip_forward', 1],
  ] as const
  for (const [name, least] of wanted) {
    const now = Number(await readFile(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8'))
    if (now >= least) continue
    say(`raising ${name} on this machine from ${now} to ${least}`)
    await run('sysctl', ['-q', '-w', `${name}=${least}`])
  }
}

function problem(detail: string, hint: string): Problem {
  return new Problem({ code: 'lab.needs', summary: 'This machine cannot carry a lab', detail, hint })
}
