import { expect } from 'chai'
import { module } from '../../src/modules/assemble.ts'
import { openCase } from '../support/case.ts'
import { SHELL_NAMES } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const CHANGED = /^the fragments in \/t\/d have changed since they were looked at$/

/** What happens to the fragments between the probe and the apply. */
const rows: { name: string; regexp?: string; meanwhile: string; want: RegExp }[] = [
  { name: 'one has changed', meanwhile: 'echo c >d/2', want: CHANGED },
  { name: 'one has come', meanwhile: 'echo c >d/3', want: CHANGED },
  { name: 'one has gone', meanwhile: 'rm d/2', want: CHANGED },
  { name: 'one that a pattern took has changed', regexp: '[12]', meanwhile: 'echo c >d/2', want: CHANGED },
  { name: 'one that a pattern took has gone', regexp: '[12]', meanwhile: 'rm d/1', want: /d\/1: No such file/ },
]

for (const shell of SHELL_NAMES) {
  describe(`fragments that change under ${shell}`, function () {
    this.timeout(60_000)
    for (const { name, regexp, meanwhile, want } of rows) {
      it(`${name}: the file stays as it is`, async () => {
        const host = await testHost()
        const args = { src: '/t/d', dest: '/t/f', ...(regexp === undefined ? {} : { regexp }) }
        const given = 'mkdir d; echo a >d/1; echo b >d/2; echo old >f'
        const subject = await openCase(host, shell, module, { name, given, args, want: {} })
        try {
          await subject.arrange()
          const { observed } = await subject.observe(await subject.prepare())
          await host.sure(`cd /t; ${meanwhile}`)
          const output = await subject.send(observed.apply())
          expect(output.rc).to.not.equal(0)
          expect(observed.failure(output).message).to.match(want)
          await host.sure('cd /t; [ "$(cat f)" = old ]; [ "$(ls -A)" = "$(printf "d\\nf")" ]')
        } finally {
          await subject.close()
        }
      })
    }
  })
}
