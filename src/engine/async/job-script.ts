import { randomBytes } from 'node:crypto'
import { Blob } from '../../kernel/blob.ts'
import { Fields } from '../../kernel/fields.ts'
import { END_TREE, FUNCTIONS } from '../../kernel/prelude.ts'
import { lines, Sh, sh } from '../../kernel/sh.ts'
import type { StepOutput } from '../../kernel/shell.ts'

/** Where a job stands on its host: a folder of its own, which only its user can enter. */
export type JobPlace = {
  readonly id: string
  /** The folder of all jobs, absolute. */
  readonly base: string
}

export function pathOf({ base, id }: JobPlace): string {
  return `${base}/${id}`
}

/**
 * Starts a script in a shell of its own that outlives the connection: in a new session (setsid(1); where there is none, nohup(1)), as
 * an orphan. The shell reads its text from standard input, so it never stands in a file or an argument. When the script ends, or
 * `limit` seconds are over and it has been ended with all its children, the file `rc` says how.
 */
export function startScript(
  place: JobPlace,
  details: { readonly script: Sh; readonly limit: number; readonly shell: string; readonly request: Blob | null },
): Sh {
  const path = pathOf(place)
  const end = `END-${randomBytes(12).toString('hex')}`
  return lines([
    sh`
      mkdir -p -m 700 ${place.base}
      mkdir -m 700 ${path}`,
    details.request !== null && sh`${details.request} >${path}/request`,
    sh`
      export PROVISION_LC_ALL
      if command -v setsid >/dev/null 2>&1; then set -- setsid; else set -- nohup; fi`,
    new Sh([`"$@" ${details.shell} >/dev/null 2>&1 <<'${end}' &`]),
    jobScript(path, details),
    new Sh([end]),
    sh`emit "$!" >${path}/pid`,
  ])
}

function jobScript(path: string, { script, limit }: { readonly script: Sh; readonly limit: number }): Sh {
  return lines([
    new Sh([FUNCTIONS, END_TREE]),
    sh`
      user_locale=$PROVISION_LC_ALL
      unset PROVISION_LC_ALL
      PROVISION_LC_ALL=$user_locale
      late=
      trap 'trap "" USR1; late=1; end_tree "$step" TERM' USR1
      (
      trap 'exit 1' TERM
      set -e`,
    new Sh(script.parts.map((part) => (part instanceof Blob ? part.whole : part))),
    new Sh([`) </dev/null >${quoted(path)}/out 2>${quoted(path)}/err & step=$!`]),
    sh`
      (
        nap=
        trap 'kill $nap 2>/dev/null; exit 0' TERM
        sleep ${limit} & nap=$!
        wait $nap
        kill -USR1 "$$"
      ) </dev/null & watch=$!
      wait "$step"
      rc=$?
      if [ "$late" ]; then wait "$step"; rc=timeout; fi
      kill "$watch" 2>/dev/null
      emit "$rc" >${path}/rc.new; mv -f ${path}/rc.new ${path}/rc
      # Who has lost its parents is in our group still.
      [ -z "$late" ] || kill -9 "-$$"`,
  ])
}

function quoted(path: string): string {
  return sh`${path}`.text
}

/** What is known of a job. */
export type JobState =
  | { readonly state: 'missing' | 'running' | 'lost' | 'timeout' }
  | { readonly state: 'ended'; readonly output: StepOutput; readonly request: Buffer }

/** Asks how a job stands, and reads what it printed once it has ended. Writes nothing. */
export function statusScript(place: JobPlace): Sh {
  const path = pathOf(place)
  return sh`
    cd ${path} 2>/dev/null || { field state missing; exit 0; }
    if [ ! -f rc ]; then
      pid=$(cat pid)
      if ! kill -0 "$pid" 2>/dev/null; then gone=1; fi
      # A dead process that nobody waits for still takes signals (proc_pid_stat(5)).
      case $(cat "/proc/$pid/stat" 2>/dev/null) in *') Z '*) gone=1 ;; esac
      if [ -z "\${gone-}" ]; then field state running; exit 0; fi
      [ -f rc ] || { field state lost; exit 0; }
    fi
    field state ended
    field rc "$(cat rc)"
    for file in out err request; do
      if [ -f "$file" ]; then field "$file" "$(wc -c <"$file")"; fi
    done
    field '' ''
    for file in out err request; do
      if [ -f "$file" ]; then cat "$file"; fi
    done`
}

export function readStatus({ stdout }: StepOutput): JobState {
  const mark = stdout.indexOf('\0=\0')
  const fields = new Fields(mark < 0 ? stdout : stdout.subarray(0, mark + 1))
  const state = fields.text('state')
  if (state === 'missing' || state === 'running' || state === 'lost') return { state }
  if (fields.text('rc') === 'timeout') return { state: 'timeout' }
  let from = mark + 3
  const part = (name: string) => {
    const start = from
    from += fields.int(name) ?? 0
    return stdout.subarray(start, from)
  }
  const [out, err, request] = [part('out'), part('err'), part('request')]
  return { state: 'ended', output: { rc: fields.int('rc') ?? 1, stdout: out, stderr: err }, request }
}

/** Ends a job that takes too long, with all that it has started. What it has put aside it may take away, for five seconds. */
export function killScript(place: JobPlace): Sh {
  const path = pathOf(place)
  return sh`
    [ ! -f ${path}/rc ] || exit 0
    pid=$(cat ${path}/pid)
    if kill -USR1 "$pid" 2>/dev/null; then
      for try in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; [ ! -f ${path}/rc ] || exit 0; sleep 0.4; done
    fi
    emit timeout >${path}/rc
    kill -9 "-$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null || :`
}

/** Takes away a job's folder, file by file: whatever else somebody put there stays. */
export function cleanupScript(place: JobPlace): Sh {
  const path = pathOf(place)
  return sh`
    cd ${path} 2>/dev/null || exit 0
    rm -f pid rc rc.new out err request
    cd /
    rmdir ${path}`
}
