import type { Value } from '../../kernel/value.ts'
import { firstFalse } from '../conditions.ts'
import { asBoolean, asList, asText } from '../convert.ts'
import { failedResult } from '../results.ts'
import { type Control, okResult } from './control.ts'

/** Fails with a message (ansible.builtin.fail). */
export const fail: Control = {
  name: 'fail',
  isPure: true,
  freeForm: null,
  options: ['msg'],
  run({ args }) {
    const message = args.get('msg') ?? 'Failed as requested from task'
    const outcome = failedResult(asText(message))
    outcome.result.set('msg', message)
    return outcome
  },
}

/** Fails unless all conditions hold (ansible.builtin.assert). */
export const assert: Control = {
  name: 'assert',
  isPure: true,
  freeForm: null,
  options: ['that', 'msg', 'fail_msg', 'success_msg', 'quiet'],
  raw: ['that'],
  run({ args, task, scope, playRun }) {
    const conditions = asList(args.get('that')).map((value) => ({ value, at: task.argsAt.get('that') ?? task.at }))
    const failed = firstFalse(conditions, scope, playRun.engine.templates)
    if (failed === null) {
      const message =
        args.get('quiet') !== undefined && asBoolean(args.get('quiet')!)
          ? []
          : [['msg', args.get('success_msg') ?? 'All assertions passed'] as const]
      return okResult(message)
    }
    const message = args.get('fail_msg') ?? args.get('msg') ?? 'Assertion failed'
    const outcome = failedResult(
      Array.isArray(message) ? message.map((line) => asText(line as Value)).join('\n') : asText(message),
    )
    const assertion = typeof failed.value === 'string' ? failed.value : scope.render(failed.value)
    outcome.result.set('assertion', assertion)
    outcome.result.set('evaluated_to', false)
    return outcome
  },
}
