import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { asText } from '../convert.ts'
import { type Control, type ControlRun, okResult } from './control.ts'

/** Runs a file of tasks from here on (ansible.builtin.include_tasks). */
export const includeTasks: Control = {
  name: 'include_tasks',
  freeForm: 'file',
  raw: ['apply'],
  run: (run) => ask(run, 'tasks', 'file'),
}

/** Runs a role from here on (ansible.builtin.include_role). */
export const includeRole: Control = {
  name: 'include_role',
  freeForm: null,
  raw: ['apply'],
  run: (run) => ask(run, 'role', 'name'),
}

/** Notes what this host wants included; the task runner groups hosts and goes on. */
function ask(run: ControlRun, kind: 'tasks' | 'role', argument: string) {
  const name = run.args.get(argument) ?? run.args.get(kind === 'role' ? 'role' : '_raw_params')
  if (name === undefined) {
    throw new Problem({
      code: 'args.missing',
      summary: 'Missing argument',
      detail: `${run.task.action.written} needs "${argument}"`,
      at: run.task.at,
    })
  }
  run.includes.push({
    host: run.host,
    inclusion: { task: run.task, kind, name: asText(name), args: run.args, vars: run.loopVars },
  })
  return okResult([['include', name] as const, ['include_args', new Map() as Dict as Value] as const])
}
