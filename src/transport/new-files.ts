import type { NewFile } from '../kernel/new-file.ts'
import { Question } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'
import { HELD, type Step } from '../kernel/shell.ts'
import { alone, fold, isShareable, questionsOf } from './fold.ts'
import { guardText } from './guard.ts'
import { renderBlob } from './render-blob.ts'
import { endText } from './step-end.ts'

/** A linked step that makes a new file. */
type Maker = { readonly step: Step; readonly mark: string }

/** So many files are worth the folder that they are staged in. */
const FEWEST = 3

/** And so many are a list of arguments that is not too long. */
const MOST = 256

/**
 * How many steps from there on make new files together: each with another name in the same folder, so that none of them can answer
 * another's guard otherwise. 0 when they are too few.
 */
export function newFilesAt(steps: readonly Maker[], from: number): number {
  const first = steps[from]!.step.script.newFile
  const names = new Set<string>()
  for (const { step } of steps.slice(from, from + MOST)) {
    const file = step.script.newFile
    if (file === null || !isPlain(step) || file.folder !== first!.folder || file.umask !== first!.umask) break
    if (names.size === names.add(file.name).size) break
  }
  return names.size < FEWEST ? 0 : names.size
}

function isPlain({ link, timeout, environment, script }: Step): boolean {
  return (
    link !== undefined &&
    timeout === undefined &&
    (environment?.size ?? 0) === 0 &&
    (link.guard?.script.parts ?? []).every((part) => typeof part === 'string' || part instanceof Question) &&
    isShareable(statusOf(script.newFile!))
  )
}

/**
 * Shell text that does the steps, as far as their guards hold and nothing goes wrong: all files are staged, then moved to their places by one
 * mv(1). A step that could not be done is held, like all behind it: done alone it tells what is wrong.
 */
export async function renderNewFiles(steps: readonly Maker[], lastMark: string): Promise<Buffer> {
  const files = steps.map(({ step }) => step.script.newFile!)
  const status = fold(files.map(statusOf))
  const parts: (Buffer | string)[] = ['_done=0\nif [ "$_chain" = 1 ]; then\n', ...guards(steps)]
  parts.push(...(await staging(files)), status.text, 'fi\n')
  for (const [index, { mark }] of steps.entries()) {
    const question = statusOf(files[index]!)
    const variable = status.variables.get(question.key)!
    parts.push(
      `_code=${HELD}\nif [ "$_done" -gt ${index} ]; then field status "\${${variable}-${alone(question)}}"; _code=0; else _chain=0; fi`,
      endText(mark, mark === lastMark),
    )
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

/** Leaves in `_may` how many of the first steps may be done. */
function guards(steps: readonly Maker[]): (Buffer | string)[] {
  const asked = fold(steps.flatMap(({ step }) => questionsOf(step.link!.guard?.script ?? step.script)))
  const each = steps.flatMap(({ step }, index) => {
    const guard = step.link!.guard
    if (guard === null) return [`_may=${index + 1}\n`]
    const probe = guard.script.parts.map((part) => (part instanceof Question ? answerOf(part, asked.variables) : part))
    return [guardText(guard, Buffer.from(probe.join(''))), ` || break; _may=${index + 1}\n`]
  })
  return [asked.text, '_may=0\nwhile :; do\n', ...each, 'break; done\n']
}

function answerOf(question: Question, variables: ReadonlyMap<string, string>): string {
  const variable = variables.get(question.key)
  return variable === undefined ? alone(question) : `\${${variable}-${alone(question)}}`
}

/** Sets `_done`. What was moved behind a file that could not be is taken away again: nothing had been there. */
async function staging(files: readonly NewFile[]): Promise<(Buffer | string)[]> {
  const folder = quote(files[0]!.folder)
  const parts: (Buffer | string)[] = [
    `_done=$( exec </dev/null 2>/dev/null
staged=${folder}/.provision.$$
(umask 077; mkdir "$staged") || { emit 0; exit; }
trap 'rm -rf "$staged"' 0
${files[0]!.umask === null ? '' : `umask ${files[0]!.umask}`}
set --
while :; do\n`,
  ]
  for (const [index, { name, content }] of files.entries()) {
    const path = `"$staged"/${quote(name)}`
    const write = [await renderBlob(content), ` >${path} || break; set -- "$@" ${path}\n`]
    parts.push(`[ "$_may" -gt ${index} ] || break\n`, ...write)
  }
  parts.push(`break; done
done=$#
[ $# = 0 ] || mv -f "$@" ${folder}/ || {
  done=0
  for each in "$@"; do [ ! -e "$each" ] || break; done=$((done + 1)); done
  shift "$done"
  for each in "$@"; do [ -e "$each" ] || rm -f ${folder}/"\${each##*/}"; done
}
trap - 0
rmdir "$staged" || rm -rf "$staged"
emit "$done" )\n`)
  return parts
}

function statusOf({ folder, name }: NewFile): Question {
  return new Question('status', folder === '/' ? `/${name}` : `${folder}/${name}`)
}
