import type { Item, Play, Task } from '../language/model.ts'
import { roleItems } from '../language/role.ts'
import type { Run } from './play-run.ts'

/**
 * `--start-at-task`: the tasks of a play that are left out, which are those before the task of that name, or all of a play that does not
 * have it. Once it is found, later plays run whole. Facts are gathered all the same.
 */
export function tasksBefore(run: Run, play: Play): ReadonlySet<Task> {
  const { startAt } = run
  if (startAt === null) return new Set()
  const items = [...play.preTasks, ...play.roles.flatMap(roleItems), ...play.tasks, ...play.postTasks]
  const tasks = items.flatMap(tasksOf)
  const found = tasks.findIndex((task) => isNamed(task, startAt))
  if (found < 0) return new Set(tasks)
  run.startAt = null
  return new Set(tasks.slice(0, found))
}

function tasksOf(item: Item): Task[] {
  return item.kind === 'task' ? [item] : [...item.items, ...item.rescue, ...item.always].flatMap(tasksOf)
}

function isNamed(task: Task, wanted: string): boolean {
  const name = typeof task.name === 'string' ? task.name : task.action.written
  return wanted === name || wanted === `${task.role?.name} : ${name}`
}
