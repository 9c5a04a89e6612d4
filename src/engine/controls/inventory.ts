import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { asList, asText } from '../convert.ts'
import { type Control, okResult } from './control.ts'

/** Adds a host to the inventory for the rest of the run (ansible.builtin.add_host). */
export const addHost: Control = {
  name: 'add_host',
  freeForm: null,
  run({ args: given, playRun, task }) {
    const whole = given.get('_raw_params')
    const args: Dict = whole instanceof Map ? new Map([...(whole as Dict), ...given]) : given
    const named = args.get('name') ?? args.get('hostname') ?? args.get('host')
    if (named === undefined)
      throw new Problem({
        code: 'args.missing',
        summary: 'Missing argument',
        detail: 'add_host needs "name"',
        at: task.at,
      })
    const [, name, port] = /^(.*?)(?::(\d+))?$/s.exec(asText(named))!
    const groups = asList(args.get('groups') ?? args.get('groupname') ?? args.get('group')).flatMap((group) =>
      asText(group).split(','),
    )
    const own = ['_raw_params', 'name', 'hostname', 'host', 'groups', 'groupname', 'group']
    const vars: Dict = new Map([...args].filter(([key]) => !own.includes(asText(key))))
    if (port !== undefined) vars.set('ansible_ssh_port', Number(port))
    const clean = groups.map((group) => group.trim()).filter((group) => group !== '')
    const changed = playRun.engine.hosts.addHost(name!, clean, vars)
    const host: Dict = new Map<Value, Value>([
      ['host_name', name!],
      ['groups', clean],
      ['host_vars', vars],
    ])
    return okResult([['add_host', host]], changed)
  },
}

/** Puts the host into a group made of a fact's value (ansible.builtin.group_by). */
export const groupBy: Control = {
  name: 'group_by',
  freeForm: null,
  options: ['key', 'parents'],
  run({ args, playRun, host, task }) {
    const key = args.get('key')
    if (key === undefined)
      throw new Problem({
        code: 'args.missing',
        summary: 'Missing argument',
        detail: "the 'key' param is required when using group_by",
        at: task.at,
      })
    const group = asText(key).replaceAll(' ', '-')
    const parents = asList(args.get('parents') ?? 'all').map((parent) => asText(parent).replaceAll(' ', '-'))
    const changed = playRun.engine.hosts.addToGroup(host.name, group, parents)
    return okResult(
      [
        ['add_group', group],
        ['parent_groups', parents],
      ],
      changed,
    )
  },
}
