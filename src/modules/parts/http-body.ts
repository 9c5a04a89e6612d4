import { createHash } from 'node:crypto'
import { Blob } from '../../kernel/blob.ts'
import { joinedBlob } from '../../kernel/joined-blob.ts'
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts'
import { Problem } from '../../kernel/problem.ts'

/** JSON as Python's `json.dumps` writes it: a space behind commas and colons, ASCII only. */
export function pythonJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (isJsonObject(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonJson(key)}: ${pythonJson(item)}`)
      .join(', ')}}`
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A form as `application/x-www-form-urlencoded`: a dict, or a list of pairs; lists repeat their key. Text stays as it is. */
export function formUrlencoded(body: Json): string {
  if (typeof body === 'string') return body
  const pairs = Array.isArray(body) ? body : isJsonObject(body) ? Object.entries(body) : []
  const fields = pairs.flatMap((pair): [string, string][] => {
    if (!Array.isArray(pair) || pair.length !== 2) throw invalid('cannot form-urlencode body, expect list or dict')
    const values: readonly Json[] = Array.isArray(pair[1]) ? pair[1] : [pair[1]]
    return values.filter((value) => value !== null).map((value) => [text(pair[0]), text(value)])
  })
  return fields.map(([key, value]) => `${quotePlus(key)}=${quotePlus(value)}`).join('&')
}

function text(value: Json): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'object' ? pythonJson(value) : String(value)
}

function quotePlus(value: string): string {
  const encoded = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return encoded.replaceAll('%20', '+')
}

/** One field of a form. */
type Part = {
  readonly name: string
  readonly filename: string | null
  readonly type: string
  readonly content: Blob
}

/** RFC 7578. The boundary is made of the content, so that the same form is the same text each time. */
export async function multipart(parts: readonly Part[]): Promise<{ readonly type: string; readonly body: Blob }> {
  const hash = createHash('sha1')
  for (const { name, content } of parts) hash.update(name).update(content.sha1)
  const boundary = `===============${hash.digest('hex')}==`
  const chunks = parts.flatMap(({ name, filename, type, content }) => {
    const file = filename === null ? '' : `; filename="${escapeName(filename)}"`
    const head = `--${boundary}\r\nContent-Type: ${type}\r\nContent-Disposition: form-data; name="${escapeName(name)}"${file}\r\n\r\n`
    return [Blob.of(head), content, Blob.of('\r\n')]
  })
  return {
    type: `multipart/form-data; boundary="${boundary}"`,
    body: await joinedBlob([...chunks, Blob.of(`--${boundary}--\r\n`)]),
  }
}

function escapeName(name: string): string {
  return name.replace(/["\r\n]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** The parts of a `form-multipart` body; `read` gives a file of the controller. Raises `args.value`. */
export async function partsOf(body: Json, read: (name: string) => Promise<Blob>): Promise<Part[]> {
  if (!isJsonObject(body)) throw invalid('body must be mapping')
  return Promise.all(Object.entries(body).map(([name, value]) => partOf(name, value, read)))
}

async function partOf(name: string, value: Json, read: (name: string) => Promise<Blob>): Promise<Part> {
  if (!isJsonObject(value)) return { name, filename: null, type: 'text/plain', content: Blob.of(text(value)) }
  const details: JsonObject = value
  const filename = typeof details.filename === 'string' ? details.filename : null
  const content = details.content
  if (filename === null && content === undefined)
    throw invalid(`at least one of filename or content must be provided for ${name}`)
  const type = typeof details.mime_type === 'string' ? details.mime_type : null
  return {
    name,
    filename: filename === null ? null : filename.slice(filename.lastIndexOf('/') + 1),
    type: type ?? (filename === null ? 'text/plain' : 'application/octet-stream'),
    content: content === undefined || content === null ? await read(filename!) : Blob.of(text(content)),
  }
}

function invalid(detail: string): Problem {
  return new Problem({ code: 'args.value', summary: 'Wrong value of argument', detail })
}
