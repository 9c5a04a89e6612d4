import type { Json } from '../../kernel/json.ts'

export type Response = {
  readonly status: number
  readonly reason: string
  readonly url: string
  readonly elapsed: number
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
  readonly cookies: { readonly [name: string]: string }
  readonly cookiesString: string
}

/** `seen` is `STATUS SECONDS URL`; `head` holds the header blocks of every hop, of which the last one counts. */
export function parseResponse(seen: string, head: string): Response {
  const [, status = '0', seconds = '0', url = ''] = /^(\d+) ([\d.]+) ([\s\S]*)$/.exec(seen) ?? []
  const blocks = head.split(/\r?\n\r?\n/).filter((block) => /^HTTP\//.test(block.trim()))
  const [first = '', ...rest] = (blocks.at(-1) ?? '').trim().split(/\r?\n/)
  const headers = new Map<string, string>()
  const cookies: { [name: string]: string } = {}
  for (const line of rest) {
    const colon = line.indexOf(':')
    if (colon < 1) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value)
    const cookie = name === 'set-cookie' ? /^([^=;]+)=([^;]*)/.exec(value) : null
    if (cookie !== null) cookies[cookie[1]!.trim()] = cookie[2]!.trim().replace(/^"(.*)"$/, '$1')
  }
  return {
    status: Number(status),
    reason: first.replace(/^\S+ \d+ ?/, ''),
    url,
    elapsed: Math.floor(Number(seconds)),
    headers,
    cookies,
    cookiesString: Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
  }
}

/** Whether a content type is JSON's (RFC 6839 suffixes included), and its character set. */
export function contentType(value: string | undefined): { readonly json: boolean; readonly charset: string } {
  const [type = '', ...parameters] = (value ?? 'application/octet-stream').split(';').map((part) => part.trim())
  const subtype = (type.split('/')[1] ?? '').toLowerCase()
  const suffix = subtype.includes('+') ? subtype.slice(subtype.indexOf('+') + 1) : subtype
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.slice(8)
  return { json: suffix === 'json' || suffix === 'javascript', charset: charset?.replace(/^"(.*)"$/, '$1') ?? 'utf-8' }
}

/** Bytes as text; an unknown character set counts as UTF-8. */
export function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return bytes.toString('utf8')
  }
}

/** JSON text as data; undefined when it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}
