import { expect } from 'chai'
import { type Inventory, joined } from '../../../src/inventory/inventory.ts'
import { loadInventory, refreshInventory } from '../../../src/inventory/load.ts'
import { pythonLiteral } from '../../../src/inventory/python-literal.ts'
import { pythonJson, pythonText } from '../../../src/inventory/python-text.ts'
import { shellWords } from '../../../src/inventory/shell-words.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'
import type { Value } from '../../../src/kernel/value.ts'
import { show, tableFiles } from '../language/project.ts'
import { inventoryIo } from './io.ts'

type Table = { readonly [path: string]: string }

function load(table: Table, sources = ['/i/hosts'], playbook: string | null = null): Promise<Inventory> {
  return loadInventory(sources, inventoryIo(tableFiles(table)), playbook)
}

describe('pythonLiteral', () => {
  const rows: [string, unknown][] = [
    ['1', '1'],
    ['-5', '-5'],
    ['0x1f', '31'],
    ['1_000', '1000'],
    ['0644', undefined],
    ['00', '0'],
    ['1.0', '1.0'],
    ['1e3', '1000.0'],
    ['123456789012345678901', '123456789012345678901'],
    ['True', 'True'],
    ['true', undefined],
    ['None', 'None'],
    ['"a b"', 'a b'],
    ["'it\\'s'", "it's"],
    ["'a' 'b'", 'ab'],
    ["r'\\n'", '\\n'],
    ["'\\x41\\u00e9\\n'", 'Aé\n'],
    ["'''a\nb'''", 'a\nb'],
    ['[1, "x", [True]]', "[1, 'x', [True]]"],
    ['[]', '[]'],
    ['[1,]', '[1]'],
    ['[1 2]', undefined],
    ['(1, 2)', '(1, 2)'],
    ['(1,)', '(1,)'],
    ['(1)', '1'],
    ['()', '()'],
    ['1, 2', '(1, 2)'],
    ["{'a': 1, 2: None}", "{'a': 1, 2: None}"],
    ["{'a'}", "{'a'}"],
    ['{}', '{}'],
    ['hello', undefined],
    ['a b', undefined],
    ['10.0.0.1', undefined],
    ['1 # comment', '1'],
    ['"open', undefined],
    ['[1', undefined],
    ['', undefined],
    [' 1', undefined],
    ['{{ x }}', undefined],
    ['web-1', undefined],
  ]
  for (const [text, want] of rows) {
    it(JSON.stringify(text), () => {
      const value = pythonLiteral(text)
      expect(value === undefined ? undefined : pythonText(value as Value)).to.equal(want)
    })
  }
  it('deep nesting is no literal', () => expect(pythonLiteral('['.repeat(5000))).to.equal(undefined))
})

describe('shellWords', () => {
  const rows: [string, string[] | null][] = [
    ['a b  c', ['a', 'b', 'c']],
    ['a="b c" d', ['a=b c', 'd']],
    ["a='b \"c'", ['a=b "c']],
    ['a=\\"x\\"', ['a="x"']],
    ['a # comment', ['a']],
    ['a#b c', ['a']],
    ['"a # b"', ['a # b']],
    ['a=""', ['a=']],
    ['a="b', null],
    ['a="\\n\\\\"', ['a=\\n\\']],
  ]
  for (const [line, want] of rows) it(line, () => expect(shellWords(line)).to.deep.equal(want))
})

describe('pythonJson', () => {
  it('prints as json.dumps does', () => {
    const value = new Map<Value, Value>([
      ['b', [1, 'é', null]],
      ['a', new Map()],
      ['c', []],
    ])
    expect(pythonJson(value)).to.equal(
      '{\n    "a": {},\n    "b": [\n        1,\n        "é",\n        null\n    ],\n    "c": []\n}',
    )
  })
})

describe('inventory: variables by level', () => {
  const table: Table = {
    '/i/hosts': '[all:vars]\nv=1\n[parent:children]\nchild\n[child]\nh v=6\n[child:vars]\nv=2\n',
    '/i/group_vars/all.yml': 'v: 3\nonly_all: x\n',
    '/p/group_vars/all/a.yml': 'v: 4\n',
    '/i/group_vars/child': 'v: 5\n',
    '/i/group_vars/parent.yml': 'v: parent\n',
    '/p/group_vars/child.yml': 'v: 5.5\n',
    '/i/host_vars/h.yml': 'v: 7\n',
    '/p/host_vars/h.json': '{"v": 8}',
  }
  it('all levels, lowest first', async () => {
    const inventory = await load(table, ['/i/hosts'], '/p')
    expect(inventory.levelsOf('h').map(({ name, vars }) => [name, vars.get('v')])).to.deep.equal([
      ['inventory file group vars', 2],
      ['inventory group_vars/all', 3],
      ['playbook group_vars/all', 4],
      ['inventory group_vars/*', 5],
      ['playbook group_vars/*', 5.5],
      ['inventory file host vars', 6],
      ['inventory host_vars/*', 7],
      ['playbook host_vars/*', 8],
    ])
    expect(inventory.layersOf('h')[0]?.get('v')).to.equal(8)
  })

  const rows: [string, string, unknown][] = [
    ['a child wins over its parent', '[a:children]\nb\n[b]\nh\n[a:vars]\nv=a\n[b:vars]\nv=b\n', 'b'],
    ['the later name wins among equals', '[a]\nh\n[b]\nh\n[a:vars]\nv=a\n[b:vars]\nv=b\n', 'b'],
    ['priority wins among equals', '[a]\nh\n[b]\nh\n[a:vars]\nv=a\nansible_group_priority=10\n[b:vars]\nv=b\n', 'a'],
    ['the host wins', '[a]\nh v=h\n[a:vars]\nv=a\n', 'h'],
    ['a template stays one', '[a]\nh v="{{ x }}"\n', '{{ x }}'],
  ]
  for (const [name, text, want] of rows) {
    it(name, async () =>
      expect(show(joined([...(await load({ '/i/hosts': text })).layersOf('h')].reverse()).get('v'))).to.equal(want),
    )
  }
})

describe('inventory: sources', () => {
  const rows: [string, Table, string[], string[]][] = [
    ['several', { '/a': 'x\n', '/b': '[g]\ny\n' }, ['/a', '/b'], ['x', 'y']],
    [
      'a folder, in order, without what is no inventory',
      {
        '/i/20.yml': 'all: {hosts: {b: }}',
        '/i/10': 'a\n',
        '/i/x.ini': 'c\n',
        '/i/.h': 'd\n',
        '/i/r.md': '# e',
        '/i/group_vars/all.yml': 'v: 1',
      },
      ['/i'],
      ['a', 'b'],
    ],
    ['a folder in a folder', { '/i/sub/h': 'a\n', '/i/z': 'b\n' }, ['/i'], ['a', 'b']],
    ['YAML without extension', { '/i': 'all:\n  hosts:\n    a:\n' }, ['/i'], ['a']],
    ['INI named .yml', { '/i.yml': '[g]\na\n' }, ['/i.yml'], ['a']],
    ['JSON', { '/i.json': '{"g": {"hosts": {"a": {"x": 1}}}}' }, ['/i.json'], ['a']],
    ['a list', {}, ['a,b,'], ['a', 'b']],
    ['nothing', {}, [], []],
    ['an empty YAML file', { '/i.yml': '---\n' }, ['/i.yml'], []],
  ]
  for (const [name, table, sources, want] of rows) {
    it(name, async () => expect((await load(table, sources)).all()).to.deep.equal(want))
  }

  it('a missing source is a warning', async () => {
    const io = inventoryIo(tableFiles({}))
    await loadInventory(['/nope'], io)
    expect(io.warnings).to.deep.equal(['unable to parse /nope as an inventory source: there is no such file'])
  })

  it('implicit localhost is local, and in no group', async () => {
    const inventory = await load({ '/i/hosts': 'a\n' })
    expect(inventory.hosts('localhost')).to.deep.equal(['localhost'])
    expect(inventory.layersOf('localhost')[0]?.get('ansible_connection')).to.equal('local')
    expect(inventory.groupsOf('localhost')).to.deep.equal([])
    expect(inventory.hosts('all')).to.deep.equal(['a'])
  })

  it('groups of a host', async () => {
    const inventory = await load({ '/i/hosts': 'u\n[p:children]\nc\n[c]\nh\n' })
    expect([inventory.groupsOf('h'), inventory.groupsOf('u')]).to.deep.equal([['c', 'p'], ['ungrouped']])
    expect(inventory.groups().get('p')).to.deep.equal(['h'])
  })
})

describe('inventory: limit and order', () => {
  const table = { '/i/hosts': '[g]\nb\na\nc\n', '/retry': 'a\nc\n' }
  const rows: [string, string | null, string[]][] = [
    ['g', null, ['b', 'a', 'c']],
    ['g', 'a', ['a']],
    ['g', '!a', ['b', 'c']],
    ['g', '@/retry', ['a', 'c']],
    ['g', '@/retry:!c', ['a']],
    ['g[0]', 'a', []],
  ]
  for (const [pattern, limit, want] of rows) {
    it(`${pattern} --limit ${limit}`, async () => expect((await load(table)).hosts(pattern, limit)).to.deep.equal(want))
  }
  it('a missing file of a limit', async () => {
    const inventory = await load(table)
    expect(() => inventory.hosts('g', '@nope')).to.throw('unable to find limit file nope')
  })
})

describe('inventory: changes while a run goes on', () => {
  it('add_host', async () => {
    const inventory = await load({ '/i/hosts': 'a\n' })
    const vars = new Map<Value, Value>([['x', 1]])
    expect(inventory.addHost('n', ['g'], vars)).to.equal(true)
    expect(inventory.addHost('n', ['g'], vars)).to.equal(false)
    expect([inventory.hosts('g'), inventory.groupsOf('n'), inventory.layersOf('n')[0]?.get('x')]).to.deep.equal([
      ['n'],
      ['g'],
      1,
    ])
  })
  it('group_by', async () => {
    const inventory = await load({ '/i/hosts': 'a\n' })
    expect(inventory.addToGroup('a', 'os_debian', ['os'])).to.equal(true)
    expect(inventory.addToGroup('a', 'os_debian', ['os'])).to.equal(false)
    expect(inventory.groupsOf('a')).to.deep.equal(['os', 'os_debian'])
  })
  it('what was added outlives a refresh', async () => {
    const io = inventoryIo(tableFiles({ '/i/hosts': 'a\n' }))
    const inventory = await loadInventory(['/i/hosts'], io)
    inventory.addHost('n', ['g'], new Map())
    await refreshInventory(inventory, ['/i/hosts'], { ...io, files: tableFiles({ '/i/hosts': 'b\n' }) })
    expect([inventory.all(), inventory.hosts('g')]).to.deep.equal([['b', 'n'], ['n']])
  })
})

describe('inventory: problems', () => {
  const rows: [string, Table, RegExp][] = [
    ['an unknown section', { '/i/hosts': '[g:hots]\n' }, /^inventory.ini 1:1 .*unknown type: hots/],
    ['a section with a space', { '/i/hosts': 'a\n[my group]\n' }, /^inventory.ini 2:1 invalid section entry/],
    ['vars of no group', { '/i/hosts': 'a\n[g:vars]\nx=1\n' }, /^inventory.ini 2:1 section \[g:vars\] not valid/],
    ['an undefined child', { '/i/hosts': '[g:children]\nc\n' }, /^inventory.ini 2:1 .*undefined group: c/],
    ['no key=value', { '/i/hosts': 'a b\n' }, /^inventory.ini 1:1 expected key=value host variable assignment, got: b/],
    ['an open quote', { '/i/hosts': 'a x="b\n' }, /^inventory.ini 1:1 error parsing/],
    ['no variable', { '/i/hosts': '[g]\n[g:vars]\nx\n' }, /^inventory.ini 3:1 expected key=value/],
    ['a colon at the end', { '/i/hosts': '[g]\nhost:\n' }, /^inventory.ini 2:1 invalid host pattern 'host:'/],
    ['a range without an end', { '/i/hosts': 'a[1:]\n' }, /^inventory.range .*must say where it ends/],
    ['a range of unequal length', { '/i/hosts': 'a[01:100]\n' }, /^inventory.range .*equally long/],
    ['a cycle', { '/i/hosts': '[a:children]\nb\n[b:children]\na\n' }, /^inventory.cycle/],
    [
      'hosts as a list',
      { '/i/hosts': 'all:\n  hosts:\n  - a\n' },
      /^inventory.yaml 2:3 the "hosts" of group "all" must be a dict/,
    ],
    ['a host that is a number', { '/i/hosts': 'all:\n  hosts:\n    5:\n' }, /^inventory.yaml 3:5/],
    ['variables that are text', { '/i/hosts': 'all:\n  hosts:\n    a: x\n' }, /^inventory.yaml 3:5/],
    ['an unknown plugin', { '/i/hosts': 'plugin: aws_ec2\n' }, /^inventory.plugin 1:1/],
    ['vars that are no dict', { '/i/hosts': 'a\n', '/i/group_vars/all.yml': '- x\n' }, /^vars.type 1:1/],
  ]
  for (const [name, table, want] of rows) {
    it(name, async () => {
      const shown = await load(table)
        .then((inventory) => String(inventory.layersOf('a').length))
        .catch((error: unknown) => {
          const [problem] = problemsOf(error) ?? []
          if (problem === undefined) throw error
          const at = problem.at === undefined ? '' : ` ${problem.at.line}:${problem.at.column}`
          return `${problem.code}${at} ${problem.detail}`
        })
      expect(shown).to.match(want)
    })
  }

  it('bad YAML in a file named .yml', async () => {
    const failed = await load({ '/i.yml': 'all:\n\thosts:\n' }, ['/i.yml']).catch(
      (error: unknown) => problemsOf(error)?.[0]?.code,
    )
    expect(failed).to.equal('yaml.syntax')
  })

  it('a script that fails', async () => {
    const files = tableFiles({ '/bin/false': '#!x\n' })
    const failed = await loadInventory(['/bin/false'], inventoryIo(files)).catch(
      (error: unknown) => problemsOf(error)?.[0]?.message,
    )
    expect(failed).to.match(/"\/bin\/false --list" failed with status 1/)
  })
})
