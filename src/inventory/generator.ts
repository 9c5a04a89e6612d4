import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { dictOf, type Evaluator, listOf } from './constructed.ts'
import type { Group, Host } from './groups.ts'
import type { Target } from './target.ts'

/**
 * The `generator` inventory plugin: one host for each combination of the `layers`, named by the template `hosts.name`, below the groups
 * of `hosts.parents`. Problem `inventory.generator`.
 */
export function readGenerator(target: Target, config: Dict, evaluator: Evaluator): void {
  const hosts = dictOf(config.get('hosts'))
  const name = hosts.get('name')
  if (typeof name !== 'string') throw wrong('"hosts" needs a "name"')
  for (const vars of combinations([...dictOf(config.get('layers'))])) {
    const host = target.defineHost(String(evaluator.render(name, vars)), null)
    addParents(target, host, listOf(hosts.get('parents')), vars, evaluator)
  }
}

function addParents(
  target: Target,
  child: Host | Group,
  parents: readonly Value[],
  vars: Dict,
  evaluator: Evaluator,
): void {
  for (const entry of parents) {
    const parent = dictOf(entry)
    const name = parent.get('name')
    if (typeof name !== 'string') throw wrong(`"${child.name}" has a parent without a name`)
    const group = target.inventory.addGroup(String(evaluator.render(name, vars)))
    for (const [key, value] of dictOf(parent.get('vars'))) {
      group.setVariable(key, typeof value === 'string' ? evaluator.render(value, vars) : value)
    }
    if ('ownHosts' in child) target.inventory.addChild(group, child)
    else group.addHost(child)
    addParents(target, group, listOf(parent.get('parents')), vars, evaluator)
  }
}

/** Every choice of one value from each layer, the last layer changing fastest. */
function combinations(layers: readonly (readonly [Value, Value])[]): Dict[] {
  let choices: Dict[] = [new Map()]
  for (const [name, values] of layers) {
    choices = choices.flatMap((choice) => listOf(values).map((value) => new Map([...choice, [name, value]])))
  }
  return choices
}

function wrong(detail: string): Problem {
  return new Problem({ code: 'inventory.generator', summary: 'Generator inventory failed', detail })
}
