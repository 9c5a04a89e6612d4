import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { type IptablesArgs, iptablesSchema } from './parts/iptables/arguments.ts'
import { ruleWords } from './parts/iptables/rule.ts'

type Want = {
  readonly given: IptablesArgs
  readonly kind: 'flush' | 'policy' | 'chain' | 'rule'
  /** The command up to the action. */
  readonly command: readonly string[]
  /** Only with `flush` there may be none. */
  readonly chain: readonly string[]
  readonly rule: readonly string[]
  /** The rule as the result tells it. */
  readonly told: string
}
type Now = { readonly rule: boolean; readonly chain: boolean; readonly policy: string | null }

/** Rules, chains and policies of the kernel's packet filter, as they are now; follows Ansible's `iptables`. Nothing is kept for the next start. */
export const module = defineModule<IptablesArgs, Want, Now>({
  name: 'iptables',
  summary: 'Manages rules of the packet filter',
  examples: [
    '- iptables:\n    chain: INPUT\n    protocol: tcp\n    destination_port: "22"\n    ctstate: [NEW]\n    jump: ACCEPT\n    comment: ssh\n',
    '- iptables:\n    chain: FORWARD\n    policy: DROP\n',
  ],
  args: iptablesSchema,
  want: wanted,
  probe: ({ kind, command, chain, rule }) => {
    const present = sh`${command} -n -L ${chain} >/dev/null 2>&1`
    return lines([
      sh`command -v ${command[0]!} >/dev/null || { emit ${`Failed to find required executable "${command[0]}"`} >&2; exit 1; }`,
      kind === 'policy' ? sh`field policy "$(${command} -S ${chain} | head -n 1)"` : null,
      kind === 'chain' ? sh`! ${present} || field chain 1` : null,
      kind === 'rule'
        ? sh`if ${command} -C ${chain} ${rule} >/dev/null 2>&1; then field rule 1; elif ${present}; then field chain 1; fi`
        : null,
    ])
  },
  read: (fields) => ({
    rule: fields.flag('rule'),
    chain: fields.flag('chain'),
    policy: /^-P \S+ (\S+)/.exec(fields.text('policy'))?.[1] ?? null,
  }),
  plan,
  apply: (_, want, now) => applied(want, now),
  result: ({ want: { given, told } }) => ({
    ip_version: given.ip_version,
    table: given.table,
    chain: given.chain ?? null,
    flush: given.flush,
    rule: told,
    state: given.state,
    chain_management: given.chain_management,
  }),
  effects: 'network',
})

function wanted(args: IptablesArgs): Want {
  if (!args.flush && args.chain === undefined) throw new Failure('Either chain or flush parameter must be specified.')
  const logs = Boolean(args.log_prefix || args.log_level)
  if (logs && args.jump !== undefined && args.jump !== 'LOG')
    throw new Failure('Logging options can only be used with the LOG jump target.')
  const rule = ruleWords(logs ? { ...args, jump: 'LOG' } : args)
  const told = ruleWords(args)
  const isChain = args.state === 'absent' && told.length === 0
  return {
    given: args,
    kind: args.flush ? 'flush' : args.policy !== undefined ? 'policy' : isChain ? 'chain' : 'rule',
    command: [args.ip_version === 'ipv6' ? 'ip6tables' : 'iptables', '-t', args.table],
    chain: args.chain === undefined ? [] : [args.chain],
    rule,
    told: told.join(' '),
  }
}

function plan(now: Now, { given, kind, told }: Want): readonly Change[] {
  const place = `${given.table}${given.chain === undefined ? '' : ` ${given.chain}`}`
  switch (kind) {
    case 'flush':
      return [{ what: `rules of ${place}`, before: null, after: 'flushed', action: true }]
    case 'policy': {
      if (now.policy === null) throw new Failure("Can't detect current policy")
      if (now.policy === given.policy) return []
      return [{ what: `policy of ${place}`, before: now.policy, after: given.policy! }]
    }
    case 'chain':
      return now.chain && given.chain_management ? [{ what: `chain ${place}`, before: 'present', after: null }] : []
    case 'rule': {
      if (now.rule === (given.state === 'present')) return []
      const rule = { what: `rule in ${place}`, before: now.rule ? told : null, after: now.rule ? null : told }
      return madeBefore(now, given) ? [{ what: `chain ${place}`, before: null, after: 'present' }, rule] : [rule]
    }
  }
}

function madeBefore(now: Now, { state, chain_management }: IptablesArgs): boolean {
  return state === 'present' && chain_management && !now.chain
}

function applied({ given, kind, command, chain, rule }: Want, now: Now): Sh {
  switch (kind) {
    case 'flush':
      return sh`${command} -F ${chain}`
    case 'policy':
      return sh`${command} -P ${chain} ${given.policy!}`
    case 'chain':
      return sh`${command} -X ${chain}`
    case 'rule': {
      if (given.state === 'absent') return sh`${command} -D ${chain} ${rule}`
      const number = given.action === 'insert' && given.rule_num !== undefined ? [given.rule_num] : []
      return lines([
        madeBefore(now, given) ? sh`${command} -N ${chain}` : null,
        sh`${command} ${given.action === 'insert' ? '-I' : '-A'} ${chain} ${number} ${rule}`,
      ])
    }
  }
}
