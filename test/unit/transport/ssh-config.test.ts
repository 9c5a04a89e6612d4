import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { SharedFiles } from '../../../src/transport/shared-files.ts'
import { hasSay } from '../../../src/transport/ssh-config.ts'

const ASKED = new Set(['hostname', 'port', 'proxyjump'])

type Row = { name: string; given: { [file: string]: string }; want: boolean; host?: string; onlySsh?: true }

/** `onlySsh`: the answer is yes because only ssh can tell, and here it has nothing to say. */
const rows: Row[] = [
  { name: 'no file', given: {}, want: false },
  {
    name: 'keywords that are not asked for',
    given: { config: 'ServerAliveInterval 5\nHost *\n  Compression yes\n' },
    want: false,
  },
  { name: 'a keyword for all', given: { config: 'port 2222\n' }, want: true },
  { name: 'a keyword with an equals sign, in capitals', given: { config: 'PORT=2222\n' }, want: true },
  { name: 'a block for the host', given: { config: 'Host web01\n  Port 2222\n' }, want: true },
  { name: 'a block for another host', given: { config: 'Host web02\n  Port 2222\n' }, want: false },
  { name: 'a block for some hosts', given: { config: 'Host db? web*\n  Port 2222\n' }, want: true },
  {
    name: 'a block for some hosts, but not for this',
    given: { config: 'Host web* !web01\n  Port 2222\n' },
    want: false,
  },
  { name: 'a name in quotes', given: { config: 'Host "web01"\n  Port 2222\n' }, want: true },
  {
    name: 'a name in capitals',
    given: { config: 'Host web01\n  Port 2222\n' },
    host: 'WEB01',
    want: true,
    onlySsh: true,
  },
  { name: 'a comment', given: { config: '# Port 2222\n' }, want: false },
  { name: 'Match', given: { config: 'Match exec "true"\n  Port 2222\n' }, want: true },
  { name: 'Match that does not', given: { config: 'Match exec "false"\n  Port 2222\n' }, want: true, onlySsh: true },
  { name: 'Match with other keywords', given: { config: 'Match exec "true"\n  Compression yes\n' }, want: false },
  { name: 'a file that is included', given: { config: 'Include @/more\n', more: 'Port 2222\n' }, want: true },
  { name: 'a file that is not there', given: { config: 'Include @/more\n' }, want: false },
  {
    name: 'files of a folder',
    given: { config: 'Include @/d/*.conf\n', 'd/1.conf': 'Compression yes\n', 'd/2.conf': 'Host web01\nPort 2222\n' },
    want: true,
  },
  { name: 'other files of a folder', given: { config: 'Include @/d/*.conf\n', 'd/1.off': 'Port 2222\n' }, want: false },
  {
    name: 'an Include for another host',
    given: { config: 'Host web02\n  Include @/more\n', more: 'Port 2222\n' },
    want: false,
  },
  {
    name: 'a block behind the end of an included one',
    given: { config: 'Include @/more\nPort 2222\n', more: 'Host web02\n' },
    want: true,
  },
  { name: 'an Include of folders', given: { config: 'Include @/*/x\n', 'd/x': 'Port 2222\n' }, want: true },
]

describe('what a configuration of ssh has to say', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-ssh-config-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** What ssh itself makes of a configuration. */
  async function asked(file: string, host: string): Promise<string[]> {
    const { stdout } = await execa('ssh', ['-G', '-F', file, host])
    return stdout.split('\n').filter((line) => ASKED.has(line.split(' ')[0]!))
  }

  for (const { name, given, want, host = 'web01', onlySsh } of rows) {
    it(`${name}: ${want ? 'yes' : 'no'}, as ssh says`, async () => {
      for (const [file, text] of Object.entries(given)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), text.replaceAll('@', folder))
      }
      const config = join(folder, 'config')
      expect(hasSay(ASKED, host, new SharedFiles(), [config])).to.equal(want)
      if (given.config === undefined) return
      const differs = (await asked(config, host)).join() !== (await asked('none', host)).join()
      expect(differs).to.equal(want && onlySsh !== true)
    })
  }

  it('a file that includes itself for this host: only ssh can tell', () => {
    writeFileSync(join(folder, 'config'), `Include ${join(folder, 'config')}\n`)
    expect(hasSay(ASKED, 'web01', new SharedFiles(), [join(folder, 'config')])).to.equal(true)
  })
  it('a file beside the first is included by its name', () => {
    writeFileSync(join(folder, 'config'), 'Include more\n')
    writeFileSync(join(folder, 'more'), 'Port 2222\n')
    expect(hasSay(ASKED, 'web01', new SharedFiles(), [join(folder, 'config')])).to.equal(true)
  })
})
