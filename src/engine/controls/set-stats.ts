import { type Dict, Template, type Value } from '../../kernel/value.ts'
import { asText, isTrue } from '../convert.ts'
import { failedResult } from '../results.ts'
import { isStatName } from '../stats.ts'
import { type Control, okResult } from './control.ts'

/** Gathers figures for the end of the run (ansible.builtin.set_stats): for the run, or `per_host`; `aggregate` sums them up. */
export const setStats: Control = {
  name: 'set_stats',
  freeForm: null,
  run({ args, scope, task }) {
    const given = args.get('data') ?? new Map()
    if (!(given instanceof Map)) return failedResult("The 'data' option needs to be a dictionary/hash")
    const data: Dict = new Map()
    for (const [written, value] of given as Dict) {
      const name = asText(scope.render(new Template(asText(written), task.at)))
      if (!isStatName(name)) {
        return failedResult(
          `The variable name '${name}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
        )
      }
      data.set(name, value)
    }
    const stats: Dict = new Map<Value, Value>([
      ['data', data],
      ['per_host', isTrue(args.get('per_host') ?? false)],
      ['aggregate', isTrue(args.get('aggregate') ?? true)],
    ])
    return okResult([['ansible_stats', stats]])
  },
}
