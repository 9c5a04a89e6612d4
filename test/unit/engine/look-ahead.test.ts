import { expect } from 'chai'
import fc from 'fast-check'
import type { Event } from '../../../src/kernel/event.ts'
import { MACHINES, observed, playEvents, playTwice } from '../../support/play.ts'

/**
 * Looking ahead, and applying ahead, must not be seen: random plays, whose later tasks see what earlier ones change on this host and
 * on others, give the same results one task at a time.
 */
describe('looking ahead', () => {
  const path = fc.constantFrom('a', 'b', 'c').map((name) => `@FOLDER@/host/${name}`)
  const value = fc.constantFrom('1', '2')
  const condition = fc.constantFrom(
    'true',
    'r is defined',
    'r is changed',
    'r.stat.exists | default(false)',
    "inventory_hostname == 'h1'",
    "inventory_hostname == 'h2'",
  )
  const base = fc.oneof(
    fc.record({ path, value }).map((given) => `copy: { content: "${given.value}", dest: "${given.path}" }`),
    path.map((dest) => `file: { path: "${dest}", state: absent }`),
    path.map((dest) => `file: { path: "${dest}", state: touch, access_time: preserve, modification_time: preserve }`),
    path.map((at) => `stat: { path: "${at}" }`),
    path.map((at) => `shell: cat ${at} 2>/dev/null || true`),
    fc
      .record({ path, value })
      .map((given) => `lineinfile: { path: "${given.path}", line: "${given.value}", create: true }`),
    value.map((fact) => `set_fact: { v: "${fact}" }`),
    path.map((dest) => `copy: { content: "{{ v | default('0') }}", dest: "${dest}" }`),
    path.map((dest) => `copy: { content: "{{ r.stat.exists | default(r.changed | default('0')) }}", dest: "${dest}" }`),
    fc.record({ path, value }).map((given) => `shell: echo ${given.value} >>${given.path}`),
    path.map((at) => `command: rm ${at}`),
    path.map((at) => `shell: echo {{ item | default('none') }} >>${at}`),
    path.map((dest) => `copy: { content: "{{ item | default('none') }}", dest: "${dest}{{ item | default('') }}" }`),
    fc.constant('set_fact: { v: "{{ r.stat.exists | default(v) }}" }'),
    fc.constant(`assert: { that: [ "v | default('1') == '1'", r is not changed ] }`),
    fc.constant('include_tasks: more.yml'),
  )
  /** What is included: it sees the same, and changes the same. */
  const MORE = `
- stat: { path: "@FOLDER@/host/a" }
  register: r
- copy: { content: "{{ r.stat.exists }}", dest: "@FOLDER@/host/b" }
- shell: cat @FOLDER@/host/b >>@FOLDER@/host/c
`
  const more = fc.record({
    register: fc.option(fc.constant('r'), { nil: null }),
    when: fc.option(condition, { nil: null }),
    notify: fc.option(fc.constant('h'), { nil: null }),
    run_once: fc.option(fc.constant('true'), { nil: null, freq: 6 }),
    delegate_to: fc.option(fc.constant('h1'), { nil: null, freq: 6 }),
    loop: fc.option(fc.constantFrom('[1, 2]', '[1, 2, 1]'), { nil: null, freq: 3 }),
    ignore_errors: fc.constant('true'),
  })
  const task = fc.tuple(base, more).map(([action, keywords]) => {
    const isInclude = action.startsWith('include_tasks')
    const given = Object.entries(keywords).filter(
      ([name, text]) => text !== null && !(isInclude && ['delegate_to', 'notify'].includes(name)),
    )
    return [`    - ${action}`, ...given.map(([name, text]) => `      ${name}: ${text}`)].join('\n')
  })
  const plays = fc
    .array(task, { minLength: 1, maxLength: 8 })
    .map(
      (tasks) =>
        `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('\n')}\n  handlers:\n    - name: h\n      copy: { content: "h", dest: "@FOLDER@/host/a" }\n`,
    )

  const RESCUED = `
- hosts: all
  gather_facts: false
  tasks:
    - stat: { path: "@FOLDER@/host" }
    - block:
        - copy: { content: "1", dest: "@FOLDER@/host/a" }
        - command: "false"
          when: inventory_hostname == 'h2'
      rescue:
        - copy: { content: "r", dest: "@FOLDER@/host/b" }
          delegate_to: h1
    - copy: { content: "after", dest: "@FOLDER@/host/b" }
    - copy: { content: "x", dest: "@FOLDER@/host/c" }
`
  it('waits behind a block for what the rescue of another host does here', async () => {
    const all = ['-c', MACHINES, '-f', '1']
    const ahead = observed(await playEvents({ 'play.yml': RESCUED }, all, 'h1,h2'))
    expect(ahead).to.deep.equal(
      observed(await playEvents({ 'play.yml': RESCUED }, [...all, '--one-at-a-time'], 'h1,h2')),
    )
    expect(ahead.slice(-2)).to.deep.equal(['  h1  changed content', '  h2  changed content'])
  })

  const DELEGATED = `
- hosts: all
  gather_facts: false
  tasks:
    - stat: { path: "@FOLDER@/host" }
    - copy: { content: "1", dest: "@FOLDER@/host/a" }
    - file: { path: "@FOLDER@/host/b", state: absent }
      delegate_to: h1
      when: inventory_hostname == 'h2'
    - copy: { content: "1", dest: "@FOLDER@/host/b" }
`
  it('waits for what another host does here in a task that this one skips', async () => {
    const ahead = observed(await playEvents({ 'play.yml': DELEGATED }, ['-c', MACHINES, '-f', '1'], 'h1,h2'))
    expect(ahead.slice(-6, -3)).to.deep.equal(['task file', '  h1  skipped ', '  h2  ok '])
  })

  const ENDED = `
- hosts: all
  gather_facts: false
  tasks:
    - stat: { path: "@FOLDER@/host" }
    - copy: { content: "1", dest: "@FOLDER@/host/{{ '' if inventory_hostname == 'h1' else 'nowhere/' }}a" }
      any_errors_fatal: true
    - copy: { content: "never", dest: "@FOLDER@/host/b" }
`
  const SEEN = `
- hosts: h1
  gather_facts: false
  tasks:
    - file: { path: "@FOLDER@/host/b", state: absent }
`
  it('applies nothing that the failure of another host may take away', async () => {
    const files = [{ 'play.yml': ENDED }, { 'play.yml': SEEN }] as const
    const { first, second } = await playTwice(...files, ['-c', MACHINES, '-f', '1'], 'h1,h2')
    expect(observed(first).slice(-3)).to.deep.equal(['task copy', '  h1  changed content', '  h2  failed content'])
    expect(observed(second)).to.deep.equal(['task file', '  h1  ok '])
  })

  const worlds: { name: string; hosts: string; args: readonly string[] }[] = [
    { name: 'one host', hosts: 'h1,', args: [] },
    { name: 'two names of one machine', hosts: 'h1,h2', args: [] },
    { name: 'two machines', hosts: 'h1,h2', args: ['-c', MACHINES] },
  ]
  for (const { name, hosts, args } of worlds) {
    it(`gives what one task at a time gives: ${name}`, async function () {
      this.timeout(120_000)
      await fc.assert(
        fc.asyncProperty(plays, async (text) => {
          // One worker, so that the order of hosts within a task is the same in both runs.
          const all = [...args, '-f', '1']
          const files = { 'play.yml': text, 'more.yml': MORE }
          const ahead = seen(await playEvents(files, all, hosts))
          const plain = seen(await playEvents(files, [...all, '--one-at-a-time'], hosts))
          expect(ahead).to.deep.equal(plain)
        }),
        { numRuns: 60 },
      )
    })
  }
})

/** What users see, and what commands printed: the content of files. */
function seen(events: readonly Event[]): unknown[] {
  return [...observed(events), ...events.map((event) => (event.type === 'host-result' ? event.result.stdout : null))]
}
