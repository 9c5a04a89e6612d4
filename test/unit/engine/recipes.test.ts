import { expect } from 'chai'
import { playEvents } from '../../support/play.ts'

/** What a task is made into is shared by hosts and kept from before its turn: never where what it was made from has changed. */
describe('what tasks are made into', () => {
  const rows: { name: string; tasks: readonly string[]; play?: string; hosts?: string; want: readonly string[] }[] = [
    {
      name: 'hosts that say the same',
      tasks: ['command: echo {{ v }}'],
      want: ['h1: same', 'h2: same'],
    },
    {
      name: 'hosts that differ',
      tasks: ['command: echo {{ v }} {{ inventory_hostname }}'],
      want: ['h1: same h1', 'h2: same h2'],
    },
    {
      name: 'a variable that needs another one',
      tasks: ['set_fact: { name: "{{ inventory_hostname }}" }', 'command: echo {{ through }}'],
      want: ['h1: h1', 'h2: h2'],
    },
    {
      name: 'the items of a loop',
      tasks: ['command: echo {{ item }}\n      loop: [1, 2, 1]'],
      hosts: 'h1,',
      want: ['h1: 1', 'h1: 2', 'h1: 1'],
    },
    {
      name: 'a template, for hosts that differ in what it reads',
      tasks: [
        'template: { src: t.j2, dest: "@FOLDER@/{{ inventory_hostname }}" }',
        'command: cat @FOLDER@/{{ inventory_hostname }}',
      ],
      want: ['h1: <h1>', 'h2: <h2>'],
    },
    {
      name: 'a file of the controller that changes between two turns of a task',
      play: 'serial: 1',
      tasks: [
        'shell: echo {{ inventory_hostname }} > @FOLDER@/files/x',
        'copy: { src: x, dest: "@FOLDER@/out" }',
        'command: cat @FOLDER@/out',
      ],
      want: ['h1: ', 'h1: h1', 'h2: ', 'h2: h2'],
    },
    {
      name: 'a file of the controller that an item changes and the next one reads',
      tasks: [
        'copy: { src: "{{ item }}", dest: "@FOLDER@/files/x" }\n      loop: [x, y, x, z, x]',
        'command: cat @FOLDER@/files/x',
      ],
      hosts: 'h1,',
      want: ['h1: z'],
    },
    {
      name: 'a lookup that gives something else each time',
      tasks: [`command: "echo {{ lookup('pipe', 'echo >>@FOLDER@/count; wc -l <@FOLDER@/count') }}"`],
      want: ['h1: 1', 'h2: 2'],
    },
    {
      name: 'how a host is reached, set between two tasks',
      tasks: [
        'shell: cat /proc/$PPID/comm',
        'set_fact: { ansible_shell_executable: /bin/bash }\n      when: inventory_hostname == "h2"',
        'shell: cat /proc/$PPID/comm',
      ],
      want: ['h1: sh', 'h2: sh', 'h1: sh', 'h2: bash'],
    },
  ]
  for (const { name, tasks, play = 'serial: 0', hosts = 'h1,h2', want } of rows) {
    it(name, async () => {
      const vars = 'vars: { v: same, through: "{{ name | default(v) }}" }'
      const text = `- hosts: all\n  gather_facts: false\n  ${play}\n  ${vars}\n  tasks:\n${tasks.map((task) => `    - ${task}\n`).join('')}`
      const files = {
        'play.yml': text,
        'templates/t.j2': '<{{ inventory_hostname }}>',
        'files/x': 'x',
        'files/y': 'y',
        'files/z': 'z',
      }
      // One worker, so that hosts come one after another within a task, too.
      const events = await playEvents(files, ['-f', '1'], hosts)
      const said = events.flatMap((event) =>
        (event.type === 'item' || event.type === 'host-result') && typeof event.result.stdout === 'string'
          ? [`${event.host}: ${event.result.stdout}`]
          : [],
      )
      expect(said).to.deep.equal(want)
    })
  }
})
