import type { Change } from '../../kernel/change.ts'
import { Fields } from '../../kernel/fields.ts'
import type { Json, JsonObject } from '../../kernel/json.ts'
import { Failure, type Ran } from '../../kernel/module.ts'
import { lines, plain, quote, Sh, sh } from '../../kernel/sh.ts'
import { globWord } from './glob.ts'
import { START, TIMING, type Timing, timingOf } from './timing.ts'

/** Files that tell whether a command is still needed, and where it runs. */
type Guard = {
  readonly creates: string | undefined
  readonly removes: string | undefined
  readonly chdir: string | undefined
}

export type Guarded = { readonly nowhere: boolean; readonly created: boolean; readonly removed: boolean }

/** Reads what the guard asks for; null when it asks for nothing. */
export function probeGuard(guard: Guard): Sh | null {
  if (guard.creates === undefined && guard.removes === undefined) return null
  const script = lines([
    guard.chdir !== undefined && sh`cd -P -- ${guard.chdir} 2>/dev/null || { field nowhere 1; exit 0; }`,
    sh`there() { [ -e "$1" ] || [ -L "$1" ]; }`,
    guard.creates !== undefined && sh`if there ${globWord(guard.creates)}; then field created 1; fi`,
    guard.removes !== undefined && sh`there ${globWord(guard.removes)} || field removed 1`,
  ])
  return guard.chdir === undefined ? plain(script) : script
}

export function readGuard(fields: Fields): Guarded {
  return { nowhere: fields.flag('nowhere'), created: fields.flag('created'), removed: fields.flag('removed') }
}

/** Why the guard lets the command be, in Ansible's words; null when it must run. */
export function skipReason(now: Guarded, guard: Guard): { readonly msg: string; readonly stdout: string } | null {
  if (now.nowhere) throw noFolder(guard)
  if (now.created) {
    return {
      msg: `Did not run command since '${guard.creates}' exists`,
      stdout: `skipped, since ${guard.creates} exists`,
    }
  }
  if (!now.removed) return null
  return {
    msg: `Did not run command since '${guard.removes}' does not exist`,
    stdout: `skipped, since ${guard.removes} does not exist`,
  }
}

/** The one change of a command: that it runs. A guard makes it an answer; without one only running tells. */
export function runChange(shown: string, guard: Guard): Change {
  const change = { what: 'command', before: null, after: shown }
  return guard.creates === undefined && guard.removes === undefined
    ? { ...change, action: true, uncertain: true }
    : change
}

/** The task's locale is the user's own again, unless `environment` set one: the C locale is for commands of ours. */
export const OWN_LOCALE: Sh = sh`
  if [ "\${LC_ALL-}" = C ]; then
    if [ "\${PROVISION_LC_ALL-}" ]; then LC_ALL=$PROVISION_LC_ALL; else unset LC_ALL; fi
  fi`

/**
 * Runs `command` (the text of a subshell that ends in `exec`) and frames its output: the fields `start` and `tick`, then what it
 * printed, byte for byte, then `tick`. Ends with the command's own exit code. `program` is looked up when the shell could not start it.
 */
export function runFramed(guard: Pick<Guard, 'chdir'>, command: Sh, program: Sh | null): Sh {
  return lines([
    guard.chdir !== undefined && sh`cd -P -- ${guard.chdir} 2>/dev/null || { field nowhere 1; exit 1; }`,
    TIMING,
    START,
    sh`
      tick
      rc=0
      (
      ${OWN_LOCALE}
      ${command}
      ) || rc=$?
      field '' ''
      tick`,
    program !== null &&
      sh`
        missing() {
          case $1 in */*) field missing "$1"; [ -e "$1" ] || return 0; [ -f "$1" ] && [ -x "$1" ] || field denied 1; return 0 ;; esac
          IFS=:
          for folder in $PATH; do [ ! -e "\${folder:-.}/$1" ] || return 0; done
          field missing "$1"; field absent 1
        }
        case $rc in 126|127) missing ${program} ;; esac`,
    sh`exit $rc`,
  ])
}

/** A command's words as `exec` of a program: never a builtin or function of the shell (mksh would prefer its own). */
export function execWords(words: readonly Sh[]): Sh {
  const list = new Sh(words.flatMap((word, index) => [...(index > 0 ? [' '] : []), ...word.parts]))
  return sh`
    set -- ${list}
    if [ "\${KSH_VERSION-}" ]; then
      program=$(whence -p -- "$1") || exit 127
      shift
      exec "$program" "$@"
    fi
    exec "$@"`
}

/** Words with `$NAME`, `\${NAME}` and a leading `~` put in on the host, as Python's expandvars and expanduser do; and the script that looks them up. */
export function expandWords(words: readonly string[]): { readonly lookup: Sh | null; readonly words: readonly Sh[] } {
  const names: string[] = []
  const lookups: Sh[] = []
  const variable = (lookup: (name: Sh) => Sh) => {
    const name = new Sh([`v${lookups.length}`])
    lookups.push(lookup(name))
    return `"$v${lookups.length - 1}"`
  }
  const environmentValue = (name: string, literal: string) => {
    const at = names.indexOf(literal)
    if (at >= 0) return `"$v${at}"`
    names[lookups.length] = literal
    return variable(
      (target) => sh`${target}=$(printenv ${name} && emit x) && ${target}=\${${target}%??} || ${target}=${literal}`,
    )
  }
  const expanded = words.map((word) => {
    const home = /^~([A-Za-z_][\w.-]*)?(?=\/|$)/.exec(word)
    const rest = home === null ? word : word.slice(home[0].length)
    let text =
      home === null ? '' : home[1] === undefined ? '"$HOME"' : variable((name) => sh`${name}=${new Sh([home[0]])}`)
    let from = 0
    for (const match of rest.matchAll(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g)) {
      if (match.index > from) text += quote(rest.slice(from, match.index))
      text += environmentValue(match[1] ?? match[2]!, match[0])
      from = match.index + match[0].length
    }
    if (from < rest.length || text === '') text += rest.slice(from) === '' ? "''" : quote(rest.slice(from))
    return new Sh([text])
  })
  return { lookup: lookups.length === 0 ? null : lines(lookups), words: expanded }
}

/** What a framed command printed and how it ended. */
type Output = Timing & { readonly rc: number; readonly stdout: string; readonly stderr: string }

/** Takes a framed run apart; `started` is the whole command as text. Throws the failure of a command that could not be started, as Python words it. */
export function outputOf(ran: Ran, guard: Pick<Guard, 'chdir'>, cmd: Json, started: string): Output {
  if (ran.fields.flag('nowhere')) throw noFolder(guard, cmd)
  const first = ran.stdout.indexOf('\0', ran.stdout.indexOf('\0') + 1) + 1
  const last = ran.stdout.lastIndexOf('=\0')
  const head = new Fields(ran.stdout.slice(0, first))
  const tail = new Fields(ran.stdout.slice(last + 2))
  const missing = tail.get('missing')
  if (missing !== undefined && (tail.flag('absent') || tail.flag('denied') || ran.rc === 127)) {
    const [rc, words] = tail.flag('denied') ? [13, 'Permission denied'] : [2, 'No such file or directory']
    throw new Failure(`[Errno ${rc}] ${words}: b'${missing}'`, {
      rc,
      cmd: started,
      stdout: '',
      stderr: '',
      ...linesOf('', ''),
    })
  }
  const { start, end, delta } = timingOf(head.text('start'), [head.text('tick'), tail.text('tick')])
  return { rc: ran.rc, stdout: ran.stdout.slice(first, last), stderr: ran.stderr, start, end, delta }
}

/** `stdout_lines` and `stderr_lines`. */
export function linesOf(stdout: string, stderr: string): { stdout_lines: string[]; stderr_lines: string[] } {
  return { stdout_lines: splitLines(stdout), stderr_lines: splitLines(stderr) }
}

/** Python's `str.splitlines`. */
function splitLines(text: string): string[] {
  const parts = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  if (parts.at(-1) === '') parts.pop()
  return parts
}

/** The failure of a command whose exit code is not 0. */
export function nonZero(data: JsonObject): Failure {
  return new Failure('non-zero return code', data)
}

/** The failure of a task that says no command, or two. */
export function notStarted(message: string): Failure {
  return new Failure(message, { rc: 256, cmd: null, ...UNTIMED, stdout: '', stderr: '', ...linesOf('', '') })
}

const UNTIMED = { start: null, end: null, delta: null }

function noFolder(guard: Pick<Guard, 'chdir'>, cmd: Json = null): Failure {
  return new Failure(
    `Unable to change directory before execution: [Errno 2] No such file or directory: b'${guard.chdir}'`,
    { rc: null, cmd, ...UNTIMED, stdout: '', stderr: '', ...linesOf('', '') },
  )
}
