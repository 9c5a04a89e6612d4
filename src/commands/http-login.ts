import { createHash, randomBytes } from 'node:crypto'

export type Login = { readonly user: string; readonly password: string }

/** What is sent to be let in unasked: the scheme Basic (RFC 7617). */
export function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** The answer to what a server asks for in `WWW-Authenticate`: Digest before Basic, as Python's urllib; null for other schemes. */
export function answerTo(asked: string, login: Login, method: string, path: string): string | null {
  const digest = /(?:^|,\s*)digest\s+(.*)/is.exec(asked)
  if (digest !== null) return digestOf(fieldsOf(digest[1]!), login, method, path)
  return /(?:^|,\s*)basic\b/i.test(asked) ? basic(login) : null
}

/** Digest access authentication (RFC 7616) with MD5, SHA or SHA-256, with or without `qop=auth`; null for what is none of these. */
function digestOf(fields: ReadonlyMap<string, string>, login: Login, method: string, path: string): string | null {
  const algorithm = fields.get('algorithm') ?? 'MD5'
  const kind = KINDS[algorithm.toUpperCase()]
  const qop = fields.get('qop')
  const isAuth = qop?.split(',').some((word) => word.trim() === 'auth') === true
  if (kind === undefined || (qop !== undefined && !isAuth)) return null
  const hash = (text: string) => createHash(kind).update(text).digest('hex')
  const [realm, nonce] = [fields.get('realm') ?? '', fields.get('nonce') ?? '']
  const cnonce = randomBytes(8).toString('hex')
  const count = '00000001'
  const middle = isAuth ? `${nonce}:${count}:${cnonce}:auth` : nonce
  const response = hash(`${hash(`${login.user}:${realm}:${login.password}`)}:${middle}:${hash(`${method}:${path}`)}`)
  const opaque = fields.get('opaque')
  const quoted = [
    ['username', login.user],
    ['realm', realm],
    ['nonce', nonce],
    ['uri', path],
    ['response', response],
  ]
  return [
    `Digest ${quoted.map(([name, value]) => `${name}="${value}"`).join(', ')}`,
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    `algorithm=${algorithm}`,
    ...(isAuth ? [`qop=auth, nc=${count}, cnonce="${cnonce}"`] : []),
  ].join(', ')
}

const KINDS: { readonly [algorithm: string]: string } = { MD5: 'md5', SHA: 'sha1', 'SHA-256': 'sha256' }

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)
  return new Map([...pairs].map(([, name, quoted, bare]) => [name!.toLowerCase(), quoted ?? bare ?? '']))
}

/** Who one is to a host, by a file in the form of netrc(5); the machine itself before `default`. Null when it says nothing. */
export function netrcLogin(text: string, host: string): Login | null {
  const words =
    text
      .replace(/^\s*macdef\b[\s\S]*?(?:\n\n|$)/gm, '')
      .replace(/(^|\s)#.*$/gm, '$1')
      .match(/"[^"]*"|\S+/g) ?? []
  const logins = new Map<string, { user: string; password: string }>()
  let current: { user: string; password: string } | null = null
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (word === 'machine' || word === 'default') {
      current = { user: '', password: '' }
      logins.set(word === 'default' ? '' : (words[++index] ?? ''), current)
    } else if (current !== null && (word === 'login' || word === 'user')) current.user = unquoted(words[++index])
    else if (current !== null && word === 'password') current.password = unquoted(words[++index])
  }
  const found = logins.get(host) ?? logins.get('')
  return found === undefined || found.user === '' || found.password === '' ? null : found
}

function unquoted(word = ''): string {
  return word.replace(/^"(.*)"$/, '$1')
}
