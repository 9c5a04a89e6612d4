import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Ended, provision } from '../../support/program.ts'

/** Runs tasks with what a person types given as standard input. */
async function typed(tasks: string, input: string, args: readonly string[] = [], env = {}): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'provision-debugger-'))
  try {
    writeFileSync(join(folder, 'play.yml'), `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`)
    const argv = ['playbook', '-i', 'h1,', '-c', 'local', 'play.yml', '--output', 'plain', ...args]
    return await provision(folder, argv, { input, env })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const TASK = `
    - name: first
      command: "false {{ word }}"
      vars: { word: one, deep: { a: [1] } }
      debugger: always
`

describe('the debugger', () => {
  it('shows and changes what the person asks for', async () => {
    const rows: [line: string, said: string][] = [
      ['p task', 'TASK: first'],
      ['p task.args', "{'_raw_params': 'false one'}"],
      ['p task_vars["word"]', "'one'"],
      ['p host', 'h1'],
      ['pprint result.rc', '1'],
      ['result._result.cmd', "['false', 'one']"],
      ['p task_vars | type_debug', "'dict'"],
      ['p nothing', "***NameError: 'nothing' is not defined"],
      ['p task.args[', "***unexpected '}', expected ']'"],
      ["task_vars['word'] = 'two words'", ''],
      ['p word', "'two words'"],
      ['p task.args', "{'_raw_params': 'false one'}"],
      ['u', ''],
      ['p task.args', "{'_raw_params': 'false two words'}"],
      ["task.args['chdir'] = '/'", ''],
      ['p task.args.chdir', "'/'"],
      ["del task.args['chdir']", ''],
      ['p task.args', "{'_raw_params': 'false two words'}"],
      ["task_vars['deep']['a'] = 5", ''],
      ['p task_vars.deep', "{'a': 5}"],
      ["task_vars['none']['a'] = 5", "***TypeError: task_vars['none']['a'] is in no dict"],
      ['r', ''],
      ['p result.cmd', "['false', 'two', 'words']"],
      ['help', 'p EXPRESSION            show task, task.args, task_vars, host, result or any expression of them'],
    ]
    const { stdout, code } = await typed(TASK, `${rows.map(([line]) => line).join('\n')}\nc\n`)
    const said = stdout.split('\n')
    for (const [line, text] of rows) {
      if (text === '') continue
      const at = said.indexOf(text)
      expect(at, `${line}: ${text} in\n${said.join('\n')}`).to.be.at.least(0)
      said.splice(0, at + 1)
    }
    expect(code).to.equal(2)
  })

  const rows: { name: string; tasks: string; input: string; code: number; args?: string[]; env?: object }[] = [
    {
      name: 'opens for every failure when the configuration says so',
      tasks: '    - fail: {}\n',
      input: 'q\n',
      code: 99,
      env: { ANSIBLE_ENABLE_TASK_DEBUGGER: '1' },
    },
    { name: 'opens for none of itself', tasks: '    - fail: {}\n', input: 'q\n', code: 2 },
    {
      name: 'opens for an ignored failure when the configuration says so',
      tasks: '    - fail: {}\n      ignore_errors: true\n      debugger: on_failed\n',
      input: 'q\n',
      code: 99,
      env: { ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS: 'false' },
    },
    {
      name: 'is the strategy of plays that name none',
      tasks: '    - fail: {}\n',
      input: 'q\n',
      code: 99,
      env: { ANSIBLE_STRATEGY: 'debug' },
    },
    { name: 'steps ask, and need an answer', tasks: '    - debug: {}\n', input: '', code: 2, args: ['--step'] },
  ]
  for (const { name, tasks, input, code, args, env } of rows) {
    it(name, async () => expect((await typed(tasks, input, args, env)).code).to.equal(code))
  }

  it('shows nothing of a task with no_log', async () => {
    const task = '    - shell: echo hunter2; false\n      no_log: true\n      debugger: on_failed\n'
    const { stdout, stderr } = await typed(task, 'p task.args\np result\nc\n')
    expect(stdout).to.include("'hidden by no_log'")
    expect(stdout + stderr).not.to.include('hunter2')
  })
})
