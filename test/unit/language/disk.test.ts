import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { diskFiles } from '../../../src/language/disk.ts'

const files = diskFiles((text) => Buffer.from(text))

const rows: { name: string; ask: (folder: string) => unknown; want: unknown }[] = [
  { name: 'a file', ask: (folder) => files.read(join(folder, 'open')), want: 'text' },
  { name: 'a file that is not there', ask: (folder) => files.kind(join(folder, 'none')), want: null },
  { name: 'a circle of links', ask: (folder) => files.kind(join(folder, 'circle')), want: null },
  { name: 'a file behind a closed folder', ask: (folder) => files.kind(join(folder, 'closed/file')), want: null },
  { name: 'what is read behind a closed folder', ask: (folder) => files.read(join(folder, 'closed/file')), want: null },
  { name: 'a file that may not be read', ask: (folder) => files.read(join(folder, 'secret')), want: 'file.unreadable' },
  { name: 'a closed folder', ask: (folder) => files.list(join(folder, 'closed')), want: 'file.unusable' },
  { name: 'a path that is too long', ask: (folder) => files.kind(join(folder, 'x'.repeat(5000))), want: null },
]

describe('files of this machine, for a user who may not see all', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-disk-'))
    mkdirSync(join(folder, 'closed'))
    for (const name of ['open', 'secret', 'closed/file']) writeFileSync(join(folder, name), 'text')
    symlinkSync('circle', join(folder, 'circle'))
    chmodSync(join(folder, 'secret'), 0)
    chmodSync(join(folder, 'closed'), 0)
    chmodSync(folder, 0o755)
  })
  after(() => {
    chmodSync(join(folder, 'closed'), 0o700)
    rmSync(folder, { recursive: true })
  })

  for (const { name, ask, want } of rows) {
    it(`${name}: ${want}`, () => expect(asNobody(() => answerOf(() => ask(folder)))).to.equal(want))
  }
})

/** The problem's code where it is one; an error of another kind is thrown. */
function answerOf(ask: () => unknown): unknown {
  try {
    return ask()
  } catch (error) {
    const problems = problemsOf(error)
    if (problems === null) throw error
    return problems[0]!.code
  }
}

/** Root may see everything. */
function asNobody<T>(work: () => T): T {
  if (process.geteuid!() !== 0) return work()
  process.seteuid!(65534)
  try {
    return work()
  } finally {
    process.seteuid!(0)
  }
}
