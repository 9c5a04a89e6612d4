import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Event } from '../../../src/kernel/event.ts'
import { playEvents } from '../../support/play.ts'

const SHELLS = ['dash', 'bash --posix']

/** The results of tasks by name. */
function results(events: readonly Event[]): { [task: string]: { [key: string]: unknown } } {
  return Object.fromEntries(
    events.flatMap((event) =>
      event.type === 'host-result' ? [[event.task.name, { ...event.result, status: event.status }]] : [],
    ),
  )
}

describe('jobs in the background', () => {
  let folder: string
  const run = (tasks: string, args: readonly string[] = []) =>
    playEvents({ 'play.yml': `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}` }, [
      ...args,
      '-e',
      JSON.stringify({ ansible_async_dir: join(folder, 'jobs'), folder }),
    ])
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-async-'))
  })
  afterEach(async () => {
    while (jobs().some(isRunning)) await sleep(20)
    rmSync(folder, { recursive: true, force: true })
  })
  /** The processes of the jobs that a test has started: they outlive its run, and write to its folder until they end. */
  const jobs = () => {
    const base = join(folder, 'jobs')
    const pids = existsSync(base) ? readdirSync(base).map((id) => join(base, id, 'pid')) : []
    return pids.filter((file) => existsSync(file)).map((file) => Number(readFileSync(file, 'utf8')))
  }
  const jobFile = (name: string) => join(folder, 'jobs', readdirSync(join(folder, 'jobs'))[0]!, name)

  const start = `
    - name: start
      shell: "pwd; echo words >&2; echo it\\\\'s \\"$LC_ALL\\"; exit 3"
      args: { chdir: "{{ folder }}" }
      environment: { LC_ALL: C.UTF-8 }
      async: 60
      poll: 0
      register: job
`
  const ask = `
    - name: ask
      async_status: { jid: "{{ job.ansible_job_id }}" }
      register: done
      until: done.finished
      retries: 50
      delay: 1
      ignore_errors: true
`
  it('takes a file along that is too large for a script', async () => {
    const text = randomBytes(400_000).toString('base64')
    writeFileSync(join(folder, 'large'), text)
    await run(`    - shell: cat >{{ folder }}/copy
      args: { stdin: "{{ lookup('file', folder + '/large') }}", stdin_add_newline: false }
      async: 60
      poll: 1
`)
    expect(readFileSync(join(folder, 'copy'), 'utf8')).to.equal(text)
  })

  for (const shell of SHELLS) {
    describe(shell, () => {
      const args = ['-e', JSON.stringify({ ansible_shell_executable: shell })]
      it('runs with its output, exit code and environment', async () => {
        const { ask: done } = results(await run(start + ask, args))
        expect(done).to.include({
          rc: 3,
          stdout: `${folder}\nit's C.UTF-8`,
          stderr: 'words',
          finished: 1,
          status: 'failed',
        })
      })
      it('is killed with its children when its time is over', async () => {
        const tasks = `
    - name: wait
      shell: "sleep 300 & echo $! > {{ folder }}/child; sleep 300; touch {{ folder }}/never"
      async: 1
      poll: 1
`
        const { wait } = results(await run(tasks, args))
        expect(wait).to.include({ status: 'failed', msg: 'async task did not complete within the requested time - 1s' })
        const child = Number(readFileSync(join(folder, 'child'), 'utf8'))
        while (isRunning(child)) await sleep(20)
        expect(existsSync(join(folder, 'never'))).to.equal(false)
      })
    })
  }

  it('is its user’s alone, and cleanup leaves nothing', async () => {
    await run(start)
    expect(statSync(join(folder, 'jobs')).mode & 0o777).to.equal(0o700)
    expect(statSync(jobFile('.')).mode & 0o777).to.equal(0o700)
    const tasks = `${start}${ask}
    - async_status: { jid: "{{ job.ansible_job_id }}", mode: cleanup }
`
    await run(tasks)
    expect(readdirSync(join(folder, 'jobs'))).to.have.length(1)
  })

  it('tells another run its module’s own result', async () => {
    await run(start)
    const id = readdirSync(join(folder, 'jobs'))[0]!
    const { ask: done } = results(await run(ask, ['-e', JSON.stringify({ job: { ansible_job_id: id } })]))
    expect(done).to.include({ msg: 'non-zero return code', rc: 3, stderr: 'words', finished: 1 })
    expect(done!.stdout_lines).to.deep.equal([folder, "it's C.UTF-8"])
  })

  const secrets = [
    { name: 'no_log', task: `{ shell: "echo hunter2", async: 60, poll: 0, no_log: true }` },
    { name: 'a private answer', task: `{ shell: "echo hunter2", async: 60, poll: 0 }`, prompt: true },
  ]
  for (const { name, task, prompt } of secrets) {
    it(`keeps no request beside the job with ${name}`, async () => {
      const prompts = prompt === true ? '  vars_prompt: [{ name: secret, default: hunter2 }]\n' : ''
      const play = `- hosts: all\n  gather_facts: false\n${prompts}  tasks:\n    - ${task}\n`
      await playEvents({ 'play.yml': play }, ['-e', JSON.stringify({ ansible_async_dir: join(folder, 'jobs') })])
      expect(existsSync(jobFile('pid'))).to.equal(true)
      expect(existsSync(jobFile('request'))).to.equal(false)
    })
  }

  it('that was killed from outside is told as a failure', async () => {
    const tasks = `
    - name: start
      shell: sleep 300
      async: 600
      poll: 0
      register: job
    - shell: 'kill -9 "-$(cat {{ job.results_file }}/pid)"'
${ask}`
    const { ask: done } = results(await run(tasks))
    expect(done).to.include({ status: 'failed', finished: 1 })
    expect(done!.msg).to.contain('has ended without a result')
  })
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
