import { join, resolve } from 'node:path'
import type { ControllerRoot } from './controller-root.ts'
import type { Hosts } from './hosts.ts'
import type { Launch } from './measure.ts'
import type { Scenario } from './scenarios.ts'

/** What a tool is to do: a folder with `hosts.ini`, `site.yml`, and for pyinfra `inventory.py` and `deploy.py`. */
export type Job = {
  readonly folder: string
  readonly hosts: Hosts
  readonly check: boolean
  readonly version: boolean
}

export type Tool = {
  readonly name: string
  readonly peer: boolean
  /** Whether it only goes a part of the way and changes nothing. */
  readonly floor: boolean
  serves(scenario: Scenario): boolean
  launch(job: Job): Launch
}

const PROGRAM = resolve('bin/provision')
const MITOGEN = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy'

const always = () => true
const overSsh = ({ kind }: Scenario) => kind !== 'none'

/**
 * Every tool at its best settings: Ansible with pipelining, as many forks as hosts and no facts. The floors are one SSH connection
 * a host with nothing to do, OpenSSH's and ours.
 */
export function toolsIn(root: ControllerRoot): readonly Tool[] {
  const ansible = (env: Launch['env']) => (job: Job) => {
    const play = ['ansible-playbook', '-i', 'hosts.ini', 'site.yml', ...(job.check ? ['--check', '--diff'] : [])]
    const command = job.version ? ['ansible', '--version'] : play
    return { cwd: job.folder, env: { ...ansibleEnv(job), ...env }, argv: root.enter(command, job.folder) }
  }
  const mitogen = { ANSIBLE_STRATEGY: 'mitogen_linear', ANSIBLE_STRATEGY_PLUGINS: MITOGEN }
  return [
    { name: 'provision', peer: false, floor: false, serves: always, launch: provision },
    { name: 'ansible', peer: true, floor: false, serves: ({ quickOnly }) => !quickOnly, launch: ansible({}) },
    {
      name: 'mitogen',
      peer: true,
      floor: false,
      serves: ({ version, quickOnly }) => !version && !quickOnly,
      launch: ansible(mitogen),
    },
    { name: 'pyinfra', peer: true, floor: false, serves: ({ name }) => name !== 'local', launch: pyinfra(root) },
    { name: 'scp', peer: false, floor: false, serves: ({ content }) => content === 'big', launch: scp },
    { name: 'provision exec true', peer: false, floor: true, serves: overSsh, launch: provisionExec },
    { name: 'ssh true', peer: false, floor: true, serves: overSsh, launch: sshTrue },
  ]
}

function provision({ folder, check, version }: Job): Launch {
  const play = ['playbook', '-i', 'hosts.ini', 'site.yml', ...(check ? ['--check', '--diff'] : [])]
  return { cwd: folder, env: {}, argv: [PROGRAM, ...(version ? ['--version'] : play)] }
}

function provisionExec({ folder }: Job): Launch {
  return { cwd: folder, env: {}, argv: [PROGRAM, 'exec', 'all', '-i', 'hosts.ini', '-m', 'raw', '-a', 'true'] }
}

function pyinfra(root: ControllerRoot): Tool['launch'] {
  return ({ folder, hosts, check, version }) => {
    const parallel = ['--parallel', String(Math.max(1, hosts.list.length))]
    // With -y it would not find out what would change.
    const deploy = [check ? '--dry' : '-y', ...parallel, 'inventory.py', 'deploy.py']
    const command = ['python3', '-m', 'pyinfra', ...(version ? ['--version'] : deploy)]
    return { cwd: folder, env: { PYTHONPATH: '/opt/pyinfra' }, argv: root.enter(command, folder) }
  }
}

function ansibleEnv({ folder, hosts }: Job): Launch['env'] {
  return {
    ANSIBLE_PIPELINING: 'True',
    ANSIBLE_FORKS: String(Math.max(1, hosts.list.length)),
    ANSIBLE_GATHERING: 'explicit',
    ANSIBLE_HOME: join(folder, 'ansible'),
    ANSIBLE_LOCAL_TEMP: join(folder, 'ansible', 'tmp'),
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, 'cp'),
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    ANSIBLE_NOCOLOR: '1',
  }
}

function sshTrue({ folder, hosts }: Job): Launch {
  const options = sshOptions(hosts, folder)
  const each = hosts.list.map(({ address, port }) => `ssh ${options} -p ${port} root@${address} true &`)
  return { cwd: folder, env: {}, argv: ['sh', '-c', `${each.join('\n')}\nwait`] }
}

function scp({ folder, hosts }: Job): Launch {
  const { address, port } = hosts.list[0]!
  const options = sshOptions(hosts, folder).split(' ')
  return {
    cwd: folder,
    env: {},
    argv: ['scp', '-q', ...options, '-P', String(port), 'files/big', `root@${address}:/root/big`],
  }
}

function sshOptions({ key }: Hosts, folder: string): string {
  return `-i ${key} -o IdentitiesOnly=yes -o UserKnownHostsFile=${join(folder, 'known_hosts')} -o BatchMode=yes`
}
