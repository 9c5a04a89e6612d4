import { expect } from 'chai'
import { runCase } from '../../conformance/language/run-case.ts'

const files = {
  'group_vars/all.yml':
    'base: "{{ server.adress }}"\nserver: {address: 10.0.0.1}\nbroken: "{{ 1 / 0 }}"\nhalf: "{{ 1 + }}"\n',
  'templates/uses.j2': 'line one\n{% for i in [1] %}\n  {{ i }} {{ base }}\n{% endfor %}\n',
  'templates/own.j2': 'a\nb {{ missing }}\n',
  'templates/includes.j2': 'x\n{% include "own.j2" %}\n',
  'templates/macro.j2': '{% macro m(a) %}\n{{ a.b.c }}\n{% endmacro %}\n{{ m(server) }}\n',
  'templates/open.j2': 'ok\n{% if x %}\n',
  'templates/type.j2': '\n{{ server | from_json }}\n',
}

/** A task (the first line is the playbook's fifth) → what the problem says, where it points, and the advice below it. */
const rows: readonly (readonly [task: string, says: string, place: string, advice?: string])[] = [
  [
    'debug: msg="{{ base }}"',
    "no attribute 'adress'",
    'group_vars/all.yml:1:11',
    '"address"?; it is in the variable "base"',
  ],
  ['debug: msg="a {{ broken }}"', 'division by zero', 'group_vars/all.yml:3:15', 'it is in the variable "broken"'],
  ['debug: msg="{{ half }}"', 'unexpected the end', 'group_vars/all.yml:4:15', 'it is in the variable "half"'],
  ['debug: msg="{{ srver }}"', "'srver' is undefined", 'playbook.yml:5:22', 'did you mean "server"?'],
  ['debug:\n    msg:\n      - fine\n      - "a {{ nowhere }}"', "'nowhere' is undefined", 'playbook.yml:8:19'],
  ['debug:\n    msg: |\n      first\n      second {{ nowhere }}', "'nowhere' is undefined", 'playbook.yml:8:21'],
  ['debug:\n    msg: |\n      first\n      second {{ 5 | nosuch }}', "No filter named 'nosuch'", 'playbook.yml:8:25'],
  ['debug: msg=x\n  when: server.adress', "no attribute 'adress'", 'playbook.yml:6:16', 'did you mean "address"?'],
  ['debug: msg=x\n  when: [true, 1 +]', 'unexpected the end', 'playbook.yml:6:24'],
  ['debug: msg=x\n  loop: "{{ nowhere }}"', "'nowhere' is undefined", 'playbook.yml:6:17'],
  ['debug: msg="{{ a }}"\n  vars: {a: "{{ b }}", b: "{{ a }}"}', 'a → b → a', 'playbook.yml:6:18'],
  ['template: {src: uses.j2, dest: out}', "no attribute 'adress'", 'group_vars/all.yml:1:11', 'the variable "base"'],
  ['template: {src: own.j2, dest: out}', "'missing' is undefined", 'templates/own.j2:2:6'],
  ['template: {src: includes.j2, dest: out}', "'missing' is undefined", 'templates/own.j2:2:6'],
  ['template: {src: macro.j2, dest: out}', "no attribute 'b'", 'templates/macro.j2:2:4'],
  ['template: {src: open.j2, dest: out}', "'endif' is missing", 'templates/open.j2:2:11'],
  ['template: {src: type.j2, dest: out}', 'from_json takes text', 'templates/type.j2:2:13'],
]

describe('a problem in a template tells where it is', () => {
  for (const [task, says, place, advice = ''] of rows) {
    it(`${place}: ${task.replaceAll('\n', '↵')}`, async () => {
      const head = '---\n- hosts: localhost\n  gather_facts: false\n  tasks:\n'
      const playbook = `${head}${`- ${task}`.replace(/^/gm, '    ')}\n`
      const answer = await runCase({ name: task, files, playbook }, 'localhost ansible_connection=local\n')
      const problems = answer.events.flatMap((entry) => ('play' in entry ? [] : [String(entry.result?.problem)]))
      const [problem = ''] = problems
      expect(problem).to.include(says)
      expect(problem).to.include(`at {here}/${place}\n`)
      expect(problem).to.include(advice)
    })
  }
})
