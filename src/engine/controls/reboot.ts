import { setTimeout as sleep } from 'node:timers/promises'
import { problemsOf } from '../../kernel/problem.ts'
import { lines, quote, Sh as Script, type Sh, sh } from '../../kernel/sh.ts'
import type { StepOutput } from '../../kernel/shell.ts'
import { asInteger, asList, asText } from '../convert.ts'
import { checkMode } from '../item.ts'
import { wireOf } from '../prepare.ts'
import { failedResult, type ItemOutcome } from '../results.ts'
import { becomeOf, targetOf } from '../target.ts'
import { type Control, type ControlRun, okResult } from './control.ts'

/** What the arguments ask for; `bootTime` and `test` are the user's own shell commands. */
type Wanted = {
  readonly timeout: number
  readonly connectTimeout: number | null
  readonly preDelay: number
  readonly postDelay: number
  readonly message: string
  readonly bootTime: string
  readonly test: string
  readonly command: string | null
  readonly folders: readonly string[]
}

/**
 * Starts a host anew and waits until it is back (ansible.builtin.reboot): until its boot id is another one and a test command works.
 * Tries are a second apart at first, then longer.
 */
export const reboot: Control = {
  name: 'reboot',
  freeForm: null,
  async run(run) {
    const { playRun, task, scope, station } = run
    const { connection } = targetOf(station.host, station.connection, task, playRun.engine.options.defaults)
    if (connection === 'local') {
      const message = `Running ${task.action.written} with local connection would reboot the control node.`
      return failedResult(message, { elapsed: 0, rebooted: false })
    }
    if (checkMode(playRun, task, scope)) return rebooted(0)
    const wanted = wantedOf(run)
    const before = await ask(run, wanted.bootTime)
    if (before.rc !== 0)
      return failedResult(`reboot: failed to get host boot time info, ${said(before)}`, { reboot: false })
    const started = Date.now()
    const refused = await shutDown(run, wanted)
    if (refused !== null) return failedResult(refused, { rebooted: false, elapsed: secondsSince(started) })
    await playRun.run.connections.reset(station.host)
    await sleep(wanted.postDelay * 1000)
    const late = await comeBack(run, wanted, before.stdout.toString('utf8').trim())
    playRun.run.connections.forget()
    if (late !== null) return failedResult(late, { rebooted: true, elapsed: secondsSince(started) })
    return rebooted(secondsSince(started))
  },
}

function rebooted(elapsed: number): ItemOutcome {
  return okResult(
    [
      ['rebooted', true],
      ['elapsed', elapsed],
    ],
    true,
  )
}

function wantedOf({ args }: ControlRun): Wanted {
  const text = (name: string) => (args.get(name) === undefined ? null : asText(args.get(name)!))
  const seconds = (name: string) => {
    const given = args.get(name) ?? args.get(`${name}_sec`)
    return given === undefined ? null : Math.max(0, asInteger(given))
  }
  const folders = asList(args.get('search_paths')).map(asText)
  return {
    timeout: seconds('reboot_timeout') ?? 600,
    connectTimeout: seconds('connect_timeout'),
    preDelay: seconds('pre_reboot_delay') ?? 0,
    postDelay: seconds('post_reboot_delay') ?? 0,
    message: text('msg') ?? 'Reboot initiated by Ansible',
    bootTime: text('boot_time_command') ?? USUAL_BOOT_TIME,
    test: text('test_command') ?? 'whoami',
    command: text('reboot_command'),
    folders: folders.length > 0 ? folders : ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
  }
}

/** Linux; elsewhere the time of the boot (sysctl(8) of the BSDs, who(1)). */
const USUAL_BOOT_TIME =
  'cat /proc/sys/kernel/random/boot_id 2>/dev/null || /sbin/sysctl -n kern.boottime 2>/dev/null || who -b'

/** Runs the user's command; it writes nothing that matters, so it goes as a probe, and always anew. */
async function ask(run: ControlRun, command: string, connectTimeout: number | null = null): Promise<StepOutput> {
  const { playRun, task, station } = run
  const { defaults } = playRun.engine.options
  const target = targetOf(station.host, station.connection, task, defaults)
  const timeout = connectTimeout ?? target.timeout
  const wire = playRun.run.connections.wire({ ...target, timeout }, becomeOf(station.connection, task, defaults))
  return wire.probe({ script: new Script([command]) }, async () => [], { fresh: true })
}

/** Null when the host is going down: it may take the connection with it before it can answer. Else why not. */
async function shutDown(run: ControlRun, wanted: Wanted): Promise<string | null> {
  try {
    const output = await wireOf(run.playRun, run.task, run.station).apply(
      { script: shutdownScript(wanted) },
      'network',
      null,
    )
    if (output.rc === 0) return null
    if (output.rc === NOT_FOUND) {
      const [name] = commandOf(wanted)
      return `Unable to find command "${name}" in search paths: ['${wanted.folders.join("', '")}']`
    }
    return `Reboot command failed. Error was: '${output.stdout.toString('utf8').trim()}, ${output.stderr.toString('utf8').trim()}'`
  } catch (error) {
    if (problemsOf(error)?.every(({ code }) => code === 'host.unreachable') === true) return null
    throw error
  }
}

const NOT_FOUND = 97

/** The program, and the text behind it. */
function commandOf({ command, preDelay, message }: Wanted): readonly [program: string, rest: string] {
  if (command === null) return ['shutdown', `-r ${Math.floor(preDelay / 60)} ${quote(message)}`]
  const space = command.indexOf(' ')
  return space < 0 ? [command, ''] : [command.slice(0, space), command.slice(space + 1)]
}

/** shutdown(8); busybox has none of it and reboots at once by reboot(8). */
function shutdownScript(wanted: Wanted): Sh {
  const [program, rest] = commandOf(wanted)
  if (program.startsWith('/')) return new Script([`${program} ${rest}`])
  const search = (name: string, then: string) => sh`
    for folder in ${wanted.folders}; do
      if [ -x "$folder/"${name} ]; then
        ${new Script([then])}
        exit
      fi
    done`
  return lines([
    search(program, `"$folder/"${quote(program)} ${rest}`),
    wanted.command === null && search('reboot', '"$folder/reboot"'),
    sh`exit ${NOT_FOUND}`,
  ])
}

/** Waits for another boot id, then for the test command. Null when all is well, else what did not come in time. */
async function comeBack(run: ControlRun, wanted: Wanted, before: string): Promise<string | null> {
  const waits: { what: string; holds: (output: StepOutput) => boolean; command: string }[] = [
    {
      what: 'last boot time check',
      command: wanted.bootTime,
      holds: ({ rc, stdout }) => rc === 0 && !['', before].includes(stdout.toString('utf8').trim()),
    },
    { what: 'post-reboot test command', command: wanted.test, holds: ({ rc }) => rc === 0 },
  ]
  for (const { what, holds, command } of waits) {
    const attempt = async () => holds(await ask(run, command, wanted.connectTimeout))
    if (!(await until(run, wanted, attempt))) {
      return `Timed out waiting for ${what} (timeout=${wanted.timeout})`
    }
  }
  return null
}

/** Tries on fresh connections, longer apart each time, until the timeout is over. */
async function until(
  { playRun, station }: ControlRun,
  wanted: Wanted,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  const end = Date.now() + wanted.timeout * 1000
  for (let tries = 0; Date.now() < end; tries++) {
    try {
      if (await Promise.race([attempt(), giveUp(end)])) return true
    } catch (error) {
      if (problemsOf(error) === null) throw error
    }
    await playRun.run.connections.reset(station.host)
    await sleep(Math.max(0, Math.min(LONGEST_NAP, 2 ** tries * 500, end - Date.now())))
  }
  return false
}

const LONGEST_NAP = 5_000
/** A host that goes down in the middle of an answer leaves the connection open for minutes. */
const LONGEST_ATTEMPT = 30_000

async function giveUp(end: number): Promise<boolean> {
  await sleep(Math.max(0, Math.min(LONGEST_ATTEMPT, end - Date.now())), undefined, { ref: false })
  return false
}

function said({ rc, stdout, stderr }: StepOutput): string {
  return `rc: ${rc}, stdout: ${stdout.toString('utf8')}, stderr: ${stderr.toString('utf8')}`
}

function secondsSince(started: number): number {
  return Math.floor((Date.now() - started) / 1000)
}
