import { expect } from 'chai'
import { knownHosts, sshConfig } from '../../../src/lab/access.ts'
import { labId, namesOf } from '../../../src/lab/names.ts'
import type { LabRecord } from '../../../src/lab/record.ts'
import { etcHosts } from '../../../src/lab/root.ts'
import type { LabHost } from '../../../src/lab/types.ts'

const LB: LabHost = { name: 'lb01', image: 'debian-13', octet: 11 }
const WEB: LabHost = { name: 'web01', image: 'debian-sid', octet: 254 }
const RECORD: LabRecord = {
  id: 'default-0123ab',
  name: 'default',
  project: '/srv/a project',
  network: '10.213.4',
  python: false,
  hosts: [LB, WEB],
  images: {},
}

describe('lab/names', () => {
  it('one folder and name always mean one id; another folder means another', () => {
    expect(labId('default', '/srv/a'))
      .to.match(/^default-[0-9a-f]{6}$/)
      .and.to.equal(labId('default', '/srv/a'))
    expect(labId('default', '/srv/b')).to.not.equal(labId('default', '/srv/a'))
  })
  it('links fit the kernel’s 15 characters, whatever the lab is called', () => {
    const names = namesOf(labId('a-name-of-forty-characters-is-the-longest', '/srv/a'))
    expect([names.bridge, names.host(WEB).link].map((link) => link.length <= 15)).to.deep.equal([true, true])
  })
  it('no name, address or id of two hosts is the same', () => {
    const names = namesOf('default-0123ab')
    const [one, other] = [names.host(LB), names.host(WEB)]
    const shared = Object.keys(one).filter((key) => one[key as keyof typeof one] === other[key as keyof typeof other])
    expect(shared).to.deep.equal([])
  })
  it('MAC addresses are local ones and no multicast', () => {
    expect(namesOf('default-0123ab').host(LB).mac).to.match(/^02(:[0-9a-f]{2}){4}:0b$/)
  })
})

describe('lab: what the lab writes', () => {
  it('known_hosts names every host by address and name', () => {
    const keys = ['ssh-ed25519 AAAA root@lb01\n', 'ssh-ed25519 BBBB root@web01\n']
    expect(knownHosts(RECORD, keys)).to.equal(
      '10.213.4.11,lb01 ssh-ed25519 AAAA\n10.213.4.254,web01 ssh-ed25519 BBBB\n',
    )
  })
  it('ssh_config is strict, and quotes a folder with spaces', () => {
    const config = sshConfig(RECORD, '/srv/a project/.provision/lab/default')
    expect(config).to.contain('Host web01\n  HostName 10.213.4.254\n')
    expect(config).to.contain('  IdentityFile "/srv/a project/.provision/lab/default/id_ed25519"\n')
    expect(config).to.contain('  StrictHostKeyChecking yes\n')
  })
  it('a host knows itself first, and every other host once', () => {
    expect(etcHosts(RECORD, WEB)).to.equal(
      '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n10.213.4.254 web01\n10.213.4.11 lb01\n',
    )
  })
})
