import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'

const schema = args(
  {
    state: arg.choice(['enabled', 'disabled', 'reloaded', 'reset'], 'Whether the firewall is on'),
    default: arg.choice(['allow', 'deny', 'reject'], 'What becomes of traffic without a rule', { aliases: ['policy'] }),
    logging: arg.choice(['full', 'high', 'low', 'medium', 'off', 'on'], 'How much is logged'),
    direction: arg.choice(['in', 'incoming', 'out', 'outgoing', 'routed'], 'The direction of the rule or the default'),
    rule: arg.choice(['allow', 'deny', 'limit', 'reject'], 'The rule'),
    delete: arg.bool('Whether the rule is removed', { default: false }),
    route: arg.bool('Whether the rule is for routed traffic', { default: false }),
    insert: arg.int('Before which rule a new one goes'),
    insert_relative_to: arg.choice(
      ['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'],
      'From where that is counted',
      { default: 'zero' },
    ),
    interface: arg.str('The interface', { aliases: ['if'] }),
    interface_in: arg.str('The interface it comes in by', { aliases: ['if_in'] }),
    interface_out: arg.str('The interface it leaves by', { aliases: ['if_out'] }),
    log: arg.bool('Whether what matches is logged', { default: false }),
    from_ip: arg.str('Where it comes from', { default: 'any', aliases: ['from', 'src'] }),
    from_port: arg.str('The port it comes from'),
    to_ip: arg.str('Where it goes to', { default: 'any', aliases: ['dest', 'to'] }),
    to_port: arg.str('The port it goes to', { aliases: ['port'] }),
    proto: arg.choice(['ah', 'any', 'esp', 'ipv6', 'tcp', 'udp', 'gre', 'igmp'], 'The protocol', {
      aliases: ['protocol'],
    }),
    name: arg.str('A profile of /etc/ufw/applications.d', { aliases: ['app'] }),
    comment: arg.str('A comment that is kept with the rule'),
  },
  {
    exclusive: [
      ['name', 'proto', 'logging'],
      ['direction', 'interface_in'],
      ['direction', 'interface_out'],
    ],
    oneOf: [['state', 'default', 'rule', 'logging']],
    requiredBy: { interface: ['direction'] },
  },
)

type Want = ReturnType<typeof schema.check>
type Now = {
  readonly active: boolean
  readonly logLevel: string
  /** By direction: `DROP`, `ACCEPT` or `REJECT`. */
  readonly policies: ReadonlyMap<string, string>
  /** The rules for IPv4 and IPv6 as ufw keeps them. */
  readonly rules: readonly [string, string]
  /** What ufw says it would do for the rule. */
  readonly rehearsal: string
  readonly status: string
}

/** Ubuntu's simple firewall, by its own command; follows community.general's `ufw`. */
export const module = defineModule<Want, Want, Now>({
  name: 'ufw',
  collection: 'community.general',
  summary: 'Manages the firewall ufw',
  examples: [
    '- community.general.ufw:\n    rule: allow\n    port: "22"\n    proto: tcp\n',
    '- community.general.ufw:\n    state: enabled\n    policy: deny\n',
  ],
  args: schema,
  want: wanted,
  probe: (want) =>
    lines([
      sh`
        command -v ufw >/dev/null || { emit 'Failed to find required executable "ufw"' >&2; exit 1; }
        field status "$(ufw status verbose)"
        field settings "$(cat /etc/default/ufw /etc/ufw/ufw.conf)"`,
      want.rule === undefined
        ? null
        : sh`
          field rules4 "$(grep '^### tuple' /etc/ufw/user.rules)" || :
          field rules6 "$(grep '^### tuple' /etc/ufw/user6.rules)" || :
          ${place(want)}
          field rehearsal "$(${command(want, ['--dry-run'])} 2>&1)"`,
    ]),
  read: (fields) => {
    const settings = new Map(
      [...fields.text('settings').matchAll(/^([A-Z_]+)="?([^"\n]*)"?/gm)].map((match) => [match[1]!, match[2]!]),
    )
    const status = fields.text('status')
    return {
      active: /^Status: active$/m.test(status),
      logLevel: settings.get('LOGLEVEL')?.toLowerCase() ?? 'off',
      policies: new Map(Object.entries(DIRECTIONS).map(([name, key]) => [name, settings.get(key) ?? ''])),
      rules: [fields.text('rules4').trim(), fields.text('rules6').trim()],
      rehearsal: fields.text('rehearsal'),
      status: status.trim(),
    }
  },
  plan: (now, want) => [
    ...stateChanges(now, want),
    ...policyChanges(now, want),
    ...ruleChanges(now, want),
    ...loggingChanges(now, want),
  ],
  apply: (changes, want) => {
    const has = (what: string) => changes.some((change) => change.what.startsWith(what))
    return lines([
      has('firewall') ? sh`ufw -f ${STATES[want.state!]} >/dev/null` : null,
      has('default') ? sh`ufw default ${want.default!} ${want.direction ?? []} >/dev/null` : null,
      has('rule') ? lines([place(want), sh`${command(want, [])} >/dev/null`]) : null,
      has('logging') ? sh`ufw logging ${want.logging!} >/dev/null` : null,
      sh`field status "$(ufw status verbose)"`,
    ])
  },
  result: ({ now, want, changes, ran }) => ({
    commands: commandsOf(changes, want),
    msg: ran === null ? now.status : ran.fields.text('status').trim(),
  }),
  effects: 'network',
})

const STATES = { enabled: 'enable', disabled: 'disable', reloaded: 'reload', reset: 'reset' } as const
const DIRECTIONS = {
  incoming: 'DEFAULT_INPUT_POLICY',
  outgoing: 'DEFAULT_OUTPUT_POLICY',
  routed: 'DEFAULT_FORWARD_POLICY',
} as const
const POLICIES = { allow: 'ACCEPT', deny: 'DROP', reject: 'REJECT' } as const

function wanted(given: Want): Want {
  const { direction } = given
  if (given.default !== undefined && (direction === 'in' || direction === 'out'))
    throw new Failure(
      'For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.',
    )
  if (given.rule === undefined) return given
  if (direction !== undefined && direction !== 'in' && direction !== 'out')
    throw new Failure('For rules, direction must be one of "in" and "out", or direction must not be specified.')
  if (!given.route && given.interface_in !== undefined && given.interface_out !== undefined)
    throw new Failure('Only route rules can combine interface_in and interface_out')
  return given
}

function stateChanges({ active }: Now, { state }: Want): Change[] {
  if (state === undefined) return []
  if (state === 'reloaded' || state === 'reset') return [{ what: 'firewall', before: null, after: state, action: true }]
  if (active === (state === 'enabled')) return []
  return [{ what: 'firewall', before: active ? 'enabled' : 'disabled', after: state }]
}

function policyChanges({ policies }: Now, { default: policy, direction = 'incoming' }: Want): Change[] {
  if (policy === undefined) return []
  const before = policies.get(direction) ?? ''
  if (before === POLICIES[policy]) return []
  const name = Object.entries(POLICIES).find(([, word]) => word === before)?.[0] ?? before
  return [{ what: `default (${direction})`, before: name, after: policy }]
}

function loggingChanges({ logLevel }: Now, { logging }: Want): Change[] {
  if (logging === undefined || logging === logLevel) return []
  if (logging === 'on' && logLevel !== 'off') return []
  return [{ what: 'logging', before: logLevel, after: logging }]
}

/** ufw tells the rules as they would be, of the address families that the rule is about, or why it would do nothing. */
function ruleChanges({ rules, rehearsal }: Now, want: Want): Change[] {
  if (want.rule === undefined) return []
  const said = rehearsal.trim().split('\n')
  if (said.some((line) => /^ERROR/.test(line)))
    throw new Failure(rehearsal.trim(), { commands: [words(want).join(' ')] })
  if (said.every((line) => /^(Skipping|Could not delete non-existent rule)/.test(line))) return []
  const after = said.filter((line) => line.startsWith('### tuple')).join('\n')
  const addresses = [want.from_ip, want.to_ip]
  const [four, six] = rules
  const isFour = addresses.some((address) => /^\d+\.\d+/.test(address))
  const isSix = addresses.some((address) => address.includes(':'))
  const before = isFour ? four : isSix ? six : [four, six].filter(Boolean).join('\n')
  if (after === before) return []
  const rule = words(want).join(' ')
  return [{ what: 'rule', before: want.delete ? rule : null, after: want.delete ? null : rule }]
}

/** Shell text that makes `$@` where a new rule goes; numbers count the rules for IPv4 first. */
function place({ insert, insert_relative_to: from, delete: deletes }: Want): Sh {
  if (insert === undefined || deletes) return sh`set --`
  if (from === 'zero') return sh`set -- insert ${insert}`
  const offset = {
    'first-ipv4': sh`1`,
    'last-ipv4': sh`$((four > 0 ? four : 1))`,
    'first-ipv6': sh`$((four > 0 ? four + 1 : 1))`,
    'last-ipv6': sh`$((all > four ? all : all + 1))`,
  }[from]
  return sh`
    list=$(ufw status numbered)
    all=$(emit "$list" | grep -c '^\[') || :
    four=$(emit "$list" | grep '^\[' | grep -vc '(v6)') || :
    number=$((${insert} + ${offset}))
    set --; [ "$number" -gt "$all" ] || set -- insert "$number"`
}

function command(want: Want, options: readonly string[]): Sh {
  const before = [...(want.route ? ['route'] : []), ...(want.delete ? ['delete'] : [])]
  return sh`ufw ${options} ${before} "$@" ${words(want)}`
}

/** The rule in ufw's long form. */
function words(want: Want): string[] {
  const pair = (word: string, value: string | undefined) => (value === undefined ? [] : [...word.split(' '), value])
  return [
    want.rule!,
    ...(want.direction === undefined ? [] : [want.direction]),
    ...pair('on', want.interface),
    ...pair('in on', want.interface_in),
    ...pair('out on', want.interface_out),
    ...(want.log ? ['log'] : []),
    ...pair('from', want.from_ip),
    ...pair('port', want.from_port),
    ...pair('to', want.to_ip),
    ...pair('port', want.to_port),
    ...pair('proto', want.proto),
    ...pair('app', want.name),
    ...pair('comment', want.comment),
  ]
}

function commandsOf(changes: readonly Change[], want: Want): string[] {
  return changes.map(({ what }) => {
    if (what === 'firewall') return `ufw -f ${STATES[want.state!]}`
    if (what === 'logging') return `ufw logging ${want.logging}`
    if (what === 'rule') return `ufw ${want.delete ? 'delete ' : ''}${words(want).join(' ')}`
    return `ufw default ${want.default} ${want.direction ?? ''}`.trim()
  })
}
