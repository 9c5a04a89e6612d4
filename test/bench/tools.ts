import { join, resolve } from 'node:path'
import type { ControllerRoot } from './controller-root.ts'
import type { Hosts } from './hosts.ts'
import type { Launch } from './measure.ts'

/** What a tool is to do: a folder with `hosts.ini`, `site.yml`, and for pyinfra `inventory.py` and `deploy.py`. */
export type Job = {
  readonly folder: string
  readonly hosts: Hosts
  readonly check: boolean
}

export type Tool = {
  readonly name: string
  /** Whether it measures a part of the way instead of doing the work. */
  readonly floor: boolean
  launch(job: Job): Launch
}

const PROGRAM = resolve('bin/provision')
const MITOGEN = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy'

/** Every tool at its best settings. The floors are one SSH connection a host with nothing to do: OpenSSH's, and ours. */
export function toolsIn(root: ControllerRoot): readonly Tool[] {
  const ansible = (env: Launch['env']) => (job: Job) => {
    const command = ['ansible-playbook', '-i', 'hosts.ini', 'site.yml', ...(job.check ? ['--check', '--diff'] : [])]
    return { cwd: job.folder, env: { ...ansibleEnv(job), ...env }, argv: root.enter(command, job.folder) }
  }
  return [
    {
      name: 'provision',
      floor: false,
      launch: (job) => ({
        cwd: job.folder,
        env: {},
        argv: [PROGRAM, 'playbook', '-i', 'hosts.ini', 'site.yml', ...(job.check ? ['--check', '--diff'] : [])],
      }),
    },
    { name: 'ansible', floor: false, launch: ansible({}) },
    {
      name: 'mitogen',
      floor: false,
      launch: ansible({ ANSIBLE_STRATEGY: 'mitogen_linear', ANSIBLE_STRATEGY_PLUGINS: MITOGEN }),
    },
    {
      name: 'pyinfra',
      floor: false,
      launch: (job) => ({
        cwd: job.folder,
        env: { PYTHONPATH: '/opt/pyinfra' },
        argv: root.enter(
          [
            ...['python3', '-m', 'pyinfra', '-y', '--parallel', String(job.hosts.list.length)],
            ...['inventory.py', 'deploy.py', ...(job.check ? ['--dry'] : [])],
          ],
          job.folder,
        ),
      }),
    },
    {
      name: 'provision exec true',
      floor: true,
      launch: (job) => ({
        cwd: job.folder,
        env: {},
        argv: [PROGRAM, 'exec', 'all', '-i', 'hosts.ini', '-m', 'raw', '-a', 'true'],
      }),
    },
    {
      name: 'ssh true',
      floor: true,
      launch: ({ folder, hosts }) => ({ cwd: folder, env: {}, argv: ['sh', '-c', sshToAll(hosts, folder)] }),
    },
  ]
}

function ansibleEnv({ folder, hosts }: Job): Launch['env'] {
  return {
    ANSIBLE_PIPELINING: 'True',
    ANSIBLE_FORKS: String(hosts.list.length),
    ANSIBLE_GATHERING: 'explicit',
    ANSIBLE_HOME: join(folder, 'ansible'),
    ANSIBLE_LOCAL_TEMP: join(folder, 'ansible', 'tmp'),
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, 'cp'),
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    ANSIBLE_NOCOLOR: '1',
  }
}

function sshToAll({ list, key }: Hosts, folder: string): string {
  const options = `-i ${key} -o IdentitiesOnly=yes -o UserKnownHostsFile=${join(folder, 'known_hosts')} -o BatchMode=yes`
  return `${list.map(({ address, port }) => `ssh ${options} -p ${port} root@${address} true &`).join('\n')}\nwait`
}
