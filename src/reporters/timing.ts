import type { Event } from '../kernel/event.ts'
import { dispatch, type Handlers, type Reporter, type ReporterOptions } from './reporter.ts'
import { banner, displayWidth, printable, widthOf } from './text.ts'

/** As many tasks as Ansible's `profile_tasks` shows. */
const SLOWEST = 20

/**
 * After the recap, how long the run took (`timer`), and which tasks and roles took longest (`profile_tasks`, `profile_roles`), as Ansible's
 * callbacks of these names say it.
 */
export function timingReporter(
  { out, columns }: Pick<ReporterOptions, 'out' | 'columns'>,
  names: readonly string[],
): Reporter {
  const width = widthOf(columns)
  const began = Date.now()
  const tasks: { readonly name: string; readonly from: number }[] = []
  const nothing = () => undefined
  const handlers: Handlers = {
    'run-start': nothing,
    'play-start': nothing,
    'task-start': ({ task }) => tasks.push({ name: printable(task.name), from: Date.now() }),
    item: nothing,
    'host-result': nothing,
    retry: nothing,
    'no-hosts': nothing,
    message: nothing,
    warning: nothing,
    'handlers-lost': nothing,
    'run-end': () => {
      const now = Date.now()
      const spent = tasks.map(({ name, from }, index) => ({ name, ms: (tasks[index + 1]?.from ?? now) - from }))
      if (names.includes('timer')) out.write(`${elapsed(now - began)}\n`)
      if (names.includes('profile_tasks')) out.write(table('TASKS', slowest(spent).slice(0, SLOWEST), width))
      if (names.includes('profile_roles')) out.write(table('ROLES', slowest(byRole(spent)), width))
    },
  }
  return { emit: (event: Event) => dispatch(handlers, event), suspend: nothing, end: async () => undefined }
}

type Spent = { readonly name: string; readonly ms: number }

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ]
  return `Playbook run took ${parts[0]} days, ${parts[1]} hours, ${parts[2]} minutes, ${parts[3]} seconds`
}

function slowest(spent: readonly Spent[]): Spent[] {
  return [...spent].sort((a, b) => b.ms - a.ms)
}

/** `role : task` belongs to the role. */
function byRole(spent: readonly Spent[]): Spent[] {
  const sums = new Map<string, number>()
  for (const { name, ms } of spent) {
    const role = / : /.test(name) ? name.split(' : ')[0]! : '(no role)'
    sums.set(role, (sums.get(role) ?? 0) + ms)
  }
  return [...sums].map(([name, ms]) => ({ name, ms }))
}

function table(title: string, rows: readonly Spent[], width: number): string {
  const lines = rows.map(({ name, ms }) => {
    const seconds = `${(ms / 1000).toFixed(2)}s`
    return `${name} ${'-'.repeat(Math.max(3, width - displayWidth(name) - seconds.length - 2))} ${seconds}\n`
  })
  return `${banner(`${title} RECAP`, width)}${lines.join('')}`
}
