import { expect } from 'chai'
import { Blob } from '../../src/kernel/blob.ts'
import { Fields } from '../../src/kernel/fields.ts'
import { PRELUDE } from '../../src/kernel/prelude.ts'
import { Sh, sh } from '../../src/kernel/sh.ts'
import { HELD, type Step } from '../../src/kernel/shell.ts'
import {
  applyFileCopy,
  type FileCopy,
  fileCopy,
  probeFileCopy,
  readFileCopy,
} from '../../src/modules/parts/copy-file.ts'
import { readStatus } from '../../src/modules/parts/status.ts'
import { renderNewFiles } from '../../src/transport/new-files.ts'
import { SHELL_NAMES, SHELLS } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const FOLDER = '/tmp/new-files'
const CONTENTS = ['one\n', `it's "$x" \`id\` \\ é\n -`, '\0\x01binary', 'large '.repeat(5000), '']
const NAMES = ['a', '-b', 'c.conf', 'd_1', 'e']

/** The steps of a chain that puts a file for each name where nothing is. */
async function chain({ names = NAMES, mode = 0o640 as number | null, folder = FOLDER }): Promise<Step[]> {
  const wants = await Promise.all(names.map((name, index) => wanted(`${folder}/${name}`, CONTENTS[index]!, mode)))
  return wants.map((want) => {
    const answer = Buffer.from(`dest=${want.dest}\0status=\0`)
    const script = applyFileCopy(want, readFileCopy(new Fields(answer)))
    return { script, link: { guard: { script: probeFileCopy(want), answer } } }
  })
}

function wanted(dest: string, content: string, mode: number | null): Promise<FileCopy> {
  const attributes = { mode, owner: null, group: null }
  return fileCopy({
    ...{
      dest,
      blob: Blob.of(content),
      name: null,
      src: null,
      isHeard: true,
      attributes,
      directoryAttributes: attributes,
    },
    ...{ force: true, follow: false, backup: false, validate: undefined },
  })
}

for (const shell of SHELL_NAMES) {
  describe(`new files together under ${shell}`, function () {
    this.timeout(60_000)

    const rows: {
      name: string
      given?: Sh
      steps: Parameters<typeof chain>[0]
      made: number
      left?: string[]
    }[] = [
      { name: 'all are made', steps: {}, made: 5 },
      { name: 'they have the mode that the umask gives', steps: { mode: null }, made: 5 },
      {
        name: 'those behind one that is there already are held',
        given: sh`: >${FOLDER}/c.conf`,
        steps: {},
        made: 2,
        left: ['c.conf'],
      },
      {
        name: 'those behind a link to nowhere are held',
        given: sh`ln -s none ${FOLDER}/d_1`,
        steps: {},
        made: 3,
        left: ['d_1'],
      },
      {
        name: 'those behind a name that is too long are held',
        steps: { names: ['a', '-b', 'x'.repeat(256), 'd_1', 'e'] },
        made: 2,
      },
      { name: 'none is made without the folder', steps: { folder: `${FOLDER}/none` }, made: 0 },
      {
        name: 'none is made where the folder is a file',
        given: sh`: >${FOLDER}/none`,
        steps: { folder: `${FOLDER}/none` },
        made: 0,
        left: ['none'],
      },
    ]
    for (const { name, given, steps, made, left = [] } of rows) {
      it(name, async () => {
        const host = await testHost()
        await host.sure(`rm -rf ${FOLDER}; mkdir ${FOLDER}`)
        const own = await host.shell(shell)
        await Promise.all(own.run([{ script: sh`umask 022; ${given ?? null}` }]))
        const links = await chain(steps)
        const outputs = await Promise.all(own.run(links))
        const rcs = NAMES.map((_, index) => (index < made ? 0 : HELD))
        expect(outputs.map(({ rc }) => rc)).to.deep.equal(rcs)
        const names = (steps.names ?? NAMES).slice(0, made)
        expect((await host.sure(`ls -A ${FOLDER}`)).split('\n').filter(Boolean)).to.have.members([...names, ...left])
        for (const [index, file] of names.entries()) {
          const content = Buffer.from(CONTENTS[index]!)
          expect(await host.sure(`base64 -w0 ${FOLDER}/./${file}`)).to.equal(content.toString('base64'))
          const status = readStatus(new Fields(outputs[index]!.stdout), 'status')
          const mode = steps.mode === null ? 0o644 : 0o640
          expect(status).to.include({ kind: 'file', mode, owner: 'root', group: 'root', size: content.length })
        }
      })
    }

    const shims: { name: string; shim: string; codes: string }[] = [
      {
        name: 'those behind one that can not be moved are not left there',
        shim: `/bin/mv "$2" "$3" "$5" ${FOLDER}/; exit 1`,
        codes: 'm0 0;m1 0;m2 256;m3 256;m4 256',
      },
      {
        name: 'a shell that is killed while they are moved leaves each as it was or whole',
        shim: `/bin/mv "$2" "$3" ${FOLDER}/; kill -9 "$PPID"`,
        codes: 'm0 256;m1 256;m2 256;m3 256;m4 256',
      },
    ]
    for (const { name, shim, codes } of shims) {
      it(name, async () => {
        const host = await testHost()
        await host.sure(`rm -rf ${FOLDER} ${SHIMS}; mkdir ${FOLDER} ${SHIMS}
cat >${SHIMS}/mv <<'END'\n#!/bin/sh\n${shim}\nEND\nchmod +x ${SHIMS}/mv`)
        const steps = (await chain({})).map((step, index) => ({ step, mark: `m${index}` }))
        const text = Buffer.concat([Buffer.from(`${PRELUDE}_chain=1\n`), await renderNewFiles(steps, 'm4')])
        const script = sh`${Blob.of(text)} | PATH=${SHIMS}:$PATH ${new Sh([SHELLS[shell]])} 2>/dev/null`
        const [output] = await Promise.all((await host.shell(shell)).run([{ script }]))
        const said = output!.stdout.toString().replaceAll(/status=[^\0]*\0/g, '')
        expect(said.slice(0, codes.length)).to.equal(codes)
        expect((await host.sure(`ls ${FOLDER}`)).trim().split('\n')).to.have.members(NAMES.slice(0, 2))
        for (const index of [0, 1]) {
          const content = await host.sure(`base64 -w0 ${FOLDER}/./${NAMES[index]}`)
          expect(content).to.equal(Buffer.from(CONTENTS[index]!).toString('base64'))
        }
      })
    }
  })
}

const SHIMS = '/tmp/new-files-shims'
