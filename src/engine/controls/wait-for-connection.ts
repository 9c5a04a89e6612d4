import { setTimeout as sleep } from 'node:timers/promises'
import { problemsOf } from '../../kernel/problem.ts'
import { sh } from '../../kernel/sh.ts'
import { asInteger } from '../convert.ts'
import { wireOf } from '../prepare.ts'
import { failedResult } from '../results.ts'
import { type Control, okResult } from './control.ts'

/** Waits until the host answers (ansible.builtin.wait_for_connection). */
export const waitForConnection: Control = {
  name: 'wait_for_connection',
  freeForm: null,
  options: ['connect_timeout', 'delay', 'sleep', 'timeout'],
  async run({ args, playRun, task, station }) {
    const seconds = (name: string, otherwise: number) =>
      args.get(name) === undefined ? otherwise : asInteger(args.get(name)!)
    const timeout = seconds('timeout', 600)
    const started = Date.now()
    await sleep(seconds('delay', 0) * 1000)
    for (;;) {
      await playRun.run.connections.reset(station.host)
      try {
        await wireOf(playRun, task, station).probe({ script: sh`:` }, async () => [])
        return okResult([['elapsed', Math.round((Date.now() - started) / 1000)]])
      } catch (error) {
        const problems = problemsOf(error)
        if (problems === null) throw error
        if (Date.now() - started >= timeout * 1000) {
          return failedResult(`timed out waiting for ping module test: ${problems[0]!.message}`, { elapsed: timeout })
        }
      }
      await sleep(seconds('sleep', 1) * 1000)
    }
  },
}
