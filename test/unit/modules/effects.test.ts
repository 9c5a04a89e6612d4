import { expect } from 'chai'

/** An apply that another host's probe can notice, at once or by what was waited for, voids what that host has been asked before. */
const SEEN_BY_OTHERS = ['command', 'iptables', 'mysql_db', 'package', 'service', 'sysctl', 'ufw', 'uri', 'wait_for']
const SEEN_BY_ITS_HOST = ['copy', 'file', 'group', 'lineinfile', 'template', 'user']

describe('who sees what a module applies', () => {
  const rows = [
    ...SEEN_BY_OTHERS.map((name) => ({ name, want: 'network' })),
    ...SEEN_BY_ITS_HOST.map((name) => ({ name, want: 'host' })),
  ]
  for (const { name, want } of rows) {
    it(`${name}: ${want}`, async () => {
      const { module } = await import(`../../../src/modules/${name}.ts`)
      expect(module.effects).to.equal(want)
    })
  }
})
