import { Question } from '../kernel/question.ts'
import type { Step } from '../kernel/shell.ts'
import { alone } from './fold.ts'

/** A step whose script is a plain probe. */
type Probe = { readonly step: Step; readonly mark: string }

/** The number of a probe must be an exit code that no signal gives (POSIX XCU 2.8.2). */
const MOST = 120

/** How many steps from there on are plain probes and can share a subshell; 0 for one alone. */
export function plainProbesAt(steps: readonly Probe[], from: number): number {
  const end = Math.min(steps.length, from + MOST)
  let at = from
  while (at < end && isPlain(steps[at]!.step)) at += 1
  return at - from < 2 ? 0 : at - from
}

function isPlain({ reads, link, script }: Step): boolean {
  return (
    reads === true &&
    link === undefined &&
    script.isPlain &&
    script.parts.every((part) => typeof part === 'string' || part instanceof Question)
  )
}

/** Where plain probes run: `last` is the mark of the message's last step; what is `enclosed` is in a subshell that soon ends. */
type Place = { readonly answers: ReadonlyMap<string, string>; readonly last: string; readonly enclosed: boolean }

/**
 * Shell text that runs the probes one after another in one subshell; one that fails or exits ends it, and the next begins another. The
 * trap tells the end of such a probe and, by the exit code, which it was.
 */
export function renderPlainProbes(probes: readonly Probe[], { answers, last, enclosed }: Place): Buffer {
  const count = probes.length
  const functions = probes.map(({ step, mark }, index) => {
    const text = step.script.parts.map((part) => (part instanceof Question ? answerText(part, answers) : part))
    return `_p${index + 1}() { _m=${mark}\n${text.join('')}\n}\n`
  })
  // An exit undoes redirections of groups around the subshell before busybox's trap runs; a descriptor that exec made stays.
  const [open, close] = enclosed ? ['', ''] : ['(\n', ' )']
  return Buffer.from(`${open}exec 5>&2\n${functions.join('')}${endFunction(probes, last)}_i=0
while [ "$_i" -lt ${count} ]; do
( trap '_c=$?; _end "$_c"; exit "$_i"' 0
set -e
while [ "$_i" -lt ${count} ]; do _i=$((_i + 1)); "_p$_i"; _end 0; done
trap - 0
exit "$_i" ) </dev/null
_i=$?
[ "$_i" -le ${count} ] || kill "$$"
done${close}\n`)
}

/** A shell function that tells the end of the probe that has run last, as `endText` does. */
function endFunction(probes: readonly Probe[], last: string): string {
  const count = `[ "$_i" -lt ${probes.length} ] || { last_pid; _c="$_c $((_pid - _first))"; }; `
  return `_end() { _c=$1; ${probes.at(-1)!.mark === last ? count : ''}emit "$_m $_c;"; emit "$_m" >&5; }\n`
}

/** The variable that holds the answer, or the question asked alone. */
export function answerText(question: Question, answers: ReadonlyMap<string, string>): string {
  const variable = answers.get(question.key)
  return variable === undefined ? alone(question) : `\${${variable}-${alone(question)}}`
}
