import { expect } from 'chai'
import { problemsIn } from './project.ts'

const tasks = (text: string) => `- hosts: all\n  tasks:\n${text.replace(/^/gm, '  ')}\n`

describe('problems of playbooks', () => {
  const rows: [string, string, RegExp[]][] = [
    ['an unknown module', tasks('- pingg:'), [/^module.unknown 3:5 there is no .* 'pingg' \| did you mean "ping"\?$/]],
    [
      'an unknown keyword',
      tasks('- ping:\n  regster: x'),
      [/^keyword.unknown 4:5 'regster' is not a valid attribute for a Task \| did you mean "register"/],
    ],
    ['a replaced keyword', tasks('- ping:\n  sudo: yes'), [/sudo.*become: true/]],
    [
      'a keyword of a play on a task',
      tasks('- ping:\n  serial: 1'),
      [/'serial' is not a valid.*may stand only in a play/],
    ],
    ['listen on a task', tasks('- ping:\n  listen: x'), [/'listen' is not a valid attribute for a Task/]],
    ['two actions', tasks('- ping:\n  copy: src=a'), [/^task.actions 4:5 conflicting action statements: ping, copy/]],
    ['no action', tasks('- name: x'), [/^task.no-action 3:5/]],
    ['a task that is text', tasks('- ping'), [/^tasks.type 3:5 a task must be a dict, but this is text/]],
    ['tasks that are a dict', '- hosts: all\n  tasks:\n    ping:\n', [/^tasks.type 2:3 'tasks' must be a list/]],
    ['free text', tasks('- copy: hello'), [/^args.free-form 3:5 .*"hello" is not key=value/]],
    ['unbalanced quotes', tasks('- copy: src="a'), [/^args.quotes 3:5/]],
    ['cmd twice', tasks('- command: ls\n  args: {cmd: x}'), [/^args.conflict 4:\d+/]],
    ['arguments that are a list', tasks('- copy: [a]'), [/^args.type 3:5 .*a list/]],
    [
      'no tags',
      tasks('- ping:\n  tags:'),
      [/^keyword.type .*'tags' must be a list or text, but is nothing \| leave "tags:" out$/],
    ],
    ['wrong boolean', tasks('- ping:\n  become: maybe'), [/^keyword.type 4:13 'become' must be a boolean.*"maybe"/]],
    ['wrong number', tasks('- ping:\n  retries: x'), [/^keyword.type 4:14 'retries' must be a whole number/]],
    ['tags of a wrong type', tasks('- ping:\n  tags: 5'), [/^keyword.type 4:\d+ 'tags'/]],
    ['vars that are text', tasks('- ping:\n  vars: x'), [/^vars.type 4:\d+/]],
    ['a bad variable name', tasks('- ping:\n  vars: {a-b: 1}'), [/^vars.name 4:12 'a-b'/]],
    ['a bad register', tasks('- ping:\n  register: a-b'), [/^vars.name 4:5 'a-b'/]],
    ['two loops', tasks('- ping:\n  loop: [1]\n  with_items: [2]'), [/^loop.twice 5:5/]],
    ['an unknown loop', tasks('- ping:\n  with_itms: [2]'), [/^keyword.unknown 4:5 'with_itms'/]],
    ['an empty loop', tasks('- ping:\n  with_items:'), [/^loop.empty 4:5/]],
    ['loop_control that is text', tasks('- ping:\n  loop_control: x'), [/^keyword.type/]],
    [
      'an unknown key of loop_control',
      tasks('- ping:\n  loop_control: {loopvar: x}'),
      [/^keyword.unknown .*did you mean "loop_var"/],
    ],
    [
      'become on an include',
      tasks('- include_tasks: a.yml\n  become: yes'),
      [/^keyword.unknown 4:5 'become' is not a valid attribute for a TaskInclude \| .*apply/],
    ],
    ['loop on an import', tasks('- import_tasks: a.yml\n  loop: [1]'), [/^include.loop/, /^file.missing/]],
    ['a file that is not there', tasks('- import_tasks: a.yml'), [/^file.missing 3:5 .*"a.yml"; searched: \/p\/a.yml/]],
    ['import_role without a name', tasks('- import_role: {tasks_from: x}'), [/^include.role/]],
    [
      'import_role with apply',
      tasks('- import_role: {name: r, apply: {}}'),
      [/^include.option .*apply/, /^role.missing/],
    ],
    ['rescue without block', tasks('- rescue: [{ping: }]'), [/^block.missing 3:5 'rescue' keyword/]],
    [
      'an unknown keyword of a block',
      tasks('- block: []\n  loop: []'),
      [/^keyword.unknown 4:5 'loop' is not a valid attribute for a Block/],
    ],
    ['no hosts', '- tasks: []\n', [/^play.hosts 1:3 the field 'hosts' is required/]],
    ['a file of tasks', '- name: x\n  ping:\n', [/^play.hosts 1:3.*no playbook/, /^keyword.unknown 2:3 'ping'/]],
    ['empty hosts', '- hosts:\n', [/^play.hosts .*cannot be empty/]],
    ['hosts that are a dict', '- hosts: {a: 1}\n', [/^play.hosts .*a dict/]],
    ['a playbook that is a dict', 'hosts: all\n', [/^playbook.type 1:1 .*list of plays, but is a dict/]],
    ['an empty playbook', '', [/^playbook.type 1:1 empty playbook/]],
    ['an empty list', '[]\n', [/^playbook.type .*at least one play/]],
    ['a play that is text', '- x\n', [/^playbook.type 1:3/]],
    ['bad YAML', '- hosts: all\n  tasks:\n  - debug: msg={{ x }}: y\n', [/^yaml.syntax 3:\d+/]],
    [
      'a missing role',
      '- hosts: all\n  roles: [nginks]\n',
      [/^role.missing 2:11 the role 'nginks' was not found in \/p\/roles/],
    ],
    ['a role without a name', '- hosts: all\n  roles: [{x: 1}]\n', [/^role.type 2:11/]],
    ['an import of a missing playbook', '- import_playbook: b.yml\n', [/^file.missing 1:3 .*\/p\/b.yml/]],
    ['an import of itself', '- import_playbook: site.yml\n', [/^include.cycle 1:3/]],
    ['user and remote_user', '- hosts: all\n  user: a\n  remote_user: b\n', [/^keyword.conflict 2:3/]],
    ['vars_prompt without a name', '- hosts: all\n  vars_prompt: [{prompt: x}]\n', [/^play.vars-prompt/]],
    [
      'all of them at once',
      `- hosts: all\n  fooo: 1\n${tasks('- pingg:\n- ping:\n  becme: x').split('\n').slice(1).join('\n')}- x\n`,
      [/'fooo'/, /'pingg'/, /'becme'/, /playbook entries/],
    ],
  ]
  for (const [name, site, want] of rows) {
    it(name, () => {
      const problems = problemsIn({ 'site.yml': site })
      expect(problems.length, problems.join('\n')).to.equal(want.length)
      for (const [index, pattern] of want.entries()) expect(problems[index]).to.match(pattern)
    })
  }

  it('roles that depend on each other', () => {
    const problems = problemsIn({
      'site.yml': '- hosts: all\n  roles: [a]\n',
      'roles/a/meta/main.yml': 'dependencies: [b]\n',
      'roles/b/meta/main.yml': 'dependencies: [a]\n',
    })
    expect(problems.join()).to.match(/role.cycle .*\/p\/roles\/a → \/p\/roles\/b → \/p\/roles\/a/)
  })

  it('a block inside a block of handlers', () => {
    const problems = problemsIn({
      'site.yml': '- hosts: all\n  handlers:\n  - block:\n    - block:\n      - ping:\n',
    })
    expect(problems.join()).to.match(/^block.handler 4:7/)
  })

  it('a file below a file', () => {
    const problems = problemsIn({ 'site.yml': tasks('- import_tasks: a.yml'), 'a.yml': '- ping:\n  x: 1\n' })
    expect(problems).to.have.length(1)
    expect(problems[0]).to.match(/^keyword.unknown \/p\/a.yml:2:3 'x'/)
  })
})
