import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { withLab } from '../support/lab.ts'
import { runProgram, STACK_TRACE } from '../support/site.ts'

type Place = { readonly folder: string; readonly network: string }

type Row = {
  readonly name: string
  /** The playbook's text; without one it asks for the user's id as root. */
  readonly playbook?: string
  /** Arguments besides the inventory and the playbook. */
  readonly args?: (place: Place) => readonly string[]
  /** Another inventory or playbook than the usual ones. */
  readonly inventory?: (place: Place) => string
  readonly path?: (place: Place) => string
  /** Shell text that runs on the host meanwhile, as root. */
  readonly meanwhile?: string
  readonly code: number
  readonly says: readonly RegExp[]
}

const PASSWORD = 'not-the-password-7319'
const WHO = `
- hosts: lb01
  gather_facts: false
  become: true
  tasks:
    - name: Who
      ansible.builtin.command: id -u
`
const LEAVER = `
- hosts: lb01
  gather_facts: false
  become: true
  tasks:
    - user: {name: leaver}
    - command: id -un
      become_user: leaver
    - user: {name: leaver, uid: 4321}
    - command: id -u
      become_user: leaver
    - user: {name: leaver, state: absent, remove: true}
`
const as = (user: string) => ['-e', `ansible_user=${user}`]
const knownHosts = (file: string) => ['-e', `ansible_ssh_common_args="-o UserKnownHostsFile=${file}"`]

const ROWS: readonly Row[] = [
  {
    name: 'a host key that is another than the known one',
    args: ({ folder }) => knownHosts(join(folder, 'other_hosts')),
    code: 4,
    says: [/UNREACHABLE/, /Host key has changed: lb01 /, /ssh-keygen -R /],
  },
  {
    name: 'a host key that nobody knows',
    args: ({ folder }) => knownHosts(join(folder, 'no_hosts')),
    code: 4,
    says: [/UNREACHABLE/, /Unknown host key: lb01 /, /--accept-new-host-keys/],
  },
  {
    name: 'an address nobody has',
    args: ({ network }) => ['-e', `ansible_host=${network}.99`],
    code: 4,
    says: [/UNREACHABLE/, /Host unreachable: lb01 \(admin@[\d.]+\.99\): /],
  },
  {
    name: 'a connection that ends in the middle of a task',
    playbook: WHO.replace('id -u', 'sleep 20'),
    // The test's own host: its processes alone are seen there.
    meanwhile: "until pgrep -x sleep; do sleep 0.1; done; pkill -f '^sshd.*admin'",
    code: 4,
    says: [/UNREACHABLE/, /the connection to lb01 \(admin@[\d.]+\) ended"/],
  },
  {
    name: 'a user who may not log in',
    args: () => as('nobody-here'),
    code: 4,
    says: [/UNREACHABLE/, /lb01 \(nobody-here@/],
  },
  {
    name: 'a wrong sudo password',
    args: ({ folder }) => [...as('operator'), '--become-password-file', join(folder, 'password')],
    code: 2,
    says: [/FAILED/, /Incorrect sudo password: lb01 \(operator@/, /--ask-become-pass/],
  },
  {
    name: 'a missing sudo password',
    args: () => as('operator'),
    code: 2,
    says: [/FAILED/, /Missing sudo password: lb01 \(operator@/, /--ask-become-pass/],
  },
  {
    name: 'an undefined variable',
    playbook: `
- hosts: lb01
  gather_facts: false
  tasks:
    - name: Use it
      ansible.builtin.copy:
        content: "{{ no_such_variable }}"
        dest: /tmp/x
`,
    code: 2,
    says: [
      /Undefined variable: 'no_such_variable' is undefined/,
      /site\.yml:7:22$/m,
      / content: "\{\{ no_such_variable \}\}"/,
    ],
  },
  {
    name: 'YAML that cannot be read',
    playbook: `
- hosts: lb01
  tasks:
    - debug:
        msg: [1, 2
    - ping:
`,
    code: 4,
    says: [/YAML syntax error/, /site\.yml:6:5$/m],
  },
  {
    name: 'a key twice, which Ansible only warns of',
    playbook: `
- hosts: lb01
  gather_facts: false
  tasks:
    - debug:
        msg: one
      debug:
        msg: two
`,
    code: 0,
    says: [/WARNING.*found a duplicate dict key \(debug\)/, /site\.yml:7:7\)$/m],
  },
  {
    name: 'an unknown module',
    playbook: `
- hosts: lb01
  tasks:
    - name: Copy it
      ansible.builtin.copyy:
        dest: /tmp/x
`,
    code: 4,
    says: [
      /Unknown module: .*'ansible\.builtin\.copyy'/,
      /site\.yml:5:7$/m,
      /did you mean "(ansible\.builtin\.)?copy"\?/,
    ],
  },
  {
    name: 'an unknown argument',
    playbook: `
- hosts: lb01
  gather_facts: false
  tasks:
    - name: Copy it
      ansible.builtin.copy:
        content: a
        dest: /tmp/x
        mod: "0644"
`,
    code: 2,
    says: [/Unknown argument: "mod"/, /site\.yml:9:9$/m, /did you mean "mode"\?/],
  },
  {
    name: 'a missing argument',
    playbook: `
- hosts: lb01
  gather_facts: false
  tasks:
    - name: Copy it
      ansible.builtin.copy:
        content: a
`,
    code: 2,
    says: [/missing required arguments: dest/, /site\.yml:6:7$/m],
  },
  {
    name: 'an unknown keyword of a play',
    playbook: `
- hosts: lb01
  gather_fact: false
  tasks: []
`,
    code: 4,
    says: [/'gather_fact' is not a valid attribute for a Play/, /site\.yml:3:3$/m, /did you mean "gather_facts"\?/],
  },
  {
    name: 'an unknown keyword of a task',
    playbook: `
- hosts: lb01
  tasks:
    - name: Say it
      debug:
        msg: a
      whenn: true
`,
    code: 4,
    says: [/'whenn'/, /site\.yml:7:7$/m, /did you mean "when"\?/],
  },
  {
    name: 'several mistakes, all told at once',
    playbook: `
- hosts: lb01
  gather_fact: false
  tasks:
    - name: Copy it
      ansible.builtin.copyy:
        dest: /tmp/x
- hosts: lb01
  rols: []
`,
    code: 4,
    says: [/'gather_fact'/, /copyy/, /'rols'/, /did you mean "roles"\?/],
  },
  {
    name: 'a role that is not there',
    playbook: `
- hosts: lb01
  roles:
    - ngnix
`,
    code: 4,
    says: [/the role 'ngnix' was not found/, /site\.yml:4:7$/m],
  },
  {
    name: 'a playbook that is not there',
    path: ({ folder }) => join(folder, 'absent.yml'),
    code: 4,
    says: [/absent\.yml could not be found/],
  },
  {
    name: 'an inventory that is not there',
    inventory: ({ folder }) => join(folder, 'absent.yml'),
    code: 4,
    says: [/absent\.yml/, /there is no such file/],
  },
  {
    name: 'an option that is not there',
    args: () => ['--chek'],
    code: 2,
    says: [/--chek/, /--check/],
  },
]

describe('problems', function () {
  this.timeout(60_000)
  this.slow(5_000)
  const lab = withLab('problems', [{ name: 'lb01', image: 'debian-13', octet: 11 }])
  const folder = mkdtempSync(join(tmpdir(), 'provision-problems-'))
  after(() => rmSync(folder, { recursive: true }))
  before(() => {
    const key = readFileSync(lab.file('id_ed25519.pub'), 'utf8')
    writeFileSync(join(folder, 'other_hosts'), `${lab.host('lb01').address},lb01 ${key}`)
    writeFileSync(join(folder, 'no_hosts'), '')
    writeFileSync(join(folder, 'password'), `${PASSWORD}\n`, { mode: 0o600 })
  })

  for (const [index, row] of ROWS.entries()) {
    it(`${row.name}: exit code ${row.code}`, async () => {
      const place = { folder: join(folder, String(index)), network: readFileSync(lab.file('network'), 'utf8').trim() }
      mkdirSync(place.folder)
      writeFileSync(join(place.folder, 'site.yml'), row.playbook ?? WHO)
      const inventory = row.inventory?.(place) ?? 'inventory/lab.yml'
      const playbook = row.path?.(place) ?? join(place.folder, 'site.yml')
      const args = row.args?.({ ...place, folder }) ?? []
      const ending = runProgram(lab.name, [inventory, playbook, ...args])
      if (row.meanwhile !== undefined) await lab.sure('lb01', row.meanwhile)
      const { code, text } = await ending
      for (const pattern of row.says) expect(text).to.match(pattern)
      expect(text).to.not.match(STACK_TRACE)
      expect(text).to.not.contain(PASSWORD)
      expect(code).to.equal(row.code)
    })
  }

  it('with the right sudo password the same play runs, so that the rows above fail for their own reason only', async () => {
    const playbook = join(folder, 'who.yml')
    writeFileSync(playbook, WHO)
    writeFileSync(join(folder, 'right'), 'operator-sudo\n', { mode: 0o600 })
    const args = [...as('operator'), '--become-password-file', join(folder, 'right')]
    const { code, text } = await runProgram(lab.name, ['inventory/lab.yml', playbook, ...args])
    expect(text).to.match(/^lb01 +: ok=1 +changed=1 /m)
    expect(text).to.not.contain('operator-sudo')
    expect(code).to.equal(0)
  })

  it('changes and removes a user whose shell of ours is open', async () => {
    const playbook = join(folder, 'leaver.yml')
    writeFileSync(playbook, LEAVER)
    const { code, text } = await runProgram(lab.name, ['inventory/lab.yml', playbook])
    expect(text).to.match(/^lb01 +: ok=5 +changed=5 /m)
    expect(code).to.equal(0)
  })
})
