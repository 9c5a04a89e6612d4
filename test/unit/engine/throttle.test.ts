import { expect } from 'chai'
import { playEvents } from '../../support/play.ts'

/** The command fails where another host is in it at the same time. */
const play = (strategy: string, throttle: string) => `
- hosts: all
  gather_facts: false
  strategy: ${strategy}
  tasks:
    - shell: mkdir @FOLDER@/lock && sleep 0.2 && rmdir @FOLDER@/lock
      ${throttle}
`

describe('throttle', function () {
  this.timeout(60_000)
  const rows: { name: string; strategy: string; throttle: string; failures: boolean }[] = [
    { name: 'one host at a time', strategy: 'linear', throttle: 'throttle: 1', failures: false },
    {
      name: 'one host at a time where each goes its own way',
      strategy: 'free',
      throttle: 'throttle: 1',
      failures: false,
    },
    { name: 'without it all at once', strategy: 'free', throttle: '', failures: true },
  ]
  for (const { name, strategy, throttle, failures } of rows) {
    it(name, async () => {
      const events = await playEvents({ 'play.yml': play(strategy, throttle) }, ['-f', '4'], 'h1,h2,h3,h4')
      const failed = events.filter((event) => event.type === 'host-result' && event.status === 'failed')
      expect(failed.length > 0).to.equal(failures)
    })
  }
})
