import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { withLab } from '../support/lab.ts'
import { type Ended, provision } from '../support/program.ts'

describe('a host that is started anew', function () {
  this.timeout(120_000)
  const lab = withLab('reboot', [{ name: 'h1', image: 'debian-13', octet: 11 }])
  const run = async (tasks: string, args: readonly string[] = []): Promise<Ended> => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-reboot-'))
    const vars = {
      ansible_host: lab.host('h1').address,
      ansible_user: 'admin',
      ansible_ssh_private_key_file: lab.file('id_ed25519'),
      ansible_ssh_common_args: `-o UserKnownHostsFile=${lab.file('known_hosts')}`,
    }
    try {
      writeFileSync(join(folder, 'hosts.yml'), JSON.stringify({ all: { hosts: { h1: vars } } }))
      writeFileSync(join(folder, 'play.yml'), `- hosts: h1\n  gather_facts: false\n  become: true\n  tasks:\n${tasks}`)
      return await provision(folder, ['playbook', '-i', 'hosts.yml', '--output', 'plain', 'play.yml', ...args])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const bootId = async () => {
    const args = ['-F', lab.file('ssh_config'), '-o', 'BatchMode=yes', 'h1', 'cat', '/proc/sys/kernel/random/boot_id']
    return (await execa('ssh', args)).stdout
  }

  it('has another boot id, and what it needs to go on', async () => {
    const before = await bootId()
    const { code, stdout } = await run(`
    - command: touch /run/gone
    - command: sleep 600
      async: 900
      poll: 0
      register: job
    - reboot: { msg: "it's time", reboot_timeout: 60, test_command: "test ! -e /run/gone && systemctl is-active ssh" }
      register: done
    - assert: { that: [done is changed, done.rebooted, done.elapsed <= 60, "'msg' not in done"] }
    - async_status: { jid: "{{ job.ansible_job_id }}" }
      register: lost
      failed_when: lost.finished != 1 or 'without a result' not in lost.msg
`)
    expect(code, stdout).to.equal(0)
    expect(await bootId()).not.to.equal(before)
  })

  it('goes on with a job when the connection is lost', async () => {
    const { code, stdout } = await run(`
    - shell: sleep 2; id -un
      async: 60
      poll: 0
      register: job
    - meta: reset_connection
    - shell: pkill -u admin sshd || true
      become: false
      ignore_unreachable: true
    - async_status: { jid: "{{ job.ansible_job_id }}" }
      register: done
      until: done.finished
      retries: 20
      delay: 1
    - assert: { that: [done.stdout == "root", done.rc == 0] }
    - command: stat -c %a:%U {{ job.results_file }}
      register: folder
      failed_when: folder.stdout != '700:root'
`)
    expect(code, stdout).to.equal(0)
  })

  const failures: { name: string; args: string; says: string }[] = [
    {
      name: 'is not found',
      args: 'reboot_command: no-such-program',
      says: 'Unable to find command \\"no-such-program\\"',
    },
    { name: 'fails', args: 'reboot_command: /bin/false', says: "Reboot command failed. Error was: ', '" },
    {
      name: 'does nothing',
      args: 'reboot_command: /bin/true, reboot_timeout: 2',
      says: 'Timed out waiting for last boot time check (timeout=2)',
    },
    {
      name: 'has no boot id',
      args: 'boot_time_command: "echo x; exit 3"',
      says: 'failed to get host boot time info, rc: 3',
    },
    {
      name: 'is followed by a test that fails',
      args: 'boot_time_command: date +%N, reboot_command: /bin/true, test_command: "false", reboot_timeout: 2',
      says: 'Timed out waiting for post-reboot test command',
    },
  ]
  for (const { name, args, says } of failures) {
    it(`fails where the command ${name}`, async () => {
      const { code, stdout } = await run(`    - reboot: { ${args} }\n`)
      expect(code).to.equal(2)
      expect(stdout).to.include(says)
    })
  }
  it('is only announced in a check', async () => {
    const { code, stdout } = await run('    - reboot:\n', ['--check'])
    expect(code).to.equal(0)
    expect(stdout).to.include('changed=1')
  })
})
