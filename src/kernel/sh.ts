import { Blob } from './blob.ts'
import type { NewFile } from './new-file.ts'
import { Question } from './question.ts'

/**
 * A piece of POSIX shell, made only by the `sh` tag. `parts` alternates text and what stands in it: blobs and questions.
 *
 * Scripts run with LC_ALL=C, in a subshell under `set -e`, with standard input empty, and may use these functions of the prelude:
 * - `field NAME VALUE` writes one field of the answer: `NAME=VALUE` and a NUL
 * - `implied NAME COMMAND…` writes a field `+NAME` with what a command writes, that can't differ unless another field does
 * - `emit TEXT` writes text exactly, by a builtin in every shell (never in an argument list of a process)
 */
export class Sh {
  readonly parts: readonly Part[]
  /** What all of the script comes to, for whoever can do it for several at once. */
  readonly newFile: NewFile | null
  /** See `plain`. */
  readonly isPlain: boolean
  #key: string | null = null
  constructor(parts: readonly Part[], { newFile = null, isPlain = false }: Kind = {}) {
    this.parts = parts
    this.newFile = newFile
    this.isPlain = isPlain
  }

  /** The script as text, for tests and logs; blobs show as their size and checksum (secret ones as neither), questions by name. */
  get text(): string {
    return this.parts.map(show).join('')
  }

  /** Tells scripts apart: two with the same key do the same. */
  get key(): string {
    this.#key ??= this.parts.map((part) => (typeof part === 'string' ? part : keyOfPart(part))).join('')
    return this.#key
  }

  get isEmpty(): boolean {
    return this.parts.every((part) => typeof part === 'string' && part.trim() === '')
  }
}

type Kind = { readonly newFile?: NewFile | null; readonly isPlain?: boolean }

/**
 * The same script, which may run behind others in one subshell: it reads no variable that it has not set before, sets no trap, and leaves
 * folder, umask, options and descriptors as they are.
 */
export function plain(script: Sh): Sh {
  return new Sh(script.parts, { isPlain: true })
}

export type Part = string | Blob | Question

/** What the `sh` tag takes: text and numbers are quoted, a list is quoted word by word, `Sh` and questions stand as they are, null is nothing. */
type ShValue = string | number | Sh | Blob | Question | null | readonly (string | number | Sh)[]

/**
 * The only way a value reaches a shell: every interpolation is quoted (POSIX XCU 2.2.2). Indentation shared by all lines goes away.
 * A `Secret` is refused by type: wrap it in a blob, so that it travels as input and never as an argument.
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShValue[]): Sh {
  let cooked = dedented.get(strings)
  if (cooked === undefined) {
    cooked = dedent(strings.raw)
    dedented.set(strings, cooked)
  }
  const parts: Part[] = []
  cooked.forEach((text, index) => {
    push(parts, text)
    if (index < values.length) for (const part of partsOf(values[index]!)) push(parts, part)
  })
  return new Sh(parts)
}

/** Scripts one after another, each on lines of its own; empty ones and nulls are left out. */
export function lines(scripts: readonly (Sh | null | false)[]): Sh {
  const parts: Part[] = []
  for (const script of scripts) {
    if (!script || script.isEmpty) continue
    if (parts.length > 0) push(parts, '\n')
    for (const part of script.parts) push(parts, part)
  }
  return new Sh(parts)
}

/** Text as one shell word. */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text
  if (text.includes('\0')) throw new RangeError('a NUL byte cannot be an argument of a command')
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function partsOf(value: ShValue): readonly Part[] {
  if (value === null) return []
  if (value instanceof Sh) return value.parts
  if (value instanceof Blob || value instanceof Question) return [value]
  if (typeof value === 'string' || typeof value === 'number') return [quote(String(value))]
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => [...(index > 0 ? [' '] : []), ...partsOf(item as ShValue)])
  }
  throw new TypeError('only text, numbers, scripts, blobs and lists of them can stand in a script')
}

function push(parts: Part[], part: Part): void {
  const last = parts.length - 1
  if (typeof part === 'string' && typeof parts[last] === 'string') parts[last] += part
  else parts.push(part)
}

function keyOfPart(part: Blob | Question): string {
  return `\0${part instanceof Blob ? part.sha1 : part.key}\0`
}

function show(part: Part): string {
  if (typeof part === 'string') return part
  return part instanceof Question ? `<${part.key}>` : showBlob(part)
}

function showBlob(blob: Blob): string {
  return blob.secret ? '<secret>' : `<${blob.size} bytes, sha1 ${blob.sha1}>`
}

/** Each place in the source has its text dedented once. */
const dedented = new WeakMap<TemplateStringsArray, readonly string[]>()

function dedent(raw: readonly string[]): string[] {
  const texts = raw.map((text) => text.replace(/\\(`|\$\{)/g, '$1'))
  texts[0] = texts[0]!.replace(/^\n/, '')
  texts[texts.length - 1] = texts[texts.length - 1]!.replace(/\n[ \t]*$/, '')
  const starts = texts.flatMap((text, index) => [
    ...(index === 0 ? [/^[ \t]*(?=\S)/.exec(text)?.[0].length ?? 0] : []),
    ...[...text.matchAll(/\n([ \t]*)(?=[^\n \t])/g)].map((match) => match[1]!.length),
    ...(/\n([ \t]*)$/.test(text) && index < texts.length - 1 ? [/\n([ \t]*)$/.exec(text)![1]!.length] : []),
  ])
  const indent = Math.min(...starts)
  if (!Number.isFinite(indent) || indent === 0) return texts
  const margin = new RegExp(`\\n[ \\t]{${indent}}`, 'g')
  return texts.map((text, index) => (index === 0 ? text.slice(indent) : text).replace(margin, '\n'))
}
