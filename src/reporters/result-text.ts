import type { HostResult, TaskInfo } from '../kernel/event.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { dumps, indented, printable } from './text.ts'

/** What a result is printed with. */
type ResultStyle = { readonly verbosity: number }

/**
 * The part of a result that a person sees, as Ansible's default callback picks it: `debug` shows only what it was asked to, internal
 * keys stay inside, `invocation` and `diff` wait for `-vvv`.
 */
export function shownResult(task: TaskInfo, result: JsonObject, verbosity: number): JsonObject {
  if (!isDebug(task)) return dumpedResult(result, verbosity)
  if ('msg' in result) return { msg: result.msg as Json }
  return dumpedResult(result, verbosity, ['changed', 'invocation', 'skip_reason'])
}

/** All of a result that is meant for a person or a file. */
function dumpedResult(result: JsonObject, verbosity: number, besides: readonly string[] = []): JsonObject {
  const hidden = new Set(['failed', 'skipped', 'exception', 'warnings', 'deprecations', 'problem', ...besides])
  if (verbosity < 3) for (const key of ['invocation', 'diff']) hidden.add(key)
  return Object.fromEntries(Object.entries(result).filter(([key]) => !hidden.has(key) && !key.startsWith('_ansible_')))
}

/** A result as Ansible dumps it: the results of debug and assert over several lines, others on one. */
export function resultDump({ task, result }: HostResult, verbosity: number): string {
  return dumps(dumpedResult(result, verbosity), speaks(task))
}

/** ` => {…}` where Ansible prints it: always for debug and assert, with `-v` for everything else. */
export function resultSuffix(entry: HostResult, style: ResultStyle): string {
  const told = isDebug(entry.task) ? !('censored' in entry.result) : 'msg' in entry.result
  const always = speaks(entry.task) && entry.status !== 'skipped' && told
  if (!always && style.verbosity === 0) return ''
  const { results, ...rest } = shownResult(entry.task, entry.result, style.verbosity)
  const shown = entry.status === 'skipped' || results === undefined ? rest : { ...rest, results }
  return ` => ${json(shown, style, always)}`
}

/**
 * A failure in two parts: the JSON for the `fatal:` line, and under it, indented, what JSON makes hard to read: messages of several
 * lines and what the command printed. A problem's text, with its place and caret, comes as it is.
 */
export function failureText(entry: HostResult, style: ResultStyle): { readonly json: string; readonly blocks: string } {
  const shown: { [key: string]: Json } = { ...shownResult(entry.task, entry.result, style.verbosity) }
  const problem = entry.result.problem
  const blocks: string[] = []
  if (typeof problem === 'string' && problem.trim() !== `Error: ${shown.msg}`) {
    blocks.push(`${printable(problem).replace(/\n+$/, '')}\n`)
    if (String(shown.msg).includes('\n')) delete shown.msg
  }
  for (const key of ['msg', 'stdout', 'stderr', 'module_stdout', 'module_stderr']) {
    const text = shown[key]
    if (typeof text !== 'string' || text.trim() === '' || (key === 'msg' && !text.includes('\n'))) continue
    blocks.push(block(key, text))
    delete shown[key]
    delete shown[`${key}_lines`]
  }
  return { json: json(shown, style, speaks(entry.task)), blocks: blocks.join('') }
}

/** A failure for people only: its message, the place of a problem, the command, its exit code and what it printed. */
export function failureInBrief(entry: HostResult): { readonly lead: string; readonly blocks: string } {
  const { msg, cmd, rc, problem } = entry.result
  if (typeof problem === 'string') {
    const [first, ...rest] = printable(problem).replace(/\n+$/, '').split('\n')
    return { lead: first!.replace(/^Error: /, ''), blocks: rest.map((line) => `    ${line}\n`).join('') }
  }
  if (typeof msg !== 'string' || msg === '') return { lead: dumps(entry.result, false), blocks: '' }
  const [first, ...rest] = printable(msg).trimEnd().split('\n')
  const lines = rest.map((line) => `    ${line}\n`).join('')
  const command = cmd === undefined ? '' : block('cmd', Array.isArray(cmd) ? cmd.map(String).join(' ') : String(cmd))
  const code = typeof rc === 'number' ? ` (exit code ${rc})` : ''
  const output = ['stdout', 'stderr'].map((key) => {
    const text = entry.result[key]
    return typeof text === 'string' && text.trim() !== '' && text.trim() !== msg.trim() ? block(key, text) : ''
  })
  return { lead: `${first}${code}`, blocks: lines + command + output.join('') }
}

/** `    stderr: text`, or the lines below their name. */
export function block(name: string, text: string): string {
  const lines = printable(text).replace(/\s+$/, '')
  return lines.includes('\n') ? `    ${name}:\n${indented(lines, '        ')}\n` : `    ${name}: ${lines}\n`
}

/** The warnings a module returned, which are printed as warnings and not as part of the result. */
export function warningsOf(result: JsonObject): readonly string[] {
  const warnings = Array.isArray(result.warnings) ? (result.warnings as readonly Json[]) : []
  return warnings.filter((warning) => typeof warning === 'string')
}

/** In one line and without JSON, why a host failed or could not be reached. */
export function reasonOf(result: JsonObject): string {
  const text = [result.problem, result.msg].find((value) => typeof value === 'string' && value.trim() !== '')
  return typeof text === 'string' ? printable(text).trim() : dumps(result, false)
}

export function shortName(action: string): string {
  return action.slice(action.lastIndexOf('.') + 1)
}

function isDebug(task: TaskInfo): boolean {
  return shortName(task.action) === 'debug'
}

/** Actions whose result is the point of running them. */
export function speaks(task: TaskInfo): boolean {
  return ['debug', 'assert'].includes(shortName(task.action))
}

function json(shown: JsonObject, style: ResultStyle, always: boolean): string {
  return printable(dumps(shown, always || style.verbosity > 2))
}
