import { didYouMean, Problem } from '../../kernel/problem.ts'
import { asText } from '../convert.ts'
import { isActive } from '../host.ts'
import { type Control, type ControlRun, okResult } from './control.ts'

/** Ansible's meta actions. What concerns all hosts at once (flush_handlers, end_play, end_batch) is done by the task runner. */
const ACTIONS: { readonly [name: string]: (run: ControlRun) => void | Promise<void> } = {
  noop: () => {},
  flush_handlers: () => {},
  refresh_inventory: ({ playRun }) => playRun.engine.refreshInventory(),
  clear_facts: ({ host }) => {
    host.vars.facts.clear()
    host.kept.forget()
  },
  clear_host_errors: ({ playRun }) => {
    // They are back for the plays that follow, not for what is left of this one.
    for (const host of playRun.batch.filter(({ failure, unreachable }) => failure !== null || unreachable)) {
      host.failure = null
      host.unreachable = false
      host.ended = true
    }
  },
  end_host: ({ host }) => {
    host.ended = true
  },
  end_play: ({ playRun }) => {
    for (const host of playRun.all.filter(isActive)) host.ended = true
  },
  end_batch: ({ playRun }) => {
    for (const host of playRun.batch.filter(isActive)) host.ended = true
  },
  end_role: ({ host, task }) => {
    if (task.role !== null) host.endedRoles.add(task.role)
  },
  reset_connection: ({ playRun, station }) => playRun.run.connections.reset(station.host),
}

export const meta: Control = {
  name: 'meta',
  freeForm: '_raw_params',
  async run(run) {
    const name = asText(run.args.get('_raw_params') ?? '')
    const action = ACTIONS[name]
    if (action === undefined) {
      throw new Problem({
        code: 'meta.unknown',
        summary: 'Unknown meta action',
        detail: `"${name}" is none of ${Object.keys(ACTIONS).join(', ')}`,
        hint: didYouMean(name, Object.keys(ACTIONS)),
        at: run.task.at,
      })
    }
    await action(run)
    return okResult()
  },
}
