import { expect } from 'chai'
import { inherited, playOf, taskVars } from '../../../src/language/inherit.ts'
import type { Item, Task } from '../../../src/language/model.ts'
import { roleItems } from '../../../src/language/role.ts'
import { chain, outline, projectLoader, show } from './project.ts'

function load(table: { [path: string]: string }) {
  const { loader, warnings } = projectLoader(table)
  return { loader, warnings, plays: loader.loadPlaybook('/p/site.yml').plays }
}

const play = (body: string) => `- hosts: all\n  ${body.replaceAll('\n', '\n  ')}\n`

describe('imports and roles: what runs, in order', () => {
  const rows: [string, { [path: string]: string }, string[]][] = [
    [
      'import_tasks',
      { 'site.yml': play('tasks:\n- import_tasks: a.yml\n- ping:'), 'a.yml': '- debug: {msg: a}\n' },
      ['null debug msg="a"', 'null ping'],
    ],
    [
      'import_tasks with a variable',
      { 'site.yml': play('vars: {f: a}\ntasks:\n- import_tasks: "{{ f }}.yml"'), 'a.yml': '- debug: {msg: a}\n' },
      ['null debug msg="a"'],
    ],
    [
      'an import below a folder looks there first',
      {
        'site.yml': play('tasks:\n- import_tasks: sub/a.yml'),
        'sub/a.yml': '- import_tasks: b.yml\n',
        'sub/b.yml': '- debug: {msg: near}\n',
        'b.yml': '- debug: {msg: far}\n',
      },
      ['null debug msg="near"'],
    ],
    [
      'old bare include',
      { 'site.yml': play('tasks:\n- include: a.yml\n- include: a.yml\n  loop: [1]'), 'a.yml': '- ping:\n' },
      ['null ping', 'null include <a.yml>'],
    ],
    [
      'import_role with its dependencies first',
      {
        'site.yml': play('tasks:\n- import_role: {name: r}'),
        'roles/r/tasks/main.yml': '- ping:\n',
        'roles/r/meta/main.yml': 'dependencies: [{role: d}]\n',
        'roles/d/tasks/main.yaml': '- debug:\n',
      },
      ['d: null debug', 'r: null ping'],
    ],
    [
      'tasks_from, with and without extension',
      {
        'site.yml': play(
          'tasks:\n- import_role: {name: r, tasks_from: x}\n- import_role: {name: r, tasks_from: y.yml}',
        ),
        'roles/r/tasks/x.yml': '- ping:\n',
        'roles/r/tasks/y.yml': '- debug:\n',
      },
      ['r: null ping', 'r: null debug'],
    ],
    [
      'roles path',
      { 'site.yml': play('tasks:\n- import_role: {name: r}'), 'shared-roles/r/tasks/main.yml': '- ping:\n' },
      ['r: null ping'],
    ],
    [
      'role of a collection',
      {
        'site.yml': play('tasks:\n- import_role: {name: acme.web.r}'),
        'collections/ansible_collections/acme/web/roles/r/tasks/main.yml': '- site:\n',
      },
      ['acme.web.r: null site'],
    ],
    [
      'argument specs put a task first',
      {
        'site.yml': play('tasks:\n- import_role: {name: r}'),
        'roles/r/tasks/main.yml': '- ping:\n',
        'roles/r/meta/argument_specs.yml': 'argument_specs:\n  main:\n    short_description: Main\n    options: {}\n',
      },
      [
        'r: Validating arguments against arg spec \'main\' - Main validate_argument_spec argument_spec={} provided_arguments={} validate_args_context={"type":"role","name":"r","argument_spec_name":"main","path":"/p/roles/r"}',
        'r: null ping',
      ],
    ],
  ]
  for (const [name, table, want] of rows)
    it(name, () => expect(outline(load(table).plays[0]!.tasks)).to.deep.equal(want))

  it('import_playbook hands down vars, tags and conditions', () => {
    const { plays } = load({
      'site.yml': '- import_playbook: sub/b.yml\n  vars: {v: outer}\n  tags: [t]\n  when: w\n',
      'sub/b.yml': play('vars: {v: inner, u: 1}\ntags: own\ntasks:\n- import_tasks: c.yml'),
      'sub/c.yml': '- ping:\n',
    })
    const task = plays[0]!.tasks[0] as Task
    expect(show(plays[0]!.vars)).to.deep.equal({ v: 'outer', u: 1 })
    expect(inherited(task, 'tags').map(({ value }) => value)).to.deep.equal(['own', 't'])
    expect(inherited(task, 'when').map(({ value }) => value)).to.deep.equal(['w'])
    expect(playOf(task).folder).to.equal('/p/sub')
  })

  it('an empty file of tasks is a warning', () => {
    const { warnings } = load({ 'site.yml': play('tasks:\n- import_tasks: a.yml'), 'a.yml': '# nothing\n' })
    expect(warnings).to.deep.equal(['file /p/a.yml is empty and had no tasks to include'])
  })
})

describe('roles: parts', () => {
  const { plays } = load({
    'site.yml': play('roles:\n- r\n- {role: r, x: 1, tags: t, vars: {v: 2}}\n- r'),
    'roles/r/tasks/main.yml': '- ping:\n',
    'roles/r/handlers/main.yml': '- name: h\n  ping:\n',
    'roles/r/defaults/main/10.yml': 'a: 1\nb: 1\n',
    'roles/r/defaults/main/20.yml': 'b: 2\n',
    'roles/r/defaults/main/skip.txt': 'b: 3\n',
    'roles/r/vars/main.yml': 'c: "{{ a }}"\n',
    'roles/r/meta/main.yml': 'allow_duplicates: yes\ncollections: [acme.web]\n',
  })
  const [first, second, third] = plays[0]!.roles
  const rows: [string, unknown, unknown][] = [
    ['defaults of a folder', show(first?.defaults), { a: 1, b: 2 }],
    ['vars', show(first?.roleVars), { c: '{{ a }}' }],
    ['handlers', outline(first?.handlers ?? []), ['r: h ping']],
    ['allow_duplicates', first?.allowDuplicates, true],
    ['collections', first?.collections, ['acme.web']],
    ['params', show(second?.params), { x: 1 }],
    ['vars of the use', show(second?.vars), { v: 2 }],
    ['tags of the use', second?.keywords.tags?.value.map(({ value }) => value), ['t']],
    ['the same use has the same identity', first?.identity === third?.identity, true],
    ['another use has another', first?.identity === second?.identity, false],
  ]
  for (const [name, got, want] of rows) it(name, () => expect(got).to.deep.equal(want))
})

describe('inherited', () => {
  const table = {
    'site.yml': play(`become: yes
environment: {P: 1}
tags: play
module_defaults: {copy: {a: 1}}
tasks:
- block:
  - name: in block
    ping:
    become: no
    when: own
    tags: [own]
    environment: {T: 1}
  - import_tasks: a.yml
    tags: imp
    when: imp
    vars: {v: import}
  - include_tasks: a.yml
    tags: inc
    when: inc
    vars: {v: include}
  when: blk
  delegate_to: other
  tags: blk
  environment: {B: 1}
  vars: {v: block}`),
    'a.yml': '- name: in file\n  ping:\n  vars: {w: 1}\n',
  }
  const { plays, loader } = load(table)
  const block = plays[0]!.tasks[0] as Extract<Item, { kind: 'block' }>
  const [own, imported, include] = block.items as Task[]
  const apply = new Map([['tags', 'applied']])
  const [included] = loader.includeTasks(include!, '/p/a.yml', { apply, vars: new Map([['item', 1]]) }) as Task[]
  const values = (list: readonly { value: unknown }[]) => list.map(({ value }) => show(value as never))
  const rows: [string, unknown, unknown][] = [
    ['the nearest counts', inherited(own!, 'become')?.value, false],
    ['from the play', inherited(imported!, 'become')?.value, true],
    ['nothing given', inherited(own!, 'become_user'), null],
    ['when: outer first', values(inherited(own!, 'when')), ['blk', 'own']],
    ['tags: inner first', values(inherited(own!, 'tags')), ['own', 'blk', 'play']],
    ['environment: outer first', values(inherited(own!, 'environment')), [{ P: 1 }, { B: 1 }, { T: 1 }]],
    ['an import hands down its keywords', values(inherited(imported!, 'when')), ['blk', 'imp']],
    ['an import hands down its tags', values(inherited(imported!, 'tags')), ['imp', 'blk', 'play']],
    ['an include hands down only what applies', values(inherited(included!, 'tags')), ['applied', 'blk', 'play']],
    ['an include keeps its condition', values(inherited(included!, 'when')), ['blk']],
    ['what is around an include comes down', inherited(included!, 'delegate_to')?.value, 'other'],
    ['vars of an import', taskVars(imported!).map(show), [{ v: 'block' }, { v: 'import' }, { w: 1 }]],
    ['vars of an include', taskVars(included!).map(show), [{ v: 'block' }, { v: 'include' }, { item: 1 }, { w: 1 }]],
    ['the chain of an include', chain(included!), 'include < block < play'],
    ['module_defaults', values(inherited(own!, 'module_defaults')), [{ copy: { a: 1 } }]],
  ]
  for (const [name, got, want] of rows) it(name, () => expect(got).to.deep.equal(want))
})

describe('dynamic includes', () => {
  const { plays, loader } = load({
    'site.yml': play('tasks:\n- include_role: {name: r}\n  vars: {v: 1}\n- include_tasks: no.yml'),
    'roles/r/tasks/main.yml': '- ping:\n',
    'roles/r/tasks/x.yml': '- include_tasks: y.yml\n',
    'roles/r/tasks/y.yml': '- nope:\n',
  })
  const [task, missing] = plays[0]!.tasks as Task[]
  it('a role', () => {
    const role = loader.includeRole(task!, 'r', { tasksFrom: 'x' })
    expect(outline(roleItems(role))).to.deep.equal(['r: null include_tasks <y.yml>'])
    expect([show(role.vars), role.public, role.allowDuplicates]).to.deep.equal([{ v: 1 }, false, true])
  })
  it('a file in a role', () => {
    const [include] = loader.includeRole(task!, 'r', { tasksFrom: 'x' }).tasks as Task[]
    expect(loader.findTaskFile(include!, 'y.yml')).to.equal('/p/roles/r/tasks/y.yml')
    expect(() => loader.includeTasks(include!, '/p/roles/r/tasks/y.yml')).to.throw("no module or action 'nope'")
  })
  it('a missing file', () => expect(() => loader.findTaskFile(missing!, 'no.yml')).to.throw('searched: /p/no.yml'))
  it('a missing role', () => expect(() => loader.includeRole(task!, 'R')).to.throw("the role 'R' was not found"))
})
