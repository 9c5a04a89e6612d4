import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { decodeText } from '../kernel/encoding.ts'
import type { Files } from '../kernel/files.ts'
import { Problem } from '../kernel/problem.ts'

/**
 * The files of this machine's disk. `decrypt` is given the text of every file that is an Ansible Vault, and its path, and returns what
 * is inside. Problem `file.unreadable` for a file that is there but can't be read.
 */
export function diskFiles(decrypt: (ciphertext: string, path: string) => Buffer): Files {
  return {
    read: (path, encoding = 'utf-8') => {
      const bytes = readBytes(path)
      if (bytes === null) return null
      const plain = bytes.subarray(0, VAULT.length).equals(VAULT) ? decrypt(bytes.toString(), path) : bytes
      return encoding === 'utf-8' ? plain.toString() : decodeText(plain, encoding)
    },
    kind: kindOf,
    list: (folder) => (kindOf(folder) === 'directory' ? readdirSync(folder).sort() : []),
    executable: (path) => {
      try {
        accessSync(path, constants.X_OK)
        return kindOf(path) === 'file'
      } catch {
        return false
      }
    },
  }
}

const NOTHING: ReadonlySet<unknown> = new Set(['ENAMETOOLONG', 'EACCES', 'ELOOP'])

const VAULT = Buffer.from('$ANSIBLE_VAULT;')

function readBytes(path: string): Buffer | null {
  if (kindOf(path) !== 'file') return null
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Problem({
      code: 'file.unreadable',
      summary: 'File cannot be read',
      detail: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'check who may read the file',
      cause: error,
    })
  }
}

/** Nothing stands at what can't be a path, such as a long list of hosts, nor where one may not look, as in Python's os.path.exists. */
function kindOf(path: string): 'file' | 'directory' | null {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return null
    return stat.isDirectory() ? 'directory' : 'file'
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOTHING.has(error.code)) return null
    throw error
  }
}
