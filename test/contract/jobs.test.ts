import { expect } from 'chai'
import {
  cleanupScript,
  type JobPlace,
  type JobState,
  killScript,
  readStatus,
  startScript,
  statusScript,
} from '../../src/engine/async/job-script.ts'
import { Blob } from '../../src/kernel/blob.ts'
import { type Sh, sh } from '../../src/kernel/sh.ts'
import { type Host, SHELL_NAMES, SHELLS, type ShellName } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const ODD = 'it\'s "$HOME" `id`\nEND-j1.1\n\\'

/** Jobs of `async`, on a host and under each of its shells. */
describe('jobs', function () {
  this.timeout(60_000)
  SHELL_NAMES.forEach((name, index) => {
    describe(name, () => {
      const place = (id: string): JobPlace => ({ id, base: `/root/jobs ${index}` })
      let host: Host
      const run = async (script: Sh) => (await host.shell(name)).run([{ script }])[0]!
      const start = (at: JobPlace, script: Sh, limit = 60) =>
        run(startScript(at, { script, limit, shell: SHELLS[name satisfies ShellName], request: Blob.of(ODD) }))
      const ended = async (at: JobPlace): Promise<JobState> => {
        for (;;) {
          const state = readStatus(await run(statusScript(at)))
          if (state.state !== 'running') return state
        }
      }
      before(async () => {
        host = await testHost()
      })

      it('keeps what a script prints byte for byte, and its exit code', async () => {
        const script = sh`
          field name value
          ${Blob.of(ODD)}
          emit ${ODD} >&2
          exit 7`
        expect(await start(place('j1.1'), script)).to.include({ rc: 0 })
        const state = await ended(place('j1.1'))
        if (state.state !== 'ended') throw new Error(state.state)
        expect(state.output.rc).to.equal(7)
        expect(state.output.stdout.toString()).to.equal(`name=value\0${ODD}`)
        expect(state.output.stderr.toString()).to.equal(ODD)
        expect(state.request.toString()).to.equal(ODD)
      })
      it('is looked at without a trace, and taken away whole', async () => {
        const look = `cd '/root/jobs ${index}'; find . -printf '%p %m %s %T@\\n'; cat j1.1/rc`
        const before = await host.sure(look)
        await ended(place('j1.1'))
        expect(await host.sure(look)).to.equal(before)
        expect(before)
          .to.match(/^\. 700 /m)
          .and.match(/^\.\/j1\.1 700 /m)
        await run(cleanupScript(place('j1.1')))
        expect(await host.sure(`find '/root/jobs ${index}'`)).to.equal(`/root/jobs ${index}\n`)
        expect(await ended(place('j1.1'))).to.deep.equal({ state: 'missing' })
      })
      const ends: { name: string; limit: number; end: Sh }[] = [
        { name: 'by itself when its time is over', limit: 1, end: sh`:` },
        { name: 'when it is asked to', limit: 600, end: killScript(place('j2.2')) },
      ]
      for (const { name: how, limit, end } of ends) {
        it(`ends ${how}, with all its children`, async () => {
          const script = sh`
            trap 'sleep 0.2; rm /root/staged' 0
            emit x >/root/staged
            (sleep 600 & emit "$!" >/root/orphan)
            if ! (sleep 600 & emit "$!" >/root/child; wait); then emit x >/root/never; fi`
          await start(place('j2.2'), script, limit)
          await host.sure('until [ -s /root/child ]; do sleep 0.1; done')
          await run(end)
          expect(await ended(place('j2.2'))).to.deep.equal({ state: 'timeout' })
          await host.sure('[ ! -e /root/staged ]; [ ! -e /root/never ]')
          await host.sure(
            'for each in child orphan; do until ! kill -0 "$(cat /root/$each)"; do sleep 0.1; done; rm /root/$each; done',
          )
          await run(cleanupScript(place('j2.2')))
        })
      }
      it('that was killed is lost', async () => {
        await start(place('j3.3'), sh`sleep 600`)
        await host.sure(`until kill -9 "-$(cat '/root/jobs ${index}/j3.3/pid')"; do sleep 0.1; done`)
        expect(await ended(place('j3.3'))).to.deep.equal({ state: 'lost' })
        await run(cleanupScript(place('j3.3')))
      })
    })
  })
})
