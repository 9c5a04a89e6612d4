const { generateKeyPairSync } = require('node:crypto')
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { spawn } = require('node:child_process')
const { Server, utils } = require('ssh2')
const { compiledFile, start } = require('../bin/start.js')

/** Runs a playbook as users do, in check mode, over SSH to hosts that are this process, and keeps what V8 has compiled for that. */
const program = join(__dirname, '../dist/main.cjs')
const folder = mkdtempSync(join(tmpdir(), 'provision-build-'))
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' })

const server = new Server({ hostKeys: [key], ident: 'OpenSSH_9.9' }, (client) => {
  client.on('error', () => {})
  client.on('authentication', (context) => context.accept())
  client.on('session', (accept) => accept().on('exec', (begin, _refuse, { command }) => run(command, begin())))
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  server.unref()
  const hostKey = utils.parseKey(key)
  writeFileSync(join(folder, 'key'), key, { mode: 0o600 })
  writeFileSync(
    join(folder, 'known_hosts'),
    `[127.0.0.1]:${port} ${hostKey.type} ${hostKey.getPublicSSH().toString('base64')}\n`,
  )
  const variables = {
    ansible_host: '127.0.0.1',
    ansible_port: port,
    ansible_ssh_private_key_file: join(folder, 'key'),
    ansible_ssh_common_args: `-o UserKnownHostsFile=${join(folder, 'known_hosts')}`,
  }
  const playbook = join(__dirname, 'warm-up.yml')
  const argv = ['playbook', '-i', 'one,two', '--check', '--diff', '-e', JSON.stringify(variables), playbook]
  process.argv = [process.argv[0], 'provision', ...argv]
  const script = start(program)
  process.on('exit', () => {
    process.exitCode = 0
    rmSync(folder, { recursive: true })
    writeFileSync(compiledFile(program), script.createCachedData())
  })
})

function run(command, stream) {
  const shell = spawn('sh', ['-c', command])
  stream.pipe(shell.stdin)
  shell.stdin.on('error', () => {})
  shell.stdout.pipe(stream)
  shell.stderr.pipe(stream.stderr)
  stream.on('close', () => shell.kill())
}
