import type { Blob } from '../../kernel/blob.ts'
import type { Fields } from '../../kernel/fields.ts'
import { Question } from '../../kernel/question.ts'
import { type Sh, sh } from '../../kernel/sh.ts'

/** Above this size a difference is shown as sizes and checksums. */
export const SHOWN_UP_TO = 256 * 1024

/**
 * Shell text that compares the file at `path` (shell text for one word) with a checksum (text, or a word of the shell): gives it as the field `sha1`, and where it
 * differs the content too, as `+content` (base64), unless it is too large to show. `usual` is what the path will probably be.
 */
export function probeContent(path: Sh, sha1: string | Sh, usual: string): Sh {
  return sh`
    if [ -f ${path} ]; then
      if [ ${path} = ${usual} ]; then sum=${new Question('sha1', usual)}; else sum=$(sha1sum <${path}); fi
      sum=\${sum%% *}
      field sha1 "$sum"
      if [ "$sum" != ${sha1} ]; then
        if [ ${path} = ${usual} ] && [ ! -L ${path} ]; then set -- ${new Question('status', usual)}
        else set -- - - - "$(wc -c <${path})"; fi
        [ "$4" -gt ${SHOWN_UP_TO} ] || implied content base64 <${path}
      fi
    fi`
}

/** The bytes of a base64 field; null when there is none. */
export function readBytes(fields: Fields, name: string): Buffer | null {
  const text = fields.get(name)
  return text === undefined ? null : Buffer.from(text, 'base64')
}

/** The content of a file on the host for a change: text, or what can be said of bytes that are none. */
export function showContent(bytes: Buffer | null, size: number, sha1: string | null): string {
  if (bytes === null) return `(${size} bytes${sha1 === null ? '' : `, sha1 ${sha1}`})`
  return textOf(bytes) ?? `(binary, ${size} bytes${sha1 === null ? '' : `, sha1 ${sha1}`})`
}

/** The same for a blob that is still to be sent; `whole` false: only what can be said of it. */
export async function showBlob(blob: Blob, whole = true): Promise<string> {
  if (blob.secret) return '********'
  return showContent(whole && blob.size <= SHOWN_UP_TO ? await blob.read() : null, blob.size, blob.sha1)
}

/** Bytes as text; null when they are no UTF-8 or hold a NUL. */
function textOf(bytes: Buffer): string | null {
  const text = bytes.toString('utf8')
  return bytes.includes(0) || !Buffer.from(text, 'utf8').equals(bytes) ? null : text
}
