import { resolve } from 'node:path'
import { Inventory } from '../inventory/inventory.ts'
import { varsFolder } from '../inventory/vars-folder.ts'
import { readYamlInventory } from '../inventory/yaml.ts'
import type { Files } from '../kernel/files.ts'
import { folderOf } from '../kernel/paths.ts'
import type { Position } from '../kernel/problem.ts'
import type { Dict } from '../kernel/value.ts'
import { loadYaml, Positions } from '../kernel/yaml.ts'

export async function openInventory(
  sources: readonly string[],
  io: { files: Files; playbook: string; warn(text: string, at: Position | null): void },
): Promise<Inventory & { refresh(): void }> {
  const folders = [...new Set(sources.filter((s) => !s.includes(',')).map((s) => folderOf(resolve(s))))]
  const inventory = new Inventory({
    sourceFolders: folders.map((folder) => varsFolder(folder, io.files, io.warn)),
    playbookFolder: varsFolder(folderOf(io.playbook), io.files, io.warn),
    warn: (text) => io.warn(text, null),
    readLimit: (path) => io.files.read(path),
  })
  const positions = new Positions()
  for (const source of sources) {
    const path = resolve(source)
    const place = { file: path, folder: folderOf(path) }
    if (source.includes(',')) {
      for (const name of source.split(',').filter((n) => n !== ''))
        inventory.defineHost(name, inventory.addGroup('all'), { file: null, folder: null })
      continue
    }
    const value = loadYaml(io.files.read(path) ?? '', path, { positions, warn: io.warn })
    readYamlInventory(
      { inventory, source: path, defineHost: (name, group) => inventory.defineHost(name, group, place) },
      value as Dict,
      { positions, warn: io.warn },
    )
  }
  inventory.reconcile()
  return Object.assign(inventory, { refresh() {} })
}
