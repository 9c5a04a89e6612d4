import type { NewFile } from '../kernel/new-file.ts'
import { Question } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'
import { HELD, type Step } from '../kernel/shell.ts'
import { alone, fold, isShareable } from './fold.ts'
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
    link.guard !== null &&
    timeout === undefined &&
    (environment?.size ?? 0) === 0 &&
    isShareable(statusOf(script.newFile!))
  )
}

/**
 * Shell text that does the steps, as far as nothing goes wrong: all files are staged, then moved to their places by one mv(1). Where nothing
 * is, the guard would answer as before. A step that could not be done is held, like all behind it: done alone it tells what is wrong.
 */
export async function renderNewFiles(steps: readonly Maker[], lastMark: string): Promise<Buffer> {
  const files = steps.map(({ step }) => step.script.newFile!)
  const status = fold(files.map(statusOf))
  const parts: (Buffer | string)[] = ['_done=0\nif [ "$_chain" = 1 ]; then\n', ...(await staging(files))]
  parts.push(status.text, 'fi\n')
  for (const [index, { mark }] of steps.entries()) {
    const question = statusOf(files[index]!)
    const answer = `\${${status.variables.get(question.key)!}-${alone(question)}}`
    parts.push(
      `_code=${HELD}\nif [ "$_done" -gt ${index} ]; then field status "${answer}"; _code=0; else _chain=0; fi`,
      endText(mark, { isLast: mark === lastMark }),
    )
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

/** Sets `_done`. What was moved behind a file that could not be is taken away again: nothing had been there. */
async function staging(files: readonly NewFile[]): Promise<(Buffer | string)[]> {
  const { folder, umask } = files[0]!
  const parts: (Buffer | string)[] = [
    `_done=$( exec </dev/null 2>/dev/null
folder=${quote(folder)}
staged=$folder/.provision.$$
(umask 077; mkdir "$staged") || { emit 0; exit; }
trap 'rm -rf "$staged"' 0
${umask === null ? '' : `umask ${umask}\n`}set --
is_free() { [ ! -e "$folder/$1" ] && [ ! -L "$folder/$1" ]; }
while :; do\n`,
  ]
  for (const { name, content } of files) {
    const [word, path] = [quote(name), `"$staged"/${quote(name)}`]
    parts.push(`is_free ${word} || break\n`, await renderBlob(content), ` >${path} || break; set -- "$@" ${path}\n`)
  }
  parts.push(`break; done
done=$#
[ "$done" = 0 ] || mv -f "$@" "$folder/" || {
  done=0
  for each in "$@"; do [ ! -e "$each" ] || break; done=$((done + 1)); done
  shift "$done"
  for each in "$@"; do [ -e "$each" ] || rm -f "$folder/\${each##*/}"; done
}
trap - 0
rmdir "$staged" || rm -rf "$staged"
emit "$done" )\n`)
  return parts
}

function statusOf({ folder, name }: NewFile): Question {
  return new Question('status', folder === '/' ? `/${name}` : `${folder}/${name}`)
}
