import { expect } from 'chai'
import { outline, projectLoader, show } from './project.ts'

/** The outline of a play's tasks, given as the text below `tasks:`. */
function tasksOf(tasks: string, files: { [path: string]: string } = {}): string[] {
  const site = `- hosts: all\n  tasks:\n${tasks.trimEnd().replace(/^/gm, '  ')}\n`
  const play = projectLoader({ 'site.yml': site, ...files }).loader.loadPlaybook('/p/site.yml').plays[0]!
  return outline(play.tasks)
}

describe('tasks: action and arguments', () => {
  const rows: [string, string, string[]][] = [
    ['a dict', '- copy: {src: a, mode: 0644}', ['null copy src="a" mode=420']],
    ['k=v', '- copy: src=a dest="b c"', ['null copy src="a" dest="b c"']],
    [
      'k=v with templates',
      '- copy: src={{ a | default("x y") }} dest=b',
      ['null copy src="{{ a | default(\\"x y\\") }}" dest="b"'],
    ],
    ['args below k=v', '- copy: src=a\n  args: {src: z, mode: "1"}', ['null copy src="a" mode="1"']],
    ['nothing', '- ping:', ['null ping']],
    ['a command', '- command: ls -l chdir=/x a=b', ['null command chdir="/x" <ls -l a=b>']],
    ['a command by cmd', '- shell: {cmd: "echo hi", chdir: /x}', ['null shell chdir="/x" <echo hi>']],
    ['a command by argv', '- command: {argv: [a, b]}', ['null command argv=["a","b"]']],
    ['a command over lines', '- shell: |\n    a=1\n    echo $a', ['null shell <a=1\necho $a\n>']],
    ['collection', '- community.mysql.mysql_db: {name: x}', ['null mysql_db name="x"']],
    ['ansible.builtin', '- ansible.builtin.copy: src=a', ['null copy src="a"']],
    ['ansible.builtin free form', '- ansible.builtin.command: ls', ['null command <ls>']],
    ['collections keyword', '- site: {a: 1}\n  collections: [acme.web]', ['null site a=1']],
    ['action', '- action: copy src=a dest=b', ['null copy src="a" dest="b"']],
    ['action with a command', '- action: shell echo a=b', ['null shell <echo a=b>']],
    ['action as a dict', '- action: {module: copy, src: a, args: {dest: b}}', ['null copy src="a" dest="b"']],
    ['action as a dict with k=v', '- action: {module: "copy src=a", dest: b}', ['null copy src="a" dest="b"']],
    ['local_action', '- local_action: command ls', ['null command <ls>']],
    ['args as a template', '- copy:\n  args: "{{ all }}"', ['null copy *{{ all }}']],
    ['a template for all arguments', '- copy: "{{ all }}"', ['null copy *{{ all }}']],
    ['set_fact', '- set_fact: a=1 b="x y"', ['null set_fact a="1" b="x y"']],
    ['meta', '- meta: flush_handlers', ['null meta <flush_handlers>']],
    ['include_tasks', '- include_tasks: "{{ a }}.yml"', ['null include_tasks <{{ a }}.yml>']],
    ['include_tasks with k=v', '- include_tasks: a.yml', ['null include_tasks <a.yml>']],
    ['raw of a number', '- command: 5', ['null command <5>']],
    ['a name that is a template', '- name: "{{ x }}"\n  ping:', ['{{ x }} ping']],
    [
      'block, rescue, always',
      '- name: B\n  block:\n    - ping:\n  rescue:\n    - debug:\n  always:\n    - block: [{ping: }]',
      ['block B', '  null ping', 'rescue', '  null debug', 'always', '  block null', '    null ping'],
    ],
    ['a block with a null list', '- block:\n  name: B', ['block B']],
  ]
  for (const [name, text, want] of rows) it(name, () => expect(tasksOf(text)).to.deep.equal(want))
})

describe('tasks: keywords', () => {
  const site = `
- hosts: [web, "{{ more }}"]
  tasks:
    - ping:
      when: [a is defined, not b]
      changed_when: false
      failed_when: r.rc != 0
      tags: x, y
      notify: [one, "{{ two }}"]
      register: r
      loop: "{{ xs }}"
      loop_control: {loop_var: x, label: "{{ x.name }}", index_var: i, pause: 1}
      become: yes
      environment: {A: 1}
      retries: "3"
      until: r is success
    - ping:
      with_dict: {a: 1}
      environment: ["{{ e }}", {B: 2}]
    - local_action: command ls
  handlers:
    - name: one
      listen: two
      ping:
`
  const play = projectLoader({ 'site.yml': site }).loader.loadPlaybook('/p/site.yml').plays[0]!
  const [first, second, third] = play.tasks.filter((item) => item.kind === 'task')
  const [handler] = play.handlers.filter((item) => item.kind === 'task')
  const values = (list: readonly { value: unknown }[] | undefined) => list?.map((item) => show(item.value as never))
  const rows: [string, unknown, unknown][] = [
    ['hosts', values(play.keywords.hosts?.value), ['web', '{{ more }}']],
    ['when', values(first?.keywords.when?.value), ['a is defined', 'not b']],
    ['when has positions', first?.keywords.when?.value[1]?.at, { file: '/p/site.yml', line: 5, column: 28 }],
    ['changed_when', values(first?.keywords.changed_when?.value), [false]],
    ['failed_when', values(first?.keywords.failed_when?.value), ['r.rc != 0']],
    ['tags', values(first?.keywords.tags?.value), ['x', 'y']],
    ['notify', values(first?.keywords.notify?.value), ['one', '{{ two }}']],
    ['register', first?.keywords.register?.value, 'r'],
    ['loop', [first?.loop?.lookup, show(first?.loop?.value)], ['loop', '{{ xs }}']],
    ['loop_var', first?.loopControl.loopVar, 'x'],
    ['label', show(first?.loopControl.label), '{{ x.name }}'],
    ['index_var and pause', [first?.loopControl.indexVar, first?.loopControl.pause], ['i', 1]],
    ['become', first?.keywords.become?.value, true],
    ['retries', first?.keywords.retries?.value, '3'],
    ['environment', values(first?.keywords.environment?.value), [{ A: 1 }]],
    ['environment as a list', values(second?.keywords.environment?.value), ['{{ e }}', { B: 2 }]],
    ['with_dict', [second?.loop?.lookup, show(second?.loop?.value)], ['dict', { a: 1 }]],
    ['local_action delegates', third?.keywords.delegate_to?.value, 'localhost'],
    ['listen', handler?.keywords.listen?.value, ['two']],
    ['handler', handler?.handler, true],
  ]
  for (const [name, got, want] of rows) it(name, () => expect(got).to.deep.equal(want))
})
