import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { gatherScript, groupsOf } from '../../src/facts/gather.ts'
import { Fields } from '../../src/kernel/fields.ts'
import { FUNCTIONS } from '../../src/kernel/prelude.ts'
import { quote } from '../../src/kernel/sh.ts'
import { SHELLS } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const SCRIPT = `set -e\n${FUNCTIONS}\n${gatherScript(groupsOf(['!all', '!min', 'platform']), '/none').text}`

/** What stands before a command so that it sees another machine. */
const WAYS: readonly { name: string; way: string; calls: readonly string[] }[] = [
  { name: 'this kernel', way: '', calls: existsSync('/proc/sys/kernel/arch') ? [] : ['-nm'] },
  {
    name: 'a kernel that does not tell its architecture',
    way: `unshare -m sh -c 'mount --bind /dev/null /proc/sys/kernel/arch && exec "$@"' -`,
    calls: ['-nm'],
  },
  { name: 'another personality', way: 'setarch i686', calls: ['-nm'] },
]

describe('facts of the machine', function () {
  this.timeout(60_000)
  for (const { name, way, calls } of WAYS) {
    for (const [shell, command] of Object.entries(SHELLS)) {
      it(`are what uname says: ${name} (${shell})`, async () => {
        const host = await testHost()
        const told = await host.run(`
mkdir -p /run/laws-uname; printf '#!/bin/sh\\necho "$*" >>/run/laws-uname/calls\\nexec /usr/bin/uname "$@"\\n' >/run/laws-uname/uname
chmod 755 /run/laws-uname/uname
PATH=/run/laws-uname:$PATH ${way} ${command} -c ${quote(SCRIPT)}
field said "$(${way} uname -n) $(${way} uname -m)"
field calls "$(cat /run/laws-uname/calls 2>/dev/null)"; rm -r /run/laws-uname`)
        const fields = new Fields(told.stdout)
        expect(`${fields.text('.node')} ${fields.text('.machine')}`).to.equal(fields.text('said'))
        expect(fields.text('calls').split('\n').filter(Boolean)).to.deep.equal(calls)
      })
    }
  }
})
