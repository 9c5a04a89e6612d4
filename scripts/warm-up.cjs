const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { compiledFile, start } = require('../bin/start.js')

/** Runs a playbook as users do, in check mode, and keeps what V8 has compiled for that. */
const program = join(__dirname, '../dist/main.cjs')
process.argv = [
  process.argv[0],
  'provision',
  'playbook',
  '-i',
  'localhost,',
  '--check',
  '--diff',
  join(__dirname, 'warm-up.yml'),
]
const script = start(program)
process.on('exit', () => {
  process.exitCode = 0
  writeFileSync(compiledFile(program), script.createCachedData())
})
