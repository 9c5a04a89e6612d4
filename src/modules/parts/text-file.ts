import { Blob } from '../../kernel/blob.ts'
import type { Fields } from '../../kernel/fields.ts'
import { Failure } from '../../kernel/module.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { dirname } from './paths.ts'
import { replaceFile } from './replace-file.ts'
import { probeStatus, readStatus, type Status } from './status.ts'

/** A text file of the host that a module edits as a whole: fstab, a crontab, a list of keys. */
export type TextFile = { readonly path: string; readonly text: string | null; readonly status: Status | null }

/** Shell text that reads a file, byte for byte, and its status; nothing when it is missing. */
export function probeText(name: string, path: string): Sh {
  return lines([
    probeStatus(`${name}-status`, path, { follow: true }),
    sh`if [ -f ${path} ]; then field ${`${name}-text`} "$(base64 <${path})"; fi`,
  ])
}

/** The file that `probeText` read. Raises a failure for one that is no UTF-8 text: rewriting would spoil it. */
export function readText(fields: Fields, name: string, path: string): TextFile {
  const encoded = fields.get(`${name}-text`)
  const bytes = encoded === undefined ? null : Buffer.from(encoded, 'base64')
  const text = bytes === null ? null : bytes.toString('utf8')
  if (bytes !== null && !Buffer.from(text!, 'utf8').equals(bytes)) throw new Failure(`${path} is not UTF-8 text`)
  return { path, text, status: readStatus(fields, `${name}-status`) }
}

/** Shell text that puts new content in the file's place, owner and permissions kept; a new one gets `mode`. */
export function writeText(file: TextFile, text: string, options: { mode?: number; backup?: boolean } = {}): Sh {
  return lines([
    file.status === null ? sh`mkdir -p -- ${dirname(file.path)}` : null,
    replaceFile({
      dest: file.path,
      content: Blob.of(text),
      now: file.status,
      adjust: { mode: file.status === null ? (options.mode ?? 0o644) : null, owner: null, group: null },
      backup: options.backup ?? false,
    }),
  ])
}

/** Lines without their ends; none for an empty text. */
export function linesOfText(text: string | null): readonly string[] {
  if (text === null || text === '') return []
  return text.replace(/\n$/, '').split('\n')
}

/** Lines as a file's text. */
export function textOfLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
