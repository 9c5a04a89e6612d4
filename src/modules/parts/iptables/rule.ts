import type { IptablesArgs } from './arguments.ts'

/** The words of a rule, in the order of Ansible's module: two that differ in nothing else are the same rule. */
export function ruleWords(given: IptablesArgs): string[] {
  const { match } = given
  const jumpsToTee = given.jump?.toLowerCase() === 'tee'
  const range = given.src_range ?? given.dst_range
  return [
    ...(given.wait ? ['-w', given.wait] : []),
    ...option('-p', given.protocol),
    ...option('-s', given.source),
    ...option('-d', given.destination),
    ...match.flatMap((name) => option('-m', name)),
    ...tcpFlags(given),
    ...option('-j', given.jump),
    ...(jumpsToTee ? option('--gateway', given.gateway) : []),
    ...option('--log-prefix', given.log_prefix),
    ...option('--log-level', given.log_level),
    ...option('--to-destination', given.to_destination),
    ...(given.destination_ports.length === 0 ? [] : ['-m', 'multiport', '--dports', given.destination_ports.join(',')]),
    ...option('--to-source', given.to_source),
    ...option('-g', given.goto),
    ...option('-i', given.in_interface),
    ...option('-o', given.out_interface),
    ...option('-f', given.fragment),
    ...option('-c', given.set_counters),
    ...option('--source-port', given.source_port),
    ...option('--destination-port', given.destination_port),
    ...option('--to-ports', given.to_ports),
    ...option('--set-dscp', given.set_dscp_mark),
    ...option('--set-dscp-class', given.set_dscp_mark_class),
    ...{ ignore: [], match: ['--syn'], negate: ['!', '--syn'] }[given.syn],
    ...states(given),
    ...loads('iprange', match, range),
    ...option('--src-range', given.src_range),
    ...option('--dst-range', given.dst_range),
    ...loads('set', match, given.match_set),
    ...option('--match-set', given.match_set),
    ...(given.match_set === undefined || given.match_set_flags === undefined ? [] : [given.match_set_flags]),
    ...(given.limit || given.limit_burst ? ['-m', 'limit'] : []),
    ...option('--limit', given.limit),
    ...option('--limit-burst', given.limit_burst),
    ...(given.uid_owner ? ['-m', 'owner', ...option('--uid-owner', given.uid_owner)] : []),
    ...(given.gid_owner ? ['-m', 'owner', ...option('--gid-owner', given.gid_owner)] : []),
    ...(given.jump === undefined && given.reject_with ? ['-j', 'REJECT'] : []),
    ...option('--reject-with', given.reject_with),
    ...option(given.ip_version === 'ipv6' ? '--icmpv6-type' : '--icmp-type', given.icmp_type),
    ...(given.comment ? ['-m', 'comment', ...option('--comment', given.comment)] : []),
  ]
}

/** An option and its value; a `!` before the value goes before the option. */
function option(flag: string, value: string | undefined): string[] {
  if (value === undefined) return []
  return value.startsWith('!') ? ['!', flag, value.slice(1)] : [flag, value]
}

/** `-m NAME` unless the task names that match itself. */
function loads(name: string, match: readonly string[], value: string | undefined): string[] {
  return value === undefined || match.includes(name) ? [] : ['-m', name]
}

function tcpFlags({ tcp_flags: given }: IptablesArgs): string[] {
  if (given?.flags === undefined || given.flags_set === undefined) return []
  return ['--tcp-flags', given.flags.join(','), given.flags_set.join(',')]
}

function states({ match, ctstate }: IptablesArgs): string[] {
  if (ctstate.length === 0) return []
  const list = ctstate.join(',')
  if (match.includes('conntrack')) return ['--ctstate', list]
  return match.includes('state') ? ['--state', list] : ['-m', 'conntrack', '--ctstate', list]
}
