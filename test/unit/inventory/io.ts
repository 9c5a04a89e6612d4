import { spawnSync } from 'node:child_process'
import type { InventoryIo } from '../../../src/inventory/load.ts'
import type { Files } from '../../../src/kernel/files.ts'
import type { Dict, Value } from '../../../src/kernel/value.ts'

/**
 * The world of an inventory in tests: scripts really run; expressions are looked up in a table of functions, since the inventory must
 * not know a template engine.
 */
export function inventoryIo(
  files: Files,
  expressions: { readonly [expression: string]: (vars: Dict) => Value } = {},
): InventoryIo & { readonly warnings: string[] } {
  const warnings: string[] = []
  return {
    files,
    warnings,
    extraVars: new Map(),
    warn: (text) => warnings.push(text),
    run: async (path, args) => {
      const { status, stdout, stderr } = spawnSync(path, [...args], { encoding: 'utf8' })
      return { rc: status ?? 127, stdout: stdout ?? '', stderr: stderr ?? '' }
    },
    evaluate: (expression, vars) => {
      const known = expressions[expression]
      if (known === undefined) throw new Error(`undefined: ${expression}`)
      return known(vars)
    },
    render: (template, vars) => template.replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => String(vars.get(name))),
  }
}

/** The value of a variable; throws, as a template engine does, when there is none. */
export function defined(vars: Dict, name: string): Value {
  if (!vars.has(name)) throw new Error(`'${name}' is undefined`)
  return vars.get(name)!
}
