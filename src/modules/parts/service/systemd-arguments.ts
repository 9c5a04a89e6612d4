import { Failure } from '../../../kernel/module.ts'
import { arg, args } from '../../../kernel/schema.ts'
import { applyUnit, planUnit, probeUnit, readUnit, type UnitWant, unitResult } from './systemd.ts'

const schema = args(
  {
    name: arg.str('The unit; `.service` when it has no suffix', { aliases: ['service', 'unit'] }),
    state: arg.choice(['reloaded', 'restarted', 'started', 'stopped'], 'Whether it runs; restarted always changes'),
    enabled: arg.bool('Whether it starts with the host'),
    force: arg.bool('Whether existing links are overwritten'),
    masked: arg.bool('Whether it can be started at all'),
    daemon_reload: arg.bool('Whether systemd reads changed unit files first', {
      default: false,
      aliases: ['daemon-reload'],
    }),
    daemon_reexec: arg.bool('Whether systemd executes itself anew first', {
      default: false,
      aliases: ['daemon-reexec'],
    }),
    scope: arg.choice(['system', 'user', 'global'], 'Whose manager', { default: 'system' }),
    no_block: arg.bool('Whether not to wait for the job’s end', { default: false }),
  },
  {
    oneOf: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']],
    requiredBy: { state: ['name'], enabled: ['name'], masked: ['name'] },
  },
)

/** What `systemd` and its newer name `systemd_service` share. */
export const SYSTEMD = {
  summary: 'Controls units of systemd',
  examples: [
    '- systemd:\n    name: nginx\n    state: started\n    enabled: yes',
    '- systemd:\n    name: app@1\n    state: restarted\n    daemon_reload: yes',
    '- systemd:\n    daemon_reload: yes',
  ],
  args: schema,
  want: (given: ReturnType<typeof schema.check>): UnitWant => {
    checkName(given.name)
    return given
  },
  probe: probeUnit,
  read: readUnit,
  plan: planUnit,
  apply: applyUnit,
  result: unitResult,
  effects: 'network' as const,
}

function checkName(name: string | undefined): void {
  const pattern = ['*', '?', '['].find((char) => name?.includes(char))
  if (pattern !== undefined)
    throw new Failure(
      `This module does not currently support using glob patterns, found '${pattern}' in service name: ${name}`,
    )
}
