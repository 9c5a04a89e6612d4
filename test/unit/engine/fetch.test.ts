import { expect } from 'chai'
import { observed, playEvents } from '../../support/play.ts'

/** What happens in a task is told by the statuses of the tasks behind it. */
const rows: { name: string; tasks: string; want: string[] }[] = [
  {
    name: 'a large file, and again when it has changed',
    tasks: `
    - shell: head -c 3000000 /dev/urandom >@FOLDER@/big
    - fetch: { src: "@FOLDER@/big", dest: "@FOLDER@/got/", flat: true }
      register: got
    - assert:
        that:
          - got.checksum == lookup('pipe', 'sha1sum <@FOLDER@/got/big').split()[0]
          - got.md5sum == lookup('pipe', 'md5sum <@FOLDER@/big').split()[0]
    - fetch: { src: "@FOLDER@/big", dest: "@FOLDER@/got/", flat: true }
    - shell: echo more >>@FOLDER@/big
    - fetch: { src: "@FOLDER@/big", dest: "@FOLDER@/got/", flat: true }
    - command: cmp @FOLDER@/big @FOLDER@/got/big
    - command: find @FOLDER@/got -name '.*'
      register: left
    - assert: { that: "left.stdout == ''" }`,
    want: ['changed', 'changed', 'ok', 'ok', 'changed', 'changed', 'changed', 'changed', 'ok'],
  },
  {
    name: 'an empty file',
    tasks: `
    - copy: { content: "", dest: "@FOLDER@/empty" }
    - fetch: { src: "@FOLDER@/empty", dest: "@FOLDER@/got" }
    - command: test -f @FOLDER@/got/h1@FOLDER@/empty`,
    want: ['changed', 'changed', 'changed'],
  },
  {
    name: 'to what a link at its place points to',
    tasks: `
    - file: { src: target, dest: "@FOLDER@/link", state: link, force: true }
    - copy: { content: old, dest: "@FOLDER@/target" }
    - copy: { content: new, dest: "@FOLDER@/new" }
    - fetch: { src: "@FOLDER@/new", dest: "@FOLDER@/link", flat: true }
    - command: cmp @FOLDER@/new @FOLDER@/target
    - command: test -L @FOLDER@/link`,
    want: ['changed', 'changed', 'changed', 'changed', 'changed', 'changed'],
  },
  {
    name: 'to a device',
    tasks: `
    - copy: { content: new, dest: "@FOLDER@/new" }
    - fetch: { src: "@FOLDER@/new", dest: /dev/null, flat: true }
    - command: test -c /dev/null`,
    want: ['changed', 'changed', 'changed'],
  },
  {
    name: 'what is not there, and a folder',
    tasks: `
    - fetch: { src: "@FOLDER@/none", dest: "@FOLDER@/got" }
      ignore_errors: true
    - fetch: { src: "@FOLDER@/none", dest: "@FOLDER@/got", fail_on_missing: false }
    - fetch: { src: "@FOLDER@", dest: "@FOLDER@/got" }
      ignore_errors: true
    - command: test ! -e @FOLDER@/got`,
    want: ['failed', 'ok', 'failed', 'changed'],
  },
]

describe('fetch', function () {
  this.timeout(60_000)
  for (const { name, tasks, want } of rows) {
    it(name, async () => {
      const play = { 'play.yml': `- hosts: all\n  gather_facts: false\n  tasks:${tasks}\n` }
      const results = observed(await playEvents(play)).filter((line) => line.startsWith('  h1'))
      expect(results.map((line) => line.split(' ').find((word) => STATUSES.has(word)))).to.deep.equal(want)
    })
  }
})

const STATUSES = new Set(['ok', 'changed', 'failed', 'skipped', 'unknown'])
