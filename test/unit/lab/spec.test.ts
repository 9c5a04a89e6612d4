import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { checkSpec, DEFAULT_HOSTS, hostsOf } from '../../../src/lab/spec.ts'
import type { LabHost } from '../../../src/lab/types.ts'

const HOST: LabHost = { name: 'web01', image: 'debian-13', octet: 21 }

const INVENTORIES: { name: string; given: string; want: readonly LabHost[] }[] = [
  {
    name: 'hosts of several groups, the same host once',
    given: `
all:
  children:
    web: {hosts: {web01: {lab_image: debian-sid, ansible_host: 10.213.4.21}, web02: {lab_image: debian-12, ansible_host: 10.0.0.22}}}
    db: {hosts: {web01:}}
`,
    want: [
      { name: 'web01', image: 'debian-sid', octet: 21 },
      { name: 'web02', image: 'debian-12', octet: 22 },
    ],
  },
  {
    name: 'an address whose network is a template',
    given: `
all:
  children:
    lb: {hosts: {lb01: {ansible_host: "{{ lookup('file', '.provision/lab/default/network') }}.11"}}}
`,
    want: [{ name: 'lb01', image: 'debian-13', octet: 11 }],
  },
  { name: 'an inventory without hosts means the three default ones', given: 'all: {}\n', want: DEFAULT_HOSTS },
]

const REFUSED: { name: string; given: { name?: string; hosts?: readonly LabHost[] }; want: readonly string[] }[] = [
  { name: 'a name that no file should have', given: { name: '../x' }, want: ['lab.name'] },
  { name: 'no hosts', given: { hosts: [] }, want: ['lab.spec'] },
  { name: 'a host name that hosts cannot have', given: { hosts: [{ ...HOST, name: 'web_01' }] }, want: ['lab.spec'] },
  { name: 'the bridge’s address', given: { hosts: [{ ...HOST, octet: 1 }] }, want: ['lab.spec'] },
  { name: 'no address', given: { hosts: [{ ...HOST, octet: Number.NaN }] }, want: ['lab.spec'] },
  { name: 'one address twice', given: { hosts: [HOST, { ...HOST, name: 'web02' }] }, want: ['lab.spec'] },
  {
    name: 'all problems at once',
    given: { name: '', hosts: [{ ...HOST, octet: 999 }] },
    want: ['lab.name', 'lab.spec'],
  },
]

describe('lab/spec: hosts of an inventory', () => {
  for (const { name, given, want } of INVENTORIES) {
    it(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lab-'))
      writeFileSync(join(folder, 'hosts.yml'), given)
      const hosts = await hostsOf(join(folder, 'hosts.yml'))
      rmSync(folder, { recursive: true })
      expect(hosts).to.deep.equal(want)
    })
  }
})

describe('lab/spec: what cannot be made is a problem', () => {
  for (const { name, given, want } of REFUSED) {
    it(name, () => {
      expect(
        problemsIn({ name: 'default', hosts: [HOST], python: false, ...given }).map(({ code }) => code),
      ).to.deep.equal(want)
    })
  }
  it('a misspelt image, with what was meant', () => {
    const image = 'debian-sidd' as LabHost['image']
    const [problem] = problemsIn({ name: 'default', hosts: [{ ...HOST, image }], python: false })
    expect([problem?.detail, problem?.hint]).to.deep.equal([
      'host "web01" wants the image "debian-sidd"',
      'did you mean "debian-sid"?',
    ])
  })
  it('the default hosts are none', () => {
    expect(problemsIn({ name: 'default', hosts: DEFAULT_HOSTS, python: true })).to.deep.equal([])
  })
})

function problemsIn(spec: Parameters<typeof checkSpec>[0]) {
  try {
    checkSpec(spec)
    return []
  } catch (error) {
    return problemsOf(error) ?? []
  }
}
