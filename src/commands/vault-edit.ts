import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, rmSync } from 'node:fs'
import { mkdtemp, open, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Problem } from '../kernel/problem.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import { encrypt } from '../vault/cipher.ts'
import { decrypt } from '../vault/vault.ts'
import type { VaultTask } from './vault.ts'
import { exists, placeOf, readVault, writeContent } from './vault-files.ts'

/** `create`: what is written in the editor becomes a new vault. Problem `file.exists`. */
export async function createVaultFile({ files, encryption }: VaultTask): Promise<void> {
  const file = files[0]!
  if (await exists(file)) {
    throw new Problem({
      code: 'file.exists',
      summary: 'File exists',
      detail: `${file} exists, please use 'edit' instead`,
    })
  }
  const folder = dirname(resolve(file))
  if (!(await exists(folder))) {
    throw new Problem({ code: 'file.missing', summary: 'No such folder', detail: `there is no folder ${folder}` })
  }
  const content = await inEditor(Buffer.alloc(0), file)
  await writeContent(file, encrypt(content, encryption!.password, encryption!.id))
}

/** `edit`: saved with the password and vault id that opened it. An unchanged file is left as it is. */
export async function editVaultFile({ files, secrets, idMatch }: VaultTask): Promise<void> {
  for (const file of files) {
    const text = await readVault(file)
    const { content, secret } = decrypt(text, { secrets, idMatch }, placeOf(file))
    const edited = await inEditor(content, file)
    if (edited.equals(content)) continue
    const id = /^\$ANSIBLE_VAULT;1\.2;AES256;([^\r\n]+)/.exec(text)?.[1]?.trim() ?? null
    await writeContent(file, encrypt(edited, secret.password, id))
  }
}

/** Signals that end the program: the file is wiped first. */
const ENDING = ['SIGTERM', 'SIGHUP'] as const
/** Keys pressed in the editor reach this program too, but are meant for the editor. */
const EDITORS = ['SIGINT', 'SIGQUIT'] as const

/**
 * Content as the person leaves it in $VISUAL, $EDITOR or vi. It lies in a folder of its own that only its owner can enter, in memory
 * where there is a tmpfs, and is wiped after, also when a signal ends the program. Problem `vault.editor`.
 */
async function inEditor(content: Buffer, file: string): Promise<Buffer> {
  const folder = await mkdtemp(join(privateMemory(), 'provision-vault-'))
  const wipeNow = () => rmSync(folder, { recursive: true, force: true })
  const ended = (signal: NodeJS.Signals) => {
    wipeNow()
    process.kill(process.pid, signal)
  }
  const ignore = () => undefined
  for (const signal of ENDING) process.once(signal, ended)
  for (const signal of EDITORS) process.on(signal, ignore)
  const path = join(folder, `edit${/\.[A-Za-z0-9]+$/.exec(file)?.[0] ?? ''}`)
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' })
    await runEditor(path)
    return await readFile(path)
  } finally {
    await overwrite(path).catch(() => undefined)
    wipeNow()
    for (const signal of ENDING) process.removeListener(signal, ended)
    for (const signal of EDITORS) process.removeListener(signal, ignore)
  }
}

/** The owner's runtime folder and shared memory are tmpfs: what is there never reaches a disk. */
function privateMemory(): string {
  for (const folder of [process.env.XDG_RUNTIME_DIR, '/dev/shm']) {
    try {
      if (folder === undefined || folder === '') continue
      accessSync(folder, constants.W_OK)
      return folder
    } catch {}
  }
  return tmpdir()
}

async function runEditor(path: string): Promise<void> {
  const [command, ...args] = shlexSplit(process.env.VISUAL || process.env.EDITOR || 'vi')
  const child = spawn(command!, [...args, path], { stdio: 'inherit' })
  const code = await once(child, 'exit').then(
    ([status]) => Number(status ?? 1),
    () => null,
  )
  if (code === 0) return
  throw new Problem({
    code: 'vault.editor',
    summary: 'Editor failed',
    detail:
      code === null ? `unable to execute the editor "${command}"` : `the editor ended with ${code}; nothing is saved`,
    hint: 'set EDITOR to a program that waits until the file is closed',
  })
}

/** Zeros over the content before it is removed: on a disk its blocks would stay readable. */
async function overwrite(path: string): Promise<void> {
  const { size } = await stat(path)
  const handle = await open(path, 'r+')
  try {
    await handle.write(Buffer.alloc(size), 0, size, 0)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
