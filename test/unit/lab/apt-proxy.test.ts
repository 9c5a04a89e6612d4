import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const PROGRAM = fileURLToPath(new URL('../../../src/lab/apt-proxy.ts', import.meta.url))
const MODIFIED = 'Wed, 01 Jan 2025 00:00:00 GMT'
const FILES = new Map([
  ['/debian/dists/sid/InRelease', 'index 1'],
  ['/debian/pool/n/nginx/nginx_1%2b2_all.deb', 'a package'],
])

describe('lab/apt-proxy', function () {
  this.timeout(20_000)
  let folder: string
  let upstream: http.Server
  let upstreamPort: number
  let proxy: ChildProcess
  let asked: string[]
  let cut: boolean

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'apt-proxy-'))
    asked = []
    cut = false
    upstream = http.createServer((request, response) => {
      asked.push(request.url!)
      const body = FILES.get(request.url!)
      if (request.url === '/moved') response.writeHead(302, { Location: '/debian/dists/sid/InRelease' }).end()
      else if (body === undefined) response.writeHead(404).end()
      else {
        response.writeHead(200, { 'Last-Modified': MODIFIED, 'Content-Length': body.length })
        if (cut) response.write(body.slice(0, 3), () => response.destroy())
        else response.end(body)
      }
    })
    upstreamPort = await listen(upstream)
    await startProxy()
  })
  afterEach(async () => {
    await stopProxy()
    upstream.closeAllConnections()
    upstream.close()
    rmSync(folder, { recursive: true })
  })

  const PATHS = [...FILES.keys()]
  it('passes on what upstream has, and its time', async () => {
    for (const path of PATHS) {
      const { status, body, headers } = await get(path)
      expect([status, body, headers['last-modified']]).to.deep.equal([200, FILES.get(path), MODIFIED])
    }
  })
  it('asks once for files that several want at once, and not again soon', async () => {
    await Promise.all([get(PATHS[0]!), get(PATHS[0]!), get(PATHS[0]!)])
    await get(PATHS[0]!)
    expect(asked).to.deep.equal([PATHS[0]])
  })
  it('answers 304 to who has the file as it is', async () => {
    await get(PATHS[0]!)
    const { status, body } = await get(PATHS[0]!, { 'If-Modified-Since': MODIFIED })
    expect([status, body]).to.deep.equal([304, ''])
  })
  it('follows upstream’s redirects', async () => {
    expect((await get('/moved')).body).to.equal('index 1')
  })
  it('passes on that there is no such file', async () => {
    expect((await get('/debian/nothing')).status).to.equal(404)
  })
  it('serves all it has when upstream is away, after a restart too; 504 for the rest', async () => {
    for (const path of PATHS) await get(path)
    upstream.closeAllConnections()
    upstream.close()
    await stopProxy()
    await startProxy()
    for (const path of PATHS) expect((await get(path)).body).to.equal(FILES.get(path))
    expect((await get('/debian/other.deb')).status).to.equal(504)
  })
  it('keeps nothing of a file that upstream broke off', async () => {
    cut = true
    expect((await get(PATHS[1]!)).status).to.equal(504)
    cut = false
    await stopProxy()
    await startProxy()
    expect((await get(PATHS[1]!)).body).to.equal('a package')
  })
  it('cannot be made to write outside its folder', async () => {
    const { status } = await get('/../../../../etc/%2e%2e/passwd')
    expect([status, asked]).to.deep.equal([404, ['/passwd']])
  })
  it('refuses what is no request for a proxy', async () => {
    const response = await fetch(`http://127.0.0.1:${proxyPort}/debian/dists/sid/InRelease`)
    expect(response.status).to.equal(400)
  })

  let proxyPort: number
  async function startProxy(): Promise<void> {
    const probe = http.createServer()
    proxyPort = await listen(probe)
    probe.close()
    const { http_proxy: _, ...env } = process.env
    const args = ['--import', 'tsx', PROGRAM, '127.0.0.1', String(proxyPort), folder]
    proxy = spawn(process.execPath, args, { stdio: 'ignore', env })
    for (let tries = 0; tries < 200; tries++) {
      if (await fetch(`http://127.0.0.1:${proxyPort}/`).catch(() => null)) return
      await sleep(25)
    }
    throw new Error('the proxy does not start')
  }
  async function stopProxy(): Promise<void> {
    if (proxy.exitCode !== null) return
    proxy.kill()
    await once(proxy, 'exit')
  }
  async function get(path: string, headers: http.OutgoingHttpHeaders = {}) {
    const url = `http://127.0.0.1:${upstreamPort}${path}`
    const request = http.request({ host: '127.0.0.1', port: proxyPort, path: url, headers }).end()
    const [response]: http.IncomingMessage[] = (await once(request, 'response')) as [http.IncomingMessage]
    let body = ''
    for await (const chunk of response!) body += chunk
    return { status: response!.statusCode, headers: response!.headers, body }
  }
})

async function listen(server: http.Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}
