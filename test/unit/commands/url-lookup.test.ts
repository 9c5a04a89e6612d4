import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { provision } from '../../support/program.ts'

const LOGIN = `Basic ${Buffer.from('bob:hunter2').toString('base64')}`

/** What the server says to a path. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { headers, url = '' } = request
  const say = (status: number, text: string, more = {}) => response.writeHead(status, more).end(text)
  if (url === '/lines') say(200, 'one\r\ntwo\n\nthree\n')
  else if (url === '/agent')
    say(200, `${headers['user-agent']} ${headers['x-own'] ?? '-'} ${headers['cache-control'] ?? '-'}`)
  else if (url === '/moved') say(302, '', { location: '/agent' })
  else if (url === '/round') say(302, '', { location: '/round' })
  else if (url === '/asks' && headers.authorization !== LOGIN)
    say(401, 'no', { 'www-authenticate': 'Basic realm="test"' })
  else if (url.startsWith('/digest')) {
    if (headers.authorization === undefined)
      say(401, 'no', {
        'www-authenticate': `Digest realm="here", nonce="n1", opaque="o", ${decodeURIComponent(url.slice(8))}`,
      })
    else say(200, isDigest(headers.authorization, url) ? 'welcome' : `not ${headers.authorization}`)
  } else if (url === '/who') say(200, headers.authorization ?? 'nobody')
  else if (url === '/forced' || url === '/asks') say(200, headers.authorization === LOGIN ? 'welcome' : 'nobody')
  else if (url.startsWith('http://')) say(200, `by proxy ${url}`)
  else if (url !== '/slow') say(404, 'nothing here')
}

/** Whether it is what RFC 7616 asks of bob, whose password is hunter2. */
function isDigest(given: string, url: string): boolean {
  const field = (name: string) => new RegExp(`[ ,]${name}="([^"]*)`).exec(given)?.[1] ?? ''
  const hash = (text: string) =>
    createHash(url.includes('SHA-256') ? 'sha256' : 'md5')
      .update(text)
      .digest('hex')
  const middle = url.includes('qop') ? `n1:00000001:${field('cnonce')}:auth` : 'n1'
  const want = hash(`${hash('bob:here:hunter2')}:${middle}:${hash(`GET:${url}`)}`)
  return field('response') === want && field('opaque') === 'o' && field('uri') === url
}

/** Expression of the lookup (URL is the server's) → what a task prints. */
const rows: readonly (readonly [name: string, expression: string, want: string])[] = [
  ['lines', "q('url', URL + '/lines')", '["one","two","","three"]'],
  ['text', "lookup('url', URL + '/lines', split_lines=false)", '"one\\r\\ntwo\\n\\nthree\\n"'],
  ['two addresses', "lookup('url', URL + '/lines', URL + '/agent')", '"one,two,,three,ansible-httpget - -"'],
  ['headers', "lookup('url', URL + '/agent', headers={'X-Own': 5}, http_agent='me', force=true)", '"me 5 no-cache"'],
  ['a redirect', "lookup('url', URL + '/moved', headers={'X-Own': 5})", '"ansible-httpget 5 -"'],
  [
    'headers kept back',
    "lookup('url', URL + '/moved', headers={'X-Own': 5}, unredirected_headers=['X-Own'])",
    '"ansible-httpget - -"',
  ],
  ['a password that is asked for', "lookup('url', URL + '/asks', username='bob', password='hunter2')", '"welcome"'],
  [
    'a password that is sent unasked',
    "lookup('url', URL + '/forced', username='bob', password='hunter2', force_basic_auth=true)",
    '"welcome"',
  ],
  ...['', 'qop="auth,auth-int"', 'qop="auth",algorithm=SHA-256'].map(
    (asked) =>
      [
        `a digest that is asked for with ${asked || 'nothing more'}`,
        `lookup('url', URL + '/digest/${asked.replaceAll('"', '%22')}', username='bob', password='hunter2')`,
        '"welcome"',
      ] as const,
  ),
  ['a login by netrc', "lookup('url', URL + '/who')", JSON.stringify(LOGIN)],
  ['a login by netrc that is not wanted', "lookup('url', URL + '/who', use_netrc=false)", '"nobody"'],
  ['not found', "lookup('url', URL + '/none')", 'Received HTTP error for .*/none : HTTP Error 404: Not Found'],
  ['an endless redirect', "lookup('url', URL + '/round')", 'too many redirects'],
  ['a redirect that is not followed', "lookup('url', URL + '/moved', follow_redirects='none')", 'HTTP Error 302'],
  ['a server that is slow', "lookup('url', URL + '/slow', timeout=1)", 'timed out'],
  ['a wrong password', "lookup('url', URL + '/asks', username='bob', password='x')", 'HTTP Error 401'],
  ['another kind of address', "lookup('url', 'ftp://localhost/')", 'unknown url type'],
  ['a proxy', "lookup('url', 'http://elsewhere.invalid/x')", '"by proxy http://elsewhere.invalid/x"'],
]

describe('the lookup url', () => {
  let server: Server
  let folder = ''
  let results: readonly { readonly msg: string }[] = []

  before(async function () {
    this.timeout(120_000)
    folder = mkdtempSync(join(tmpdir(), 'url-'))
    server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const tasks = rows.map(([, expression]) => ({ debug: { msg: `{{ ${expression} }}` }, ignore_errors: true }))
    const play = { hosts: 'localhost', connection: 'local', gather_facts: false, vars: { URL: address }, tasks }
    writeFileSync(join(folder, 'site.yml'), JSON.stringify([play]))
    const netrc = join(folder, 'netrc')
    writeFileSync(
      netrc,
      '# mine\nmachine other login x password y\nmachine 127.0.0.1\n  login bob password "hunter2"\n',
    )
    const env = { http_proxy: address, no_proxy: '127.0.0.1', NETRC: netrc }
    const { stdout } = await provision(folder, ['playbook', 'site.yml', '--output', 'jsonl'], { env })
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; result: { msg: string } })
    results = events.filter(({ type }) => type === 'host-result').map(({ result }) => result)
  })
  after(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const [index, [name, , want]] of rows.entries()) {
    it(name, () => {
      const { msg } = results[index]!
      if (/^["[]/.test(want)) expect(JSON.stringify(msg)).to.equal(want)
      else expect(msg).to.match(new RegExp(want))
    })
  }
})
