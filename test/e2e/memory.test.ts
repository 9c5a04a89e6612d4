import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'

const FRAGMENT = 30_000_000
const FRAGMENTS = ['1', '2', '3']

/** Says at its end how much memory the program had at most, in kilobytes. */
const REPORT = 'data:text/javascript,process.on("exit",()=>console.error(`rss=${process.resourceUsage().maxRSS}`))'

/** Tasks that move 90 MB, or two thirds of them. */
const rows: { name: string; tasks: string }[] = [
  { name: 'copy', tasks: '- copy: {src: whole, dest: "@FOLDER@/host/f"}' },
  {
    name: 'assemble, of fragments on the controller',
    tasks: '- assemble: {src: parts, dest: "@FOLDER@/host/f", remote_src: false, delimiter: "--"}',
  },
  {
    name: 'assemble, of fragments on the host',
    tasks: '- assemble: {src: "@FOLDER@/files/parts", dest: "@FOLDER@/host/f"}',
  },
  {
    name: 'assemble, of the fragments that a pattern takes',
    tasks: '- assemble: {src: "@FOLDER@/files/parts", dest: "@FOLDER@/host/f", regexp: "[13]"}',
  },
  {
    name: 'uri, with a file of the controller',
    tasks: '- uri: {url: "@URL@", method: PUT, src: whole, status_code: 201}',
  },
  {
    name: 'uri, with a file in a form',
    tasks:
      '- uri: {url: "@URL@", method: PUT, body_format: form-multipart, body: {f: {filename: whole}}, status_code: 400}',
  },
  {
    name: 'uri, with a file of the host',
    tasks: '- uri: {url: "@URL@", method: POST, src: "@FOLDER@/files/whole", remote_src: true, status_code: 201}',
  },
]

describe('memory', function () {
  this.timeout(120_000)
  let folder = ''
  let server: Server | null = null
  let least = 0

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'provision-memory-'))
    mkdirSync(join(folder, 'files/parts'), { recursive: true })
    const bytes = randomBytes(FRAGMENT)
    for (const name of FRAGMENTS) writeFileSync(join(folder, 'files/parts', name), bytes)
    for (const _ of FRAGMENTS) writeFileSync(join(folder, 'files/whole'), bytes, { flag: 'a' })
    const hash = createHash('sha1')
    for (const _ of FRAGMENTS) hash.update(bytes)
    server = await serverFor(hash.digest('hex'))
    least = await peakOf('- copy: {content: x, dest: "@FOLDER@/host/f"}')
  })
  after(() => {
    server?.close()
    rmSync(folder, { recursive: true })
  })

  const peakOf = async (tasks: string): Promise<number> => {
    rmSync(join(folder, 'host'), { recursive: true, force: true })
    mkdirSync(join(folder, 'host'))
    const { port } = server!.address() as AddressInfo
    const text = tasks.replaceAll('@FOLDER@', folder).replaceAll('@URL@', `http://127.0.0.1:${port}/`)
    const play = `- hosts: h1\n  gather_facts: false\n  tasks:\n${text.replace(/^/gm, '    ')}\n`
    writeFileSync(join(folder, 'play.yml'), play)
    const argv = ['--import', 'tsx/esm', '--import', REPORT, resolve('src/main.ts')]
    const run = ['playbook', '-i', 'h1,', '-c', 'local', join(folder, 'play.yml')]
    const { stderr } = await promisify(execFile)(process.execPath, [...argv, ...run])
    return Number(/rss=(\d+)/.exec(stderr)![1]) * 1024
  }

  for (const { name, tasks } of rows) {
    it(`${name}: 90 MB take little more than one byte`, async () => {
      expect(await peakOf(tasks)).to.be.below(least + 2 * FRAGMENT)
    })
  }
})

/** Answers 201 to a body with the checksum, sent with its length. */
async function serverFor(sum: string): Promise<Server> {
  const server = createServer((request, response) => {
    const hash = createHash('sha1')
    request.on('data', (piece: Buffer) => hash.update(piece))
    request.on('end', () => {
      const isWhole = hash.digest('hex') === sum && request.headers['content-length'] === String(3 * FRAGMENT)
      response.writeHead(isWhole ? 201 : 400).end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return server
}
