import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { Blob } from '../../src/kernel/blob.ts'
import type { Controller, LocalEntry } from '../../src/kernel/controller.ts'
import { Problem } from '../../src/kernel/problem.ts'
import type { Row } from './rows.ts'

/** A row's controller side: its files in a folder of their own, on the real disk. */
export async function openController(
  row: Row,
): Promise<{ controller: Controller; folder: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-row-'))
  for (const [path, content] of Object.entries(row.files ?? {})) {
    const full = join(folder, path)
    await mkdir(path.endsWith('/') ? full : dirname(full), { recursive: true })
    if (!path.endsWith('/')) await writeFile(full, content)
    await chmod(full, row.modes?.[path] ?? (path.endsWith('/') ? 0o755 : 0o644))
  }
  return { controller: controllerOf(folder, row), folder, close: () => rm(folder, { recursive: true, force: true }) }
}

function controllerOf(folder: string, row: Row): Controller {
  return {
    home: (user) => (user === '' ? '/root' : null),
    settings: { diff: false, noLog: false, verbosity: 0, isHeard: true },
    find: async (name, kind) => {
      const places = isAbsolute(name) ? [name] : [join(folder, kind, name), join(folder, name)]
      const found = places.find((place) => existsSync(place))
      if (found !== undefined) return name.endsWith('/') && !found.endsWith('/') ? `${found}/` : found
      throw new Problem({
        code: 'file.missing',
        summary: 'File not found on the controller',
        detail: `could not find or access "${name}"; searched in ${places.join(', ')}`,
      })
    },
    file: blobOf,
    stat: async (path) => {
      const found = await stat(path).catch(() => null)
      return found === null ? null : { kind: found.isDirectory() ? 'directory' : 'file', mode: found.mode & 0o7777 }
    },
    names: (path) => readdir(path),
    tree: async (path, follow) => (await entries(path, '', follow)).sort((a, b) => (a.path < b.path ? -1 : 1)),
    render: async (path) =>
      (await readFile(path, 'utf8'))
        .replace(/\{\{ (\w+) \}\}/g, (_, name: string) => String(row.vars?.[name] ?? ''))
        .replace(/\n$/, '') + '\n',
  }
}

async function blobOf(path: string): Promise<Blob> {
  const bytes = await readFile(path)
  return new Blob({ size: bytes.length, sha1: createHash('sha1').update(bytes).digest('hex'), read: () => bytes })
}

async function entries(root: string, below: string, follow: boolean): Promise<LocalEntry[]> {
  const found: LocalEntry[] = []
  for (const name of await readdir(join(root, below))) {
    const path = join(below, name)
    const full = join(root, path)
    const link = (await lstat(full)).isSymbolicLink()
    if (link && !follow) {
      found.push({ path, kind: 'link', mode: 0o777, target: await readlink(full), content: null })
      continue
    }
    const info = await stat(full)
    const mode = info.mode & 0o7777
    if (info.isDirectory()) {
      found.push({ path, kind: 'directory', mode, target: null, content: null }, ...(await entries(root, path, follow)))
    } else found.push({ path, kind: 'file', mode, target: null, content: await blobOf(full) })
  }
  return found
}
