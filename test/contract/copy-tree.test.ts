import { expect } from 'chai'
import { lines, type Sh, sh } from '../../src/kernel/sh.ts'
import { module } from '../../src/modules/copy.ts'
import { type Case, openCase, resultOf } from '../support/case.ts'
import { type Host, SHELL_NAMES } from '../support/host.ts'
import type { Row } from '../support/rows.ts'
import { testHost } from '../support/test-host.ts'
import { readShims, shimmed } from './cut.ts'

const NAMES = Array.from({ length: 12 }, (_, index) => `f${index}`)
const FOLDERS = ['', 'old/', 'new/', 'new/one/']

/** Files that are there with other content, some folders, and new ones. */
const tree = (size: number): Row => ({
  name: 'a tree',
  given: `mkdir -p www/old; for each in ${NAMES.join(' ')}; do echo old >www/$each; echo old >www/old/$each; done`,
  files: Object.fromEntries(
    FOLDERS.flatMap((folder) =>
      NAMES.map((name) => [`files/site/${folder}${name}`, `${`${folder}${name}`.padEnd(size, '.')}\n`]),
    ),
  ),
  args: { src: 'site/', dest: '/t/www', mode: '0640' },
  want: {},
})

/** Where the commands of a host come from: as they are, without one of them, or with another's. */
const WITHOUT_TAR = sh`
  rm -rf /tmp/no-tar
  mkdir /tmp/no-tar
  for each in /usr/bin/*; do [ "$each" = /usr/bin/tar ] || ln -s "$each" /tmp/no-tar/; done
  PATH=/tmp/no-tar`
const BUSYBOX_TAR = sh`
  mkdir -p /tmp/busybox-tar
  ln -sf /usr/bin/busybox /tmp/busybox-tar/tar
  PATH=/tmp/busybox-tar:$PATH`

/** It fails when the reader of what is said has gone. */
const BROKEN_TAR = sh`
  mkdir -p /tmp/broken-tar
  printf '#!/bin/sh\ncat >/dev/null; sleep 0.3; echo broken >&2; exit 1\n' >/tmp/broken-tar/tar
  chmod +x /tmp/broken-tar/tar
  PATH=/tmp/broken-tar:$PATH`

for (const shell of SHELL_NAMES) {
  describe(`a copied tree under ${shell}`, function () {
    this.timeout(180_000)

    const rows: { name: string; size: number; path: Sh | null }[] = [
      { name: 'small', size: 20, path: null },
      { name: 'that comes in pieces', size: 10_000, path: null },
      { name: 'small, with the tar of busybox', size: 20, path: BUSYBOX_TAR },
      { name: 'that comes in pieces, with the tar of busybox', size: 10_000, path: BUSYBOX_TAR },
      { name: 'without tar', size: 20, path: WITHOUT_TAR },
    ]
    for (const { name, size, path } of rows) {
      it(`is whole: one ${name}`, async () => {
        await holding(await testHost(), tree(size), async (host, subject) => {
          await apply(subject, path)
          const sizes = await host.sure('cd /t/www; find . -type f -exec stat -c "%s %a" {} + | sort | uniq -c')
          expect(sizes.trim()).to.equal(`48 ${size + 1} 640`)
          expect(await host.sure('find /t -name ".provision*"')).to.equal('')
        })
      })
    }

    it('cut before any of its commands, has each file as it was or whole, and the next run makes the rest', async () => {
      await holding(await testHost(), tree(20), async (host, subject) => {
        await apply(subject, await shimmed(host, 0))
        const { commands } = await readShims(host)
        expect(commands).to.be.within(8, 25)
        for (let at = 1; at <= commands; at++) {
          await subject.arrange()
          const { observed } = await subject.observe(await subject.prepare())
          await subject.send(lines([await shimmed(host, at), observed.apply()]))
          const sizes = await host.sure(
            'find /t/www -name ".provision*" -prune -o -type f -exec stat -c %s {} + | sort -u',
          )
          expect(['21', '4', '21\n4'], `cut before command ${at}`).to.include(sizes.trim())
          await apply(subject, null)
          const again = await subject.observe(await subject.prepare())
          expect(again.observed.changes).to.deep.equal([])
        }
      })
    })

    it('is as it was when one of its folders can not be written', async () => {
      await holding(await testHost(), tree(20), async (host, subject) => {
        const { observed } = await subject.observe(await subject.prepare())
        await host.sure('chown -R daemon /t; rm -rf /t/www/old; : >/t/www/old')
        const output = await subject.send(observed.apply())
        expect(output.rc).to.not.equal(0)
        expect(output.stderr.toString()).to.match(/^mkdir: .*\.\/old\/\.provision.*Not a directory\n$/)
        expect(await host.sure('cat /t/www/f? | sort -u; find /t -name ".provision*"')).to.equal('old\n')
      })
    })

    it('leaves nothing behind when nobody hears any more what went wrong', async () => {
      await holding(await testHost(), tree(20), async (host, subject) => {
        const { observed } = await subject.observe(await subject.prepare())
        await subject.send(lines([BROKEN_TAR, sh`{`, observed.apply(), sh`} 2>&1 | :`]))
        expect(await host.sure('cat /t/www/f? | sort -u; find /t -name ".provision*"')).to.equal('old\n')
      })
    })

    async function holding(host: Host, row: Row, test: (host: Host, subject: Case) => Promise<void>) {
      const subject = await openCase(host, shell, module, row)
      try {
        await subject.arrange()
        await test(host, subject)
      } finally {
        await subject.close()
      }
    }
  })
}

async function apply(subject: Case, before: Sh | null): Promise<void> {
  const prepared = await subject.prepare()
  const observed = prepared.observe(await subject.send(lines([before, prepared.probe])))
  if (observed.changes.length > 0) resultOf(observed, await subject.send(lines([before, observed.apply()])))
}
