import { readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:tls'
import type { UrlAnswer, UrlRequest } from '../variables/lookups/url.ts'
import { answerTo, basic, type Login, netrcLogin } from './http-login.ts'

/**
 * A program of its own, because lookups must have their answer at once: reads a request as JSON from its standard input, and writes
 * the answer as JSON to its standard output.
 */
const given = JSON.parse(readFileSync(0, 'utf8')) as UrlRequest
fetchUrl(given).then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error: Error) => process.stdout.write(JSON.stringify({ error: error.message || error.name })),
)

const MOST_REDIRECTS = 10

async function fetchUrl(given: UrlRequest): Promise<UrlAnswer> {
  let address = new URL(given.url)
  const headers: { [name: string]: string } = { ...given.headers }
  let login = loginOf(given, address)
  const unasked = login === null ? netrcOf(given.netrc, address) : given.unasked ? login : null
  if (unasked !== null) headers.authorization = basic(unasked)
  for (let redirects = 0; ; ) {
    const response = await send(given, address, headers)
    const body = await bodyOf(response)
    const status = response.statusCode ?? 0
    if (status === 401 && login !== null && headers.authorization === undefined) {
      const asked = response.headers['www-authenticate'] ?? ''
      const answer = answerTo(asked, login, 'GET', address.pathname + address.search)
      if (answer !== null) {
        headers.authorization = answer
        continue
      }
    }
    const { location } = response.headers
    if (!given.follow || ![301, 302, 303, 307, 308].includes(status) || location === undefined)
      return { status, reason: response.statusMessage ?? '', body: body.toString('base64') }
    if (++redirects > MOST_REDIRECTS) return { error: 'too many redirects' }
    const next = new URL(location, address)
    for (const name of given.ownHeaders) delete headers[name]
    if (next.host !== address.host) {
      delete headers.authorization
      login = null
    }
    address = next
  }
}

function loginOf({ user, password }: UrlRequest, address: URL): Login | null {
  if (user !== null) return { user, password }
  if (address.username === '') return null
  return { user: decodeURIComponent(address.username), password: decodeURIComponent(address.password) }
}

/** A file that can't be read says nothing. */
function netrcOf(path: string | null, address: URL): Login | null {
  if (path === null) return null
  try {
    return netrcLogin(readFileSync(path, 'utf8'), address.hostname)
  } catch {
    return null
  }
}

async function send(given: UrlRequest, address: URL, headers: { [name: string]: string }): Promise<IncomingMessage> {
  if (!['http:', 'https:'].includes(address.protocol)) throw new Error(`unknown url type: ${address.protocol}`)
  const secure = address.protocol === 'https:'
  const options: RequestOptions & { [name: string]: unknown } = {
    headers: { ...headers, host: address.host, connection: 'close' },
    path: address.pathname + address.search,
    hostname: address.hostname.replace(/^\[|\]$/g, ''),
    port: address.port || (secure ? 443 : 80),
    agent: false,
    ...(given.socket === null ? {} : { socketPath: given.socket }),
    ...(secure ? tlsOptions(given, address) : {}),
  }
  const proxy = given.socket === null ? proxyFor(given, address) : null
  if (proxy === null) return answered(given, secure ? secureRequest(options) : plainRequest(options))
  const through = { hostname: proxy.hostname, port: proxy.port || 80, agent: false, headers: proxyLogin(proxy) }
  if (!secure)
    return answered(
      given,
      plainRequest({ ...options, ...through, path: address.href, headers: { ...options.headers, ...through.headers } }),
    )
  const socket = await tunnel(given, { ...through, method: 'CONNECT', path: `${address.hostname}:${options.port}` })
  return answered(
    given,
    plainRequest({
      ...options,
      createConnection: () => connect({ ...tlsOptions(given, address), socket, servername: address.hostname }),
    }),
  )
}

function tlsOptions({ checkCertificates, ca, ciphers }: UrlRequest, address: URL): { [name: string]: unknown } {
  return {
    rejectUnauthorized: checkCertificates,
    ...(/^[\d.]+$|^\[/.test(address.hostname) ? {} : { servername: address.hostname }),
    ...(ca === null ? {} : { ca: readFileSync(ca) }),
    ...(ciphers === null ? {} : { ciphers }),
  }
}

function proxyFor({ proxies }: UrlRequest, address: URL): URL | null {
  if (proxies === null) return null
  const direct = proxies.none
    .split(',')
    .map((name) => name.trim().replace(/^\./, ''))
    .some((name) => name === '*' || (name !== '' && `.${address.hostname}`.endsWith(`.${name}`)))
  const proxy = address.protocol === 'https:' ? proxies.https : proxies.http
  return direct || proxy === '' ? null : new URL(proxy.includes('://') ? proxy : `http://${proxy}`)
}

function proxyLogin(proxy: URL): { [name: string]: string } {
  if (proxy.username === '') return {}
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }
}

function tunnel(given: UrlRequest, options: RequestOptions): Promise<import('node:net').Socket> {
  return new Promise((resolve, reject) => {
    const request = limited(given, plainRequest(options), reject)
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket as import('node:net').Socket)
      else reject(new Error(`Tunnel connection failed: ${response.statusCode} ${response.statusMessage}`))
    })
    request.end()
  })
}

function answered(given: UrlRequest, request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    limited(given, request, reject).once('response', resolve).end()
  })
}

function limited({ timeout }: UrlRequest, request: ClientRequest, reject: (error: Error) => void): ClientRequest {
  return request
    .once('error', reject)
    .setTimeout(timeout * 1000, () => request.destroy(new Error('The read operation timed out')))
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
