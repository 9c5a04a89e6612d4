import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { problemsOf } from '../../../src/kernel/problem.ts'
import type { Dict } from '../../../src/kernel/value.ts'
import { fromJson, toJson, VaultText } from '../../../src/kernel/value.ts'
import { jsonFileCache } from '../../../src/variables/fact-cache.ts'
import { provision } from '../../support/program.ts'

/** As Ansible 2.14 writes it. */
const WRITTEN = `{
    "_ansible_facts_gathered": true,
    "ansible_distribution": "Debian",
    "kept": "\\u00e9",
    "list": [
        1,
        2.5,
        null,
        true
    ],
    "safe": {
        "__ansible_unsafe": "{{ not rendered }}"
    },
    "vaulted": {
        "__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\\n00"
    }
}`

describe('the fact cache', () => {
  let folder: string
  let warned: string[]
  const cache = (settings: { prefix?: string; timeout?: number } = {}) =>
    jsonFileCache({ folder: join(folder, 'facts'), prefix: '', timeout: 100, ...settings }, (text) => warned.push(text))
  const place = (text: string, name = 'h1') => {
    cache()
    writeFileSync(join(folder, 'facts', name), text)
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-facts-'))
    warned = []
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('reads what Ansible has written', () => {
    place(WRITTEN)
    const facts = cache().of('h1').load()
    expect(facts.get('vaulted')).to.be.instanceOf(VaultText)
    facts.delete('vaulted')
    expect(toJson(facts)).to.deep.equal({
      _ansible_facts_gathered: true,
      ansible_distribution: 'Debian',
      kept: 'é',
      list: [1, 2.5, null, true],
      safe: '{{ not rendered }}',
    })
  })
  it('writes in the same form, for its owner alone', () => {
    const facts = fromJson({ b: { d: 1, c: [] }, a: 'é' }) as Dict
    cache({ prefix: 'p_' }).of('h1').save(facts)
    const file = join(folder, 'facts/p_h1')
    expect(readFileSync(file, 'utf8')).to.equal(
      '{\n    "a": "é",\n    "b": {\n        "c": [],\n        "d": 1\n    }\n}',
    )
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    expect(readdirSync(join(folder, 'facts'))).to.deep.equal(['p_h1'])
    expect(toJson(cache({ prefix: 'p_' }).of('h1').load())).to.deep.equal(toJson(facts))
  })
  const ages = [
    { name: 'young enough', timeout: 100, known: true },
    { name: 'too old', timeout: 50, known: false },
    { name: 'old, but kept for ever', timeout: 0, known: true },
  ]
  for (const { name, timeout, known } of ages) {
    it(`of a file that is ${name}`, () => {
      place('{"a": 1}')
      const then = Date.now() / 1000 - 75
      utimesSync(join(folder, 'facts/h1'), then, then)
      expect(cache({ timeout }).of('h1').load().has('a')).to.equal(known)
    })
  }
  for (const text of ['{"a": ', '[1]', '']) {
    it(`warns of ${JSON.stringify(text)} and takes it for nothing`, () => {
      place(text)
      expect(cache().of('h1').load().size).to.equal(0)
      expect(warned.join()).to.contain(join(folder, 'facts/h1'))
    })
  }
  it('forgets, and has no file outside its folder', () => {
    place('{"a": 1}')
    cache().of('h1').forget()
    cache()
      .of('../h2')
      .save(new Map([['a', 1]]))
    expect(readdirSync(join(folder, 'facts'))).to.deep.equal([])
    expect(readdirSync(folder)).to.deep.equal(['facts'])
  })
  it('needs a folder it can write to', () => {
    writeFileSync(join(folder, 'facts'), '')
    try {
      cache()
      expect.fail('no problem')
    } catch (error) {
      expect(problemsOf(error)?.map(({ code }) => code)).to.deep.equal(['facts.cache'])
    }
  })

  it('serves the next run, until it is flushed', async () => {
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    const settings =
      'gathering = smart\nfact_caching = jsonfile\nfact_caching_connection = cache\nfact_caching_prefix = x_\n'
    write('ansible.cfg', `[defaults]\ninventory = hosts\n${settings}`)
    write('hosts', 'localhost ansible_connection=local\n')
    write(
      'first.yml',
      '- hosts: all\n  tasks:\n    - set_fact: { kept: "{{ ansible_distribution }}!", cacheable: true }\n',
    )
    write(
      'next.yml',
      '- hosts: all\n  tasks:\n    - debug: { msg: "{{ kept | default(\'none\') }} {{ ansible_facts.distribution }}" }\n',
    )
    const said = async (...args: string[]) =>
      (await provision(folder, ['playbook', '--output', 'plain', ...args])).stdout
    expect(await said('first.yml')).to.contain('Gathering Facts')
    expect(readdirSync(join(folder, 'cache'))).to.deep.equal(['x_localhost'])
    const next = await said('next.yml')
    expect(next).not.to.contain('Gathering Facts')
    expect(next).to.match(/"msg": "(\w+)! \1"/)
    const flushed = await said('next.yml', '--flush-cache')
    expect(flushed)
      .to.contain('Gathering Facts')
      .and.to.match(/"msg": "none \w+"/)
  })
})
