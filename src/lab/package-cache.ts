import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Problem } from '../kernel/problem.ts'
import { CACHE, PACKAGE_CACHE } from './names.ts'
import { findProcess, killProcess } from './processes.ts'
import { run, tryRun } from './run.ts'

const FOLDER = join(CACHE, 'apt')
const LOG = join(CACHE, 'apt-proxy.log')

/** Starts the machine's one package cache where it does not answer. The caller holds the machine's lock. Problem `lab.package-cache`. */
export async function ensurePackageCache(): Promise<void> {
  await run('ip', ['address', 'replace', `${PACKAGE_CACHE.address}/32`, 'dev', 'lo'])
  if (await answers()) return
  await mkdir(FOLDER, { recursive: true })
  const log = await open(LOG, 'a')
  const child = spawn(process.execPath, [...entryPoint(), PACKAGE_CACHE.address, String(PACKAGE_CACHE.port), FOLDER], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  await log.close()
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (await answers()) return
    await sleep(50)
  }
  throw new Problem({
    code: 'lab.package-cache',
    summary: 'The package cache of the lab does not start',
    detail: `nothing answers at ${PACKAGE_CACHE.address}:${PACKAGE_CACHE.port}`,
    hint: `See ${LOG}.`,
  })
}

/** Stops the package cache; what it fetched stays for later labs. */
export async function stopPackageCache(): Promise<void> {
  const isOurs = (args: readonly string[]) => args.includes(FOLDER) && args.includes(PACKAGE_CACHE.address)
  for (let pid = await findProcess(isOurs); pid !== null; pid = await findProcess(isOurs)) await killProcess(pid)
  await tryRun('ip', ['address', 'delete', `${PACKAGE_CACHE.address}/32`, 'dev', 'lo'])
}

/** Run from source, the proxy needs the loader of TypeScript; built, it is an entry point of its own beside the program. */
function entryPoint(): string[] {
  if (!import.meta.url.endsWith('.ts')) return [fileURLToPath(new URL('./lab/apt-proxy.cjs', import.meta.url))]
  return ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('./apt-proxy.ts', import.meta.url))]
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: PACKAGE_CACHE.address, port: PACKAGE_CACHE.port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
