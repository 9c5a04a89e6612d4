import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { gatherScript, groupsOf, readFacts } from '../../../src/facts/gather.ts'
import { Fields } from '../../../src/kernel/fields.ts'
import type { Json } from '../../../src/kernel/json.ts'

const record = (name: string) => readFileSync(new URL(`record/${name}`, import.meta.url))

/** What moves between two looks at one host: only its shape is compared. */
const VOLATILE = /^(date_time|loadavg|memfree_mb|memory_mb|uptime_seconds|mounts)$/

/** Lists whose order means nothing: Ansible's is that of a Python set or of a folder. */
const UNORDERED = /^(interfaces|virtualization_tech_guest|virtualization_tech_host)$/

describe('facts against Ansible’s own, of the same host at the same time', () => {
  const oracle = (JSON.parse(record('setup.json').toString('utf8')) as { ansible_facts: { [name: string]: Json } })
    .ansible_facts
  const facts = readFacts(new Fields(record('probe.bin')), groupsOf(['all']))

  for (const [name, expected] of Object.entries(oracle)) {
    if (!name.startsWith('ansible_')) continue
    const fact = name.slice('ansible_'.length)
    it(fact, () => {
      if (VOLATILE.test(fact)) expect(shapeOf(facts[fact])).to.deep.equal(shapeOf(expected))
      else if (UNORDERED.test(fact)) expect(facts[fact]).to.have.members(expected as Json[])
      else expect(facts[fact]).to.deep.equal(expected)
    })
  }

  it('gives no fact that Ansible does not know', () => {
    const unknown = Object.keys(facts).filter((fact) => oracle[`ansible_${fact}`] === undefined)
    expect(unknown).to.deep.equal([])
  })
})

describe('gather_subset', () => {
  const rows: readonly { name: string; given: readonly string[]; has: readonly string[]; hasNot: readonly string[] }[] =
    [
      { name: 'all', given: ['all'], has: ['platform', 'hardware', 'network', 'virtual', 'local'], hasNot: [] },
      {
        name: 'the minimum stays without all',
        given: ['!all'],
        has: ['platform', 'env'],
        hasNot: ['hardware', 'network'],
      },
      { name: 'nothing at all', given: ['!all', '!min'], has: [], hasNot: ['platform', 'env', 'hardware'] },
      { name: 'one group and the minimum', given: ['network'], has: ['network', 'platform'], hasNot: ['hardware'] },
      { name: 'all but one', given: ['all', '!hardware'], has: ['network'], hasNot: ['hardware'] },
      { name: 'what is named stays', given: ['!all', '!min', 'env'], has: ['env'], hasNot: ['platform'] },
      { name: 'a fact stands for its group', given: ['!all', 'mounts'], has: ['hardware'], hasNot: ['network'] },
    ]
  for (const { name, given, has, hasNot } of rows) {
    it(name, () => {
      const groups = groupsOf(given)
      expect(has.filter((group) => !groups.has(group))).to.deep.equal([])
      expect(hasNot.filter((group) => groups.has(group))).to.deep.equal([])
    })
  }

  it('runs nothing for groups that nobody asked for', () => {
    const script = gatherScript(groupsOf(['!all', '!min', 'env']), '/etc/ansible/facts.d').text
    expect(script).to.not.match(/ip addr|vgs|lsb_release|\.fact/)
  })
})

/** Types in place of values; of a list of like things the first one's. */
function shapeOf(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]))
}
