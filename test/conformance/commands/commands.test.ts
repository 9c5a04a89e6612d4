import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { shlexSplit } from '../../../src/kernel/shlex.ts'
import { provisionHere, type Said } from '../../support/program-here.ts'

/** A command line; `words: ours` if the message of its failure is ours; `differs` if the answer is, which CONFORMANCE.md tells in words. */
type Row =
  | string
  | {
      readonly command: string
      readonly words?: 'ours'
      readonly differs?: string
      readonly exit?: number
      readonly stdout?: string
    }

/** Files, and commands given in their folder, each to the files as they are here; record.py reads the same notation. */
type Case = {
  readonly name: string
  readonly files?: { readonly [path: string]: string }
  readonly env?: { readonly [name: string]: string }
  readonly run: readonly Row[]
}

type Answer = Said & { readonly name: string; readonly command: string }

const here = import.meta.dirname
const differences = readFileSync(join(here, '../../../CONFORMANCE.md'), 'utf8')

for (const file of readdirSync(join(here, 'cases')).sort()) {
  const topic = file.replace('.yml', '')
  describe(`commands: ${topic}`, () => {
    const cases = parse(readFileSync(join(here, 'cases', file), 'utf8')) as Case[]
    const path = join(here, 'record', `${topic}.json`)
    const answers = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Answer[]) : []

    it('has a record of every command', () => {
      const asked = cases.flatMap(({ name, run }) => run.map((row) => ({ name, command: rowOf(row).command })))
      expect(answers.map(({ name, command }) => ({ name, command }))).to.deep.equal(asked)
    })
    let index = 0
    for (const given of cases) {
      for (const row of given.run.map(rowOf)) {
        const answer = answers[index++]
        it(`${given.name}: ${row.command}`, async () => {
          expect(answer, 'a record').not.to.equal(undefined)
          const said = await call(given, row.command)
          const mask = (text: string) => (row.words === undefined ? text : text.replace(/"msg": ".*"/g, '"msg": …'))
          const ours = compared({ ...said, stdout: mask(said.stdout) })
          const theirs = compared({ ...answer!, stdout: mask(answer!.stdout) })
          const why = `${said.stderr}\nAnsible: ${answer!.stderr}`
          if (row.differs === undefined) expect(ours, why).to.deep.equal(theirs)
          else {
            expect(differences, 'CONFORMANCE.md').to.include(`| \`${row.differs}\` |`)
            expect(ours, why).to.deep.equal({ exit: row.exit ?? theirs.exit, stdout: row.stdout ?? '' })
            expect(ours, 'the difference is gone').not.to.deep.equal(theirs)
          }
        })
      }
    }
  })
}

function rowOf(row: Row): Exclude<Row, string> {
  return typeof row === 'string' ? { command: row } : row
}

/**
 * What is printed before an error is for people; only the exit code of it is held to the record, where 1, 4 and 250 all mean that what
 * was given can't be used. Hosts and tags that Ansible keeps in sets come in any order, and its banner for a play that ends early is left out.
 */
function compared({ exit, stdout }: Pick<Said, 'exit' | 'stdout'>): Pick<Said, 'exit' | 'stdout'> {
  if (![0, 2].includes(exit)) return { exit: [1, 4, 250].includes(exit) ? 1 : exit, stdout: '' }
  const sorted = (text: string) => text.split('\n').sort().join('\n')
  return {
    exit,
    stdout: stdout
      .replace(/(?<=^ {4}hosts \(\d+\):\n)(?: {6}\S+\n)+/gm, sorted)
      .replace(/^NO MORE HOSTS LEFT \*+\n\n/gm, '')
      .replace(/"(delta|start|end)": "[-0-9:. ]+"/g, '"$1": …')
      .replace(/(?<=^ {2}play #.*\tTAGS: \[)[^\]]+/gm, (tags) => tags.split(',').sort().join(',')),
  }
}

async function call({ files = {}, env = {} }: Case, command: string): Promise<Said> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'conform')))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
    }
    const said = await provisionHere(folder, shlexSplit(command), { ANSIBLE_FORKS: '1', ...env })
    return { ...said, stdout: said.stdout.replaceAll(folder, '{here}') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
