import { setTimeout as sleep } from 'node:timers/promises'
import { asBoolean, asText } from '../convert.ts'
import { splitLines } from '../results.ts'
import { type Control, okResult } from './control.ts'

/** Waits for a time or for the person at the terminal (ansible.builtin.pause). Nobody there: goes on at once, as Ansible does. */
export const pause: Control = {
  name: 'pause',
  freeForm: null,
  options: ['echo', 'minutes', 'prompt', 'seconds'],
  async run({ args, playRun, task }) {
    const minutes = args.get('minutes')
    const seconds = minutes === undefined ? args.get('seconds') : Number(asText(minutes)) * 60
    const started = new Date()
    let input = ''
    let stdout: string
    if (seconds !== undefined) {
      const wait = Math.max(0, Number(asText(seconds)))
      if (!playRun.engine.options.check) await sleep(wait * 1000)
      stdout = `Paused for ${minutes === undefined ? `${wait} seconds` : `${wait / 60} minutes`}`
    } else {
      const echo = args.get('echo') === undefined || asBoolean(args.get('echo')!)
      const prompt =
        args.get('prompt') === undefined ? 'Press enter to continue, Ctrl+C to interrupt' : asText(args.get('prompt')!)
      input = (await playRun.engine.ask(`[${asText(task.name ?? 'pause')}]\n${prompt}:`, !echo)) ?? ''
      stdout = 'Paused for 0.0 minutes'
    }
    playRun.run.connections.forget()
    const stopped = new Date()
    return okResult([
      ['stdout', stdout],
      ['stdout_lines', splitLines(stdout)],
      ['stderr', ''],
      ['stderr_lines', []],
      ['user_input', input],
      ['rc', 0],
      ['start', started.toISOString().replace('T', ' ').slice(0, 23)],
      ['stop', stopped.toISOString().replace('T', ' ').slice(0, 23)],
      ['delta', Math.round((stopped.getTime() - started.getTime()) / 1000)],
      ['echo', true],
    ])
  },
}
