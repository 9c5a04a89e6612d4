import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'

const PROGRAM = "const { twice } = require('./twice.cjs')\nconsole.log(twice(21))"

/** Starts the program, and says whether its compiled form was taken; `compile` keeps one. */
const DRIVER = `const { start, compiledFile } = require(${JSON.stringify(resolve('bin/start.js'))})
const [file, compile] = process.argv.slice(1)
const script = start(file)
process.on('exit', () => {
  if (compile) require('node:fs').writeFileSync(compiledFile(file), script.createCachedData())
  console.log(script.cachedDataRejected === false ? 'taken' : 'not taken')
})`

type Row = { name: string; compiled: 'none' | 'own' | 'broken' | 'of another program'; want: string }

const ROWS: readonly Row[] = [
  { name: 'runs a program that was not compiled', compiled: 'none', want: '42\nnot taken\n' },
  { name: 'runs a program from its compiled form', compiled: 'own', want: '42\ntaken\n' },
  { name: 'compiles anew what is broken', compiled: 'broken', want: '42\nnot taken\n' },
  { name: 'compiles anew what belongs to another program', compiled: 'of another program', want: '42\nnot taken\n' },
]

describe('start', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-start-'))
    writeFileSync(join(folder, 'main.cjs'), PROGRAM)
    writeFileSync(join(folder, 'twice.cjs'), 'exports.twice = (n) => n * 2')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const run = (...more: readonly string[]) =>
    execFileSync(process.execPath, ['-e', DRIVER, join(folder, 'main.cjs'), ...more], { encoding: 'utf8' })

  for (const { name, compiled, want } of ROWS) {
    it(name, () => {
      if (compiled === 'own') run('compile')
      if (compiled === 'broken') writeFileSync(join(folder, 'main.compiled'), 'nonsense')
      if (compiled === 'of another program') {
        writeFileSync(join(folder, 'main.cjs'), `${PROGRAM}\n// longer`)
        run('compile')
        writeFileSync(join(folder, 'main.cjs'), PROGRAM)
      }
      expect(run()).to.equal(want)
    })
  }
})
