import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openRun } from '../../src/commands/open-run.ts'
import { parseArguments } from '../../src/commands/options.ts'
import { engineOf } from '../../src/commands/run.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { run } from '../../src/engine/run.ts'
import { keyOf } from '../../src/engine/step-key.ts'
import { type Connection, NO_STATS, type Step, type StepOutput } from '../../src/kernel/shell.ts'
import { connectionOver } from '../../src/transport/connection.ts'
import { localLink } from '../../src/transport/local.ts'

/** What the engine alone does, in task-hosts a second of CPU: `engine.ts TASKS HOSTS` prints it as JSON. */
export type EngineSpeed = {
  readonly tasks: number
  readonly hosts: number
  readonly wall: number
  readonly cpu: number
  readonly perCpuSecond: number
}

/**
 * This machine is brought to what the playbook wants, then asked every probe once more, and its answers are kept; after that hosts
 * without number answer from memory. So the engine does all it does in a real run, and nothing waits for a host.
 */
if (process.argv[1] === import.meta.filename) {
  const [tasks, hosts] = process.argv.slice(2).map(Number)
  void engineSpeed(tasks!, hosts!).then((speed) => process.stdout.write(`${JSON.stringify(speed)}\n`))
}

export async function engineSpeed(tasks: number, hosts: number): Promise<EngineSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-engine-'))
  try {
    await writeProject(folder, tasks)
    const answers: Answers = new Map()
    await play(folder, 'real,', (connection) => connection)
    await play(folder, 'real,', (connection) => recording(connection, answers))
    const names = join(folder, 'hosts.ini')
    await writeFile(names, Array.from({ length: hosts }, (_, index) => `h${index}\n`).join(''))
    const started = performance.now()
    const before = process.cpuUsage()
    const code = await play(folder, names, () => fromMemory(answers))
    const { user, system } = process.cpuUsage(before)
    if (code !== 0) throw new Error(`the engine's run ended with ${code}`)
    const cpu = (user + system) / 1e6
    const perCpuSecond = Math.round((tasks * hosts) / cpu)
    return { tasks, hosts, wall: (performance.now() - started) / 1000, cpu, perCpuSecond }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ten kinds of task in turn, as roles have them: variables, conditions, files, templates, a loop. */
async function writeProject(folder: string, tasks: number): Promise<void> {
  const target = join(folder, 'target')
  for (const each of [target, join(folder, 'templates'), join(folder, 'files')]) await mkdir(each)
  await writeFile(join(folder, 'templates', 'app.j2'), 'port={{ port }}\nname={{ name }}\n')
  await writeFile(join(folder, 'files', 'app'), 'the same everywhere\n')
  const kinds: readonly ((n: number) => string)[] = [
    (n) => `ansible.builtin.file: { path: "{{ root }}/d${n}", state: directory, mode: "0755" }`,
    (n) => `ansible.builtin.copy: { src: app, dest: "{{ root }}/c${n}", mode: "0644" }`,
    (n) => `ansible.builtin.template: { src: app.j2, dest: "{{ root }}/t${n}", mode: "0644" }`,
    (n) => `ansible.builtin.copy: { content: "{{ name }} ${n}", dest: "{{ root }}/i${n}" }\n      when: port > 80`,
    (n) => `ansible.builtin.stat: { path: "{{ root }}/c${n - 3}" }\n      register: found`,
    () => `ansible.builtin.set_fact: { label: "{{ name | upper }}-{{ inventory_hostname | length }}" }`,
    (n) =>
      `ansible.builtin.lineinfile: { path: "{{ root }}/t${n - 4}", line: "more" , create: true }\n      when: false`,
    (n) => `ansible.builtin.file: { path: "{{ root }}/g${n}", state: absent }`,
    (n) => `ansible.builtin.file: { src: "{{ root }}/c${n - 7}", dest: "{{ root }}/l${n}", state: link }`,
    () => `ansible.builtin.assert: { that: [found.stat.exists], quiet: true }`,
  ]
  const lines = Array.from({ length: tasks }, (_, n) => `    - name: Task ${n}\n      ${kinds[n % kinds.length]!(n)}\n`)
  const vars = `  vars: { root: ${JSON.stringify(target)}, port: 8080, name: app }\n`
  await writeFile(join(folder, 'site.yml'), `- hosts: all\n  gather_facts: false\n${vars}  tasks:\n${lines.join('')}`)
}

async function play(folder: string, hosts: string, through: (real: Connection) => Connection): Promise<number> {
  const argv = ['playbook', '-i', hosts, '-c', 'local', '-f', '1000', join(folder, 'site.yml')]
  const invocation = await parseArguments(argv, 'provision')
  if (invocation.kind !== 'run') throw new Error('these arguments run nothing')
  const opened = await openRun(invocation, null)
  const connect: Engine['connect'] = async () => through(connectionOver(localLink(), { executable: '/bin/sh' }))
  const engine = { ...(await engineOf(opened, { suspend: () => {} }, () => {})), connect }
  return run(
    engine,
    opened.playbooks.map((path) => opened.loader.loadPlaybook(resolve(path))),
  )
}

type Answers = Map<string, StepOutput>

function recording(real: Connection, answers: Answers): Connection {
  return {
    close: () => real.close(),
    forget: (become) => real.forget(become),
    leave: (user) => real.leave(user),
    shell: async (become) => {
      const shell = await real.shell(become)
      const run = (steps: readonly Step[]) =>
        shell.run(steps).map(async (output, index) => {
          answers.set(keyOf(steps[index]!), await output)
          return output
        })
      return { ...shell, stats: shell.stats, identity: shell.identity, run }
    },
  }
}

function fromMemory(answers: Answers): Connection {
  const stats = { ...NO_STATS }
  const answer = async (step: Step) => {
    const known = answers.get(keyOf(step))
    if (known === undefined) throw new Error(`nobody has answered this before: ${keyOf(step)}`)
    return known
  }
  const identity = Promise.resolve({ user: 'root', uid: 0, home: '/root', machine: '' })
  return {
    leave: async () => {},
    close: async () => {},
    forget: async () => {},
    shell: async () => ({ stats, identity, run: (steps) => steps.map(answer) }),
  }
}
