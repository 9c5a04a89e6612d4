import { module } from '../../src/modules/iptables.ts'
import { testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const CLEAN = `
for table in filter nat mangle; do iptables -t $table -F; iptables -t $table -X; done; iptables -P FORWARD ACCEPT
ip6tables -F; ip6tables -X
`
const SSH = {
  chain: 'INPUT',
  protocol: 'tcp',
  destination_port: '22',
  ctstate: ['NEW'],
  jump: 'ACCEPT',
  comment: 'ssh',
}
const SSH_RULE = '-p tcp -j ACCEPT --destination-port 22 -m conntrack --ctstate NEW -m comment --comment ssh'
const STATE = 'for t in filter nat mangle; do iptables -t $t -S; done; ip6tables -S'

export const tests = testModule(
  module,
  [
    {
      name: 'appends a rule',
      given: `${CLEAN}iptables -A INPUT -p udp -j DROP`,
      args: SSH,
      want: {
        changes: [{ what: 'rule in filter INPUT', before: null, after: SSH_RULE }],
        result: { changed: true, rule: SSH_RULE, chain: 'INPUT', table: 'filter', flush: false, state: 'present' },
        after: 'iptables -S INPUT | tail -n 1 | grep -qF -- "-p tcp -m tcp --dport 22 -m conntrack --ctstate NEW"',
      },
      state: STATE,
    },
    {
      name: 'leaves a rule that is there',
      given: `${CLEAN}iptables -A INPUT ${SSH_RULE}`,
      args: SSH,
      want: { changes: 'none', result: { changed: false, rule: SSH_RULE } },
      state: STATE,
    },
    {
      name: 'puts a rule before another',
      given: `${CLEAN}iptables -A INPUT -p udp -j DROP; iptables -A INPUT -p icmp -j DROP`,
      args: { ...SSH, action: 'insert', rule_num: '2' },
      want: { after: 'iptables -S INPUT | sed -n 3p | grep -q "dport 22"' },
      state: STATE,
    },
    {
      name: 'removes a rule',
      given: `${CLEAN}iptables -A INPUT ${SSH_RULE}`,
      args: { ...SSH, state: 'absent' },
      want: {
        changes: [{ what: 'rule in filter INPUT', before: SSH_RULE, after: null }],
        after: '[ "$(iptables -S INPUT | wc -l)" = 1 ]',
      },
      state: STATE,
    },
    {
      name: 'makes the chain of a rule where chains are managed',
      given: CLEAN,
      args: { chain: 'OWN', chain_management: true, source: '!192.0.2.0/24', jump: 'DROP' },
      want: {
        changes: [
          { what: 'chain filter OWN', before: null, after: 'present' },
          { what: 'rule in filter OWN', before: null, after: '! -s 192.0.2.0/24 -j DROP' },
        ],
        after: 'iptables -S OWN | grep -q "! -s 192.0.2.0/24 -j DROP"',
      },
      state: STATE,
    },
    {
      name: 'fails for a chain that is not there',
      given: CLEAN,
      args: { chain: 'OWN', jump: 'DROP' },
      want: { failure: /iptables/ },
    },
    {
      name: 'removes a chain',
      given: `${CLEAN}iptables -N OWN`,
      args: { chain: 'OWN', chain_management: true, state: 'absent' },
      want: {
        changes: [{ what: 'chain filter OWN', before: 'present', after: null }],
        after: '! iptables -S OWN 2>/dev/null',
      },
      state: STATE,
    },
    {
      name: 'sets a policy',
      given: CLEAN,
      args: { chain: 'FORWARD', policy: 'DROP' },
      want: {
        changes: [{ what: 'policy of filter FORWARD', before: 'ACCEPT', after: 'DROP' }],
        after: '[ "$(iptables -S FORWARD)" = "-P FORWARD DROP" ]',
      },
      state: STATE,
    },
    {
      name: 'leaves a policy',
      given: CLEAN,
      args: { chain: 'FORWARD', policy: 'ACCEPT' },
      want: { changes: 'none' },
    },
    {
      name: 'removes all rules of a chain',
      given: `${CLEAN}iptables -A INPUT -p udp -j DROP; iptables -A OUTPUT -p udp -j DROP`,
      args: { chain: 'INPUT', flush: true },
      want: { after: '[ "$(iptables -S INPUT | wc -l)" = 1 ] && iptables -S OUTPUT | grep -q udp' },
      state: STATE,
      always: true,
    },
    {
      name: 'redirects a port in another table',
      given: CLEAN,
      args: {
        ...{ table: 'nat', chain: 'PREROUTING', in_interface: 'eth0', protocol: 'tcp', match: 'tcp' },
        ...{ destination_port: '80', jump: 'REDIRECT', to_ports: '8600' },
      },
      want: {
        after:
          'iptables -t nat -S PREROUTING | grep -q -- "-i eth0 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8600"',
      },
      state: STATE,
    },
    {
      name: 'logs, with flags, ranges, limits and owners',
      given: CLEAN,
      args: {
        ...{
          chain: 'OUTPUT',
          protocol: 'tcp',
          tcp_flags: { flags: ['SYN', 'RST'], flags_set: ['SYN'] },
          syn: 'ignore',
        },
        ...{
          log_prefix: 'out: ',
          log_level: 'info',
          dst_range: '192.0.2.1-192.0.2.9',
          limit: '2/second',
          limit_burst: '20',
        },
        uid_owner: 'root',
      },
      want: {
        after: 'iptables -S OUTPUT | grep -q -- "-j LOG --log-prefix \\"out: \\" --log-level 6"',
      },
      state: STATE,
    },
    {
      name: 'filters IPv6',
      given: CLEAN,
      args: {
        chain: 'INPUT',
        ip_version: 'ipv6',
        protocol: 'ipv6-icmp',
        icmp_type: 'echo-request',
        reject_with: 'icmp6-port-unreachable',
      },
      want: { after: 'ip6tables -S INPUT | grep -q -- "--icmpv6-type 128 -j REJECT"' },
      state: STATE,
    },
    {
      name: 'a comment of any words',
      given: CLEAN,
      args: { chain: 'INPUT', jump: 'ACCEPT', comment: 'x' },
      want: { after: 'iptables -S INPUT | grep -q -- "--comment x"' },
      strings: (text, word) => ({
        args: { chain: 'INPUT', jump: 'ACCEPT', comment: text },
        want: { after: `iptables -C INPUT -j ACCEPT -m comment --comment ${word}` },
      }),
      texts: ['quotes', 'spaces', 'accent'],
      state: STATE,
    },
    {
      name: 'needs a chain',
      args: { jump: 'ACCEPT' },
      want: { failure: /Either chain or flush parameter must be specified/ },
    },
    {
      name: 'logs with LOG only',
      args: { chain: 'INPUT', jump: 'DROP', log_prefix: 'x' },
      want: { failure: /Logging options can only be used with the LOG jump target/ },
    },
  ],
  serverHost('mariadb'),
)
