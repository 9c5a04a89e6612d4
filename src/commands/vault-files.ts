import { constants } from 'node:fs'
import { access, lstat, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Problem, problemsOf } from '../kernel/problem.ts'
import { encrypt, isVault } from '../vault/cipher.ts'
import { decrypt } from '../vault/vault.ts'
import type { VaultTask } from './vault.ts'

/** `encrypt`: files become vaults in place, or standard input goes through. Problem `vault.encrypted`. */
export async function encryptFiles({ files, option, encryption }: VaultTask): Promise<void> {
  const output = outputOf(files, option.text('output'))
  for (const file of files.length === 0 ? ['-'] : files) {
    const content = await readContent(file)
    if (isVault(content.toString('latin1'))) {
      throw new Problem({ code: 'vault.encrypted', summary: 'Already encrypted', detail: `${file} is a vault already` })
    }
    await writeContent(output ?? file, encrypt(content, encryption!.password, encryption!.id))
  }
  confirm('Encryption successful')
}

/** `decrypt`: vaults become plain files in place, with their own permissions. */
export async function decryptFiles({ files, option, secrets, idMatch }: VaultTask): Promise<void> {
  const output = outputOf(files, option.text('output'))
  for (const file of files.length === 0 ? ['-'] : files) {
    const { content } = decrypt(await readVault(file), { secrets, idMatch }, placeOf(file))
    await writeContent(output ?? file, content)
  }
  confirm('Decryption successful')
}

/** `rekey`: opened with the old password, encrypted with the new one; plain text never reaches the disk. */
export async function rekeyFiles({ files, secrets, idMatch, encryption }: VaultTask): Promise<void> {
  for (const file of files) {
    const { content } = decrypt(await readVault(file), { secrets, idMatch }, placeOf(file))
    await writeContent(file, encrypt(content, encryption!.password, encryption!.id))
  }
  confirm('Rekey successful')
}

/** `view`: to standard output. */
export async function viewFiles({ files, secrets, idMatch }: VaultTask): Promise<void> {
  for (const file of files)
    process.stdout.write(decrypt(await readVault(file), { secrets, idMatch }, placeOf(file)).content)
}

/** A file's content; `-` is standard input. Problem `file.missing`. */
async function readContent(file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin)
  try {
    return await readFile(file)
  } catch (error) {
    throw new Problem({
      code: 'file.missing',
      summary: 'File cannot be read',
      detail: error instanceof Error ? error.message : file,
      cause: error,
    })
  }
}

/** A vault's text. Problem `vault.plain` for a file that is none. */
export async function readVault(file: string): Promise<string> {
  const text = (await readContent(file)).toString('utf8')
  if (isVault(text)) return text
  throw new Problem({ code: 'vault.plain', summary: 'Not encrypted', detail: `${file} is not a vault encrypted file` })
}

export function placeOf(file: string) {
  return { file: file === '-' ? '(standard input)' : file, line: 1, column: 1 }
}

/**
 * Replaces a file at once, so that a reader sees the old content or the new: never half, never none. It keeps its mode and owner, a
 * link stays a link; a new file is the owner's alone. `-` is standard output. Problem `file.unwritable`.
 */
export async function writeContent(file: string, content: Buffer | string): Promise<void> {
  if (file === '-') {
    process.stdout.write(content)
    return
  }
  try {
    const target = await realpath(file).catch(() => file)
    const before = await stat(target).catch(() => null)
    if (before !== null && !before.isFile()) return await writeThrough(target, content)
    if (before !== null) await access(target, constants.W_OK)
    await replace(target, content, before)
  } catch (error) {
    if (problemsOf(error) !== null) throw error
    throw new Problem({
      code: 'file.unwritable',
      summary: 'File cannot be written',
      detail: error instanceof Error ? error.message : file,
      cause: error,
    })
  }
}

/** A device or pipe, such as /dev/stdout, can't be replaced. */
async function writeThrough(target: string, content: Buffer | string): Promise<void> {
  const handle = await open(target, constants.O_WRONLY)
  await handle.writeFile(content).finally(() => handle.close())
}

type Owner = { readonly mode: number; readonly uid: number; readonly gid: number } | null

async function replace(target: string, content: Buffer | string, before: Owner): Promise<void> {
  const temporary = join(dirname(target), `.${process.pid}.${Date.now()}.vault`)
  const handle = await open(temporary, 'wx', 0o600)
  try {
    try {
      await handle.writeFile(content)
      if (before !== null) {
        await handle.chown(before.uid, before.gid)
        await handle.chmod(before.mode & 0o7777)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Whether something stands at a path, a dangling link too. */
export async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null
}

function outputOf(files: readonly string[], output: string | null): string | null {
  if (output === null || files.length <= 1) return output
  throw new Problem({
    code: 'usage.output',
    summary: 'Several files and one output',
    detail: 'at most one input file may be used with --output',
  })
}

/** Said only at a terminal, so that it never gets into a file or a pipe. */
export function confirm(text: string): void {
  if (process.stdout.isTTY) process.stderr.write(`${text}\n`)
}
