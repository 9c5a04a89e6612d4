import type { Inventory } from '../inventory/inventory.ts'
import type { Dict } from '../kernel/value.ts'
import type { Playbook } from '../language/model.ts'
import type { TemplateRunner } from '../variables/templates.ts'
import type { RunArguments } from './options.ts'

export function listRun(
  _args: RunArguments,
  _playbooks: readonly Playbook[],
  _inventory: Inventory,
  _templates: TemplateRunner,
  _extra: Dict,
): number {
  return 0
}
