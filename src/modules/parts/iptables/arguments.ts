import { arg, args } from '../../../kernel/schema.ts'

/** The arguments of Ansible's `iptables` module. */
export const iptablesSchema = args(
  {
    table: arg.choice(['filter', 'nat', 'mangle', 'raw', 'security'], 'The table', { default: 'filter' }),
    state: arg.choice(['absent', 'present'], 'Whether the rule, or the chain, is there', { default: 'present' }),
    action: arg.choice(['append', 'insert'], 'Where a new rule goes: last or first', { default: 'append' }),
    rule_num: arg.str('With `insert`: before which rule'),
    ip_version: arg.choice(['ipv4', 'ipv6'], 'iptables or ip6tables', { default: 'ipv4' }),
    chain: arg.str('The chain'),
    chain_management: arg.bool('Whether the chain itself is made and removed', { default: false }),
    flush: arg.bool('Remove all rules of the chain, or of the table', { default: false }),
    policy: arg.choice(['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], 'What becomes of packets that no rule decides about'),
    wait: arg.str('Seconds to wait for the lock of another program'),
    protocol: arg.str('The protocol, by name or number'),
    source: arg.str('Address or network it comes from; `!` before it negates, as with most of these'),
    destination: arg.str('Address or network it goes to'),
    match: arg.list('Extensions to load', { default: [] }),
    tcp_flags: arg.options(
      { flags: arg.list('Flags to look at'), flags_set: arg.list('Those of them that are set') },
      'TCP flags',
    ),
    jump: arg.str('The target'),
    gateway: arg.str('With the target TEE: where copies go'),
    log_prefix: arg.str('With the target LOG: text before each line'),
    log_level: arg.choice(
      [
        ...(['0', '1', '2', '3', '4', '5', '6', '7'] as const),
        ...(['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'] as const),
      ],
      'With the target LOG: how urgent',
    ),
    goto: arg.str('The chain to go on in, without coming back'),
    in_interface: arg.str('Interface it came in by'),
    out_interface: arg.str('Interface it will leave by'),
    fragment: arg.str('Fragments after the first'),
    set_counters: arg.str('Counters to begin with'),
    source_port: arg.str('Port or range it comes from'),
    destination_port: arg.str('Port or range it goes to'),
    destination_ports: arg.list('Ports and ranges it goes to', { default: [] }),
    to_ports: arg.str('With REDIRECT and the like: the new port'),
    to_destination: arg.str('With DNAT: the new destination'),
    to_source: arg.str('With SNAT: the new source'),
    syn: arg.choice(['ignore', 'match', 'negate'], 'Whether it opens a connection', { default: 'ignore' }),
    set_dscp_mark: arg.str('With DSCP: the mark'),
    set_dscp_mark_class: arg.str('With DSCP: the class'),
    comment: arg.str('A comment that is kept with the rule'),
    ctstate: arg.list('States of the connection', { default: [] }),
    src_range: arg.str('Range of addresses it comes from'),
    dst_range: arg.str('Range of addresses it goes to'),
    match_set: arg.str('The ipset it is looked up in'),
    match_set_flags: arg.choice(['src', 'dst', 'src,dst', 'dst,src'], 'What of it is looked up'),
    limit: arg.str('How often it may match'),
    limit_burst: arg.str('How often at once'),
    uid_owner: arg.str('User whose process sends it'),
    gid_owner: arg.str('Group whose process sends it'),
    reject_with: arg.str('The answer of REJECT, which it implies'),
    icmp_type: arg.str('The ICMP type'),
  },
  {
    exclusive: [
      ['set_dscp_mark', 'set_dscp_mark_class'],
      ['flush', 'policy'],
    ],
    requiredIf: [
      ['jump', 'TEE', ['gateway']],
      ['jump', 'tee', ['gateway']],
    ],
  },
)

export type IptablesArgs = ReturnType<typeof iptablesSchema.check>
