import { spawnSync } from 'node:child_process'
import type { InventoryIo } from '../../../src/inventory/load.ts'
import { DEFAULT_INVENTORY } from '../../../src/inventory/settings.ts'
import type { Files } from '../../../src/kernel/files.ts'

/** The world of an inventory in tests: scripts really run; there is no template engine, since the inventory must not know one. */
export function inventoryIo(files: Files): InventoryIo & { readonly warnings: string[] } {
  const warnings: string[] = []
  const none = (text: string): never => {
    throw new Error(`there is no template engine for ${text}`)
  }
  return {
    files,
    warnings,
    extraVars: new Map(),
    settings: DEFAULT_INVENTORY,
    warn: (text) => warnings.push(text),
    repeated: (text) => warnings.push(text),
    run: async (path, args) => {
      const { status, stdout, stderr } = spawnSync(path, [...args], { encoding: 'utf8' })
      return { rc: status ?? 127, stdout: stdout ?? '', stderr: stderr ?? '' }
    },
    evaluate: none,
    condition: none,
    render: none,
  }
}
