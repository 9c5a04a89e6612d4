import type { Dict, Value } from '../kernel/value.ts'
import { implicitTask } from './implicit-task.ts'
import type { Role, Task } from './model.ts'

/**
 * The task that checks a role's arguments against its `meta/argument_specs.yml` before the role's own tasks, as Ansible puts it there;
 * none if the entry point has no specs.
 */
export function validationTask(role: Role): Task[] {
  const spec = role.argumentSpecs?.get(role.entryPoint)
  if (!(spec instanceof Map)) return []
  const described: Value = (spec as Dict).get('short_description') ?? null
  const name = `Validating arguments against arg spec '${role.entryPoint}'`
  const args: Dict = new Map<Value, Value>([
    ['argument_spec', (spec as Dict).get('options') ?? new Map()],
    ['provided_arguments', role.params],
    [
      'validate_args_context',
      new Map<Value, Value>([
        ['type', 'role'],
        ['name', role.collection === null ? role.name : role.name.split('.').at(-1)!],
        ['argument_spec_name', role.entryPoint],
        ['path', role.path],
      ]),
    ],
  ])
  const told = typeof described === 'string' ? `${name} - ${described}` : name
  return [implicitTask('validate_argument_spec', told, args, role)]
}
