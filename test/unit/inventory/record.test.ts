import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Inventory } from '../../../src/inventory/inventory.ts'
import { loadInventory } from '../../../src/inventory/load.ts'
import { printGraph, printHost, printList } from '../../../src/inventory/print.ts'
import type { Dict, Value } from '../../../src/kernel/value.ts'
import { diskFiles } from '../../../src/language/disk.ts'
import { defined, inventoryIo } from './io.ts'

const RECORD = new URL('./record/', import.meta.url).pathname
const recorded = (name: string) => readFileSync(RECORD + name, 'utf8').trimEnd()

const EXPRESSIONS = {
  "a ~ '-x'": (vars: Dict): Value => `${(defined(vars, 'a') as { value: number }).value}.0-x`,
  host: (vars: Dict): Value => defined(vars, 'host'),
  'true if (a is defined and a == 1.0) else false': (vars: Dict): Value => vars.has('a'),
  "true if ('d1' in inventory_hostname) else false": (vars: Dict): Value => vars.get('inventory_hostname') === 'd1',
  "{'k': host, 'e': ''}": (vars: Dict): Value =>
    new Map<Value, Value>([
      ['k', defined(vars, 'host')],
      ['e', ''],
    ]),
}

function load(name: string): Promise<Inventory> {
  const source = name.includes(',') ? name : RECORD + name
  return loadInventory(
    [source],
    inventoryIo(
      diskFiles((text) => text),
      EXPRESSIONS,
    ),
  )
}

describe('inventory: what ansible-inventory answered', () => {
  for (const name of ['ini', 'yaml', 'script', 'generator', 'a,b:22,[::1]:5,']) {
    const stem = name.replace(/[^a-z0-9]/g, '')
    it(`${name} --list`, async () => expect(printList(await load(name))).to.equal(recorded(`${stem}.list.json`)))
    it(`${name} --list --export`, async () => {
      expect(printList(await load(name), true)).to.equal(recorded(`${stem}.export.json`))
    })
    it(`${name} --graph --vars`, async () => {
      expect(printGraph(await load(name), 'all', true)).to.equal(recorded(`${stem}.graph.txt`))
    })
  }

  it('--host', async () => {
    const answer = JSON.parse(printHost(await load('ini'), 'db1'))
    expect(answer).to.deep.equal(JSON.parse(recorded('ini.list.json'))._meta.hostvars.db1)
  })

  it('--graph of one group, without variables', async () => {
    expect(printGraph(await load('ini'), 'dbs')).to.equal('@dbs:\n  |--db1')
  })

  it('--host of several', async () => {
    const inventory = await load('ini')
    expect(() => printHost(inventory, 'web')).to.throw('"web" means 6 hosts')
  })

  it('--graph of what is no group', async () => {
    const inventory = await load('ini')
    expect(() => printGraph(inventory, 'db1')).to.throw('there is no group "db1"')
  })
})

describe('host patterns: what ansible --list-hosts answered', () => {
  for (const line of recorded('patterns.answers.txt').split('\n')) {
    const [pattern, hosts] = line.split(' =>')
    it(line, async () => expect((await load('ini')).hosts(pattern!).join(' ')).to.equal(hosts!.trim()))
  }
})
