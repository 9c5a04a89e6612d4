import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'

/**
 * The package cache, a process of its own: an HTTP proxy for apt that keeps what it fetched and serves it when upstream is away.
 * It needs nothing but Node, and its arguments are the address and port to listen on and the folder to keep files in. apt-cacher-ng does
 * not serve here: it answers 503 for an index it has when upstream is away, and its package starts a service on every interface.
 */
const FRESH_MS = 3_600_000
const UPSTREAM_PATIENCE_MS = 5_000
const AWAY_MS = 60_000

type Kept = { readonly path: string; readonly size: number; readonly modified: Date }
type Answer = Kept | { readonly status: number; readonly reason: string }

const [address, port, folder] = process.argv.slice(2)
if (folder !== undefined) serve(address!, Number(port), folder)

function serve(address: string, port: number, folder: string): void {
  const cache = openCache(folder)
  const server = http.createServer((request, response) => {
    answer(cache, request, response).catch((error: Error) => {
      console.error(`${request.url}: ${error.message}`)
      response.destroy()
    })
  })
  server.keepAliveTimeout = 60_000
  server.listen(port, address)
}

async function answer(cache: Cache, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url!) : null
  if (url?.protocol !== 'http:' || !['GET', 'HEAD'].includes(request.method ?? '')) {
    response.writeHead(400).end('This is a proxy for apt.\n')
    return
  }
  const found = await cache(url)
  if ('status' in found) {
    response.writeHead(found.status, found.reason).end()
    return
  }
  const headers = { 'Last-Modified': found.modified.toUTCString(), 'Content-Length': found.size }
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  if (found.modified.getTime() <= since) {
    response.writeHead(304, { 'Last-Modified': headers['Last-Modified'] }).end()
    return
  }
  response.writeHead(200, headers)
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(found.path), response)
}

type Cache = (url: URL) => Promise<Answer>

/** Packages and files named by their hash never change; the rest is asked for again after an hour, if upstream is there. */
function openCache(folder: string): Cache {
  const underWay = new Map<string, Promise<Answer>>()
  const checked = new Map<string, number>()
  const awayUntil = new Map<string, number>()

  return (url) => {
    const running = underWay.get(url.href)
    if (running !== undefined) return running
    const lookup = look(url).finally(() => underWay.delete(url.href))
    underWay.set(url.href, lookup)
    return lookup
  }

  async function look(url: URL): Promise<Answer> {
    const path = join(folder, url.host, `${url.pathname}${url.search}`)
    const kept = await keptAt(path)
    const constant = /\/by-hash\/|\.u?deb$/.test(url.pathname)
    const fresh = constant || Date.now() - (checked.get(path) ?? 0) < FRESH_MS
    if (kept !== null && (fresh || isAway(url))) return kept
    try {
      const fetched = await fetchTo(path, url, kept)
      checked.set(path, Date.now())
      return fetched
    } catch (error) {
      awayUntil.set(url.host, Date.now() + AWAY_MS)
      return kept ?? { status: 504, reason: `Upstream is away (${(error as NodeJS.ErrnoException).code ?? 'error'})` }
    }
  }

  function isAway(url: URL): boolean {
    return (awayUntil.get(url.host) ?? 0) > Date.now()
  }
}

async function keptAt(path: string): Promise<Kept | null> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ? { path, size: found.size, modified: found.mtime } : null
}

/** Fetches a file whole before it takes the place of the old one. An answer that is not one (503) counts as upstream being away. */
async function fetchTo(path: string, url: URL, kept: Kept | null): Promise<Answer> {
  const response = await request(url, kept === null ? {} : { 'If-Modified-Since': kept.modified.toUTCString() })
  const status = response.statusCode ?? 502
  if (status !== 200) response.resume()
  if (status === 304 && kept !== null) return kept
  if (status >= 500) throw new Error(`${status}`)
  if (status !== 200) return { status, reason: response.statusMessage ?? '' }
  const unfinished = `${path}.fetching`
  await mkdir(dirname(path), { recursive: true })
  try {
    await pipeline(response, createWriteStream(unfinished))
    const modified = new Date(response.headers['last-modified'] ?? Date.now())
    await utimes(unfinished, modified, modified)
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
  return (await keptAt(path))!
}

async function request(url: URL, headers: http.OutgoingHttpHeaders, hops = 5): Promise<http.IncomingMessage> {
  const response = await requestOnce(url, headers)
  const target = response.headers.location
  if (target === undefined || hops === 0) return response
  response.resume()
  return request(new URL(target, url), headers, hops - 1)
}

async function requestOnce(url: URL, headers: http.OutgoingHttpHeaders): Promise<http.IncomingMessage> {
  const proxy = url.protocol === 'http:' ? await machineProxy(url.hostname) : null
  return new Promise((resolve, reject) => {
    const agent = { ...headers, 'User-Agent': 'apt', Host: url.host }
    const outgoing = proxy === null ? direct(url, agent) : through(proxy, url, agent)
    outgoing.setTimeout(UPSTREAM_PATIENCE_MS, () => outgoing.destroy(new Error('no answer')))
    outgoing.once('response', resolve).once('error', reject).end()
  })
}

function direct(url: URL, headers: http.OutgoingHttpHeaders): http.ClientRequest {
  return (url.protocol === 'https:' ? https : http).request(url, { headers })
}

function through(proxy: URL, url: URL, headers: http.OutgoingHttpHeaders): http.ClientRequest {
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const authorization = login === ':' ? {} : { 'Proxy-Authorization': `Basic ${Buffer.from(login).toString('base64')}` }
  return http.request({
    host: proxy.hostname,
    port: proxy.port || 80,
    path: url.href,
    headers: { ...headers, ...authorization },
  })
}

/** The proxy that apt on this machine would take for a host (apt.conf(5), Acquire::http::Proxy), or null. */
async function machineProxy(host: string): Promise<URL | null> {
  const names = [`Acquire::http::Proxy::${host}`, 'Acquire::http::Proxy']
  const { stdout } = await promisify(execFile)('apt-config', ['dump', '--format', '%f %v%n', ...names]).catch(() => ({
    stdout: '',
  }))
  const settings = new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]))
  const chosen = names.map((name) => settings.get(name)).find((value) => value) ?? process.env.http_proxy ?? ''
  return URL.canParse(chosen) ? new URL(chosen) : null
}
