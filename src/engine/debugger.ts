import type { Soon } from '../kernel/soon.ts'
import { DebugSession, HELP } from './debug-session.ts'
import { EXIT } from './exit-codes.ts'
import { hostStateKept } from './host.ts'
import { needsDebugger } from './interactive.ts'
import type { TaskRun } from './item.ts'
import { Quit } from './quit.ts'
import type { ItemOutcome } from './results.ts'

/** Runs a task on a host and gives what settles its outcome: stores, counts and tells it. */
export type Attempt = (run: TaskRun) => Soon<() => ItemOutcome>

/**
 * Runs a task on a host under the debugger ("Debugging tasks" of Ansible's documentation): its outcome is told, and where it asks for
 * it, the person may look at everything, change the task's arguments and variables, and have it done again. Raises `Quit`.
 */
export async function runDebugged(run: TaskRun, sharers: readonly TaskRun['host'][], attempt: Attempt): Promise<void> {
  for (let current: TaskRun | null = run; current !== null; ) {
    const settle = await attempt(current)
    const tried: TaskRun = current
    current = await run.playRun.run.turns.take(async () => {
      const undo = [run.host, ...sharers].map(hostStateKept)
      const outcome = settle()
      const { host } = run
      if (host.failure?.task === tried.task) host.failure = { ...host.failure, task: run.task }
      if (!needsDebugger(tried, outcome)) return null
      const next = await converse(run, tried, outcome)
      if (next === null) return null
      for (const restore of undo) restore()
      run.includes.length = 0
      if (outcome.status === 'unreachable') await run.playRun.run.connections.reset(host.name)
      return next
    })
  }
}

/** Takes commands until one goes on: gives what is to be run again, or null to leave the outcome as it is. */
async function converse(original: TaskRun, tried: TaskRun, outcome: ItemOutcome): Promise<TaskRun | null> {
  const { engine } = original.playRun
  const session = new DebugSession(original, tried, outcome)
  const say = (text: string) => {
    if (text !== '') engine.emit({ type: 'message', text })
  }
  const prompt = `[${original.host.name}] ${original.task.handler ? 'HANDLER' : 'TASK'}: ${original.info.name} (debug)> `
  for (;;) {
    const line = await engine.readLine(prompt)
    const [word, rest] = /^\s*(\w*)\s*(.*?)\s*$/s.exec(line ?? 'quit')!.slice(1) as [string, string]
    const whole = (line ?? '').trim()
    switch (rest === '' || ['p', 'pprint', 'h', 'help'].includes(word) ? word : '') {
      case 'q':
      case 'quit':
      case 'EOF':
        say('User interrupted execution')
        throw new Quit(EXIT.quit)
      case 'c':
      case 'continue':
        return null
      case 'r':
      case 'redo':
        return session.redo()
      case 'u':
      case 'update_task':
        say(session.guarded(() => session.update()))
        break
      case 'p':
      case 'pprint':
        say(session.guarded(() => session.show(rest)))
        break
      case 'h':
      case 'help':
        say(HELP)
        break
      default:
        if (whole !== '') say(session.guarded(() => session.execute(whole)))
    }
  }
}
