import { resolve } from 'node:path'
import type { Inventory } from '../inventory/inventory.ts'
import { type InventoryIo, loadInventory, refreshInventory } from '../inventory/load.ts'
import type { InventorySettings } from '../inventory/settings.ts'
import type { Files } from '../kernel/files.ts'
import { folderOf } from '../kernel/paths.ts'
import type { Position } from '../kernel/problem.ts'
import { type Dict, Template, templated, type Value } from '../kernel/value.ts'
import { Undefined } from '../template/index.ts'
import { type Renderer, Scope } from '../variables/scope.ts'
import type { TemplateRunner } from '../variables/templates.ts'

type InventorySource = {
  readonly files: Files
  readonly extraVars: Dict
  readonly templates: TemplateRunner
  readonly settings: InventorySettings
  warn(text: string, at: Position | null): void
  repeated(text: string, at: Position): void
}

/** Opens the inventories of the command line, with `group_vars` and `host_vars` beside them and beside the playbook. */
export async function openInventory(
  sources: readonly string[],
  playbook: string | null,
  source: InventorySource,
): Promise<{ inventory: Inventory; refresh: () => Promise<void> }> {
  const paths = sources.map((path) => (path.includes(',') && source.files.kind(path) === null ? path : resolve(path)))
  const io = ioOf(source)
  const inventory = await loadInventory(paths, io, playbook === null ? null : folderOf(playbook))
  return { inventory, refresh: () => refreshInventory(inventory, paths, io) }
}

function ioOf({ files, extraVars, templates, settings, warn, repeated }: InventorySource): InventoryIo {
  const scope = (vars: Dict) => new Scope([vars], templates satisfies Renderer)
  return {
    files,
    extraVars,
    settings,
    warn,
    repeated,
    run: async (path, args) => {
      const { execa } = await import('execa')
      const { exitCode, stdout, stderr } = await execa(path, args, { reject: false })
      return { rc: exitCode ?? 127, stdout: String(stdout ?? ''), stderr: String(stderr ?? '') }
    },
    evaluate: (expression, vars) => defined(scope(vars).render(new Template(`{{ ${expression} }}`, null))),
    condition: (expression, vars) => templates.condition(expression, null, scope(vars)),
    render: (text, vars) => defined(scope(vars).render(templated(text, null))),
  }
}

function defined(value: Value): Value {
  if (value instanceof Undefined) throw value.problem()
  return value
}
