import { module } from '../../src/modules/wait_for.ts'
import { testModule } from '../support/module.ts'

const script = `use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 9, LocalPort => $ARGV[0], LocalAddr => "127.0.0.1", ReuseAddr => 1) or die; while (my $c = $s->accept) { print $c "220 ready 7\\n"; push @keep, $c if $ARGV[1] }`
/** A server that greets whoever connects; it ends by itself. */
const listen = (port: number, keep = '') =>
  `ip link set lo up 2>/dev/null || :; (exec timeout 20 perl -e '${script}' ${port} ${keep}) >/dev/null 2>&1 </dev/null & until (exec bash -c ': </dev/tcp/127.0.0.1/${port}') 2>/dev/null; do sleep 0.1; done`
/** The same with a visitor who stays, and whom the kernel lists as connected (proc_net_tcp(5)). */
const visit = (port: number) =>
  `${listen(port, 'keep')}; (exec timeout 20 bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; sleep 20') >/dev/null 2>&1 </dev/null & until grep -qi ':${port.toString(16)} 01 ' /proc/net/tcp; do sleep 0.1; done`

export const tests = testModule(module, [
  {
    name: 'finds a file that is there',
    given: ': >there',
    args: { path: '/t/there' },
    want: {
      changes: 'none',
      result: {
        changed: false,
        elapsed: 0,
        state: 'started',
        path: '/t/there',
        port: null,
        match_groups: [],
        match_groupdict: {},
      },
    },
    strings: (text, word) => ({ given: `: >./${word}`, args: { path: `/t/${text}` }, want: { changes: 'none' } }),
  },
  {
    name: 'waits for a file that comes',
    given: 'rm -f late; (sleep 4; : >/t/late) >/dev/null 2>&1 </dev/null &',
    args: { path: '/t/late', state: 'present', timeout: 10 },
    want: {
      changes: [{ what: 'wait', before: null, after: '/t/late present' }],
      result: { changed: false, elapsed: /^[1-9]$/ },
    },
    always: true,
  },
  {
    name: 'fails when a file does not come',
    args: { path: '/t/never', timeout: 1 },
    want: { failure: /^Timeout when waiting for file \/t\/never$/ },
    always: true,
  },
  {
    name: 'fails with the words it was given',
    args: { path: '/t/never', timeout: 1, msg: 'too late' },
    want: { failure: /^too late$/ },
    always: true,
  },
  { name: 'finds that a file is gone', args: { path: '/t/gone', state: 'absent' }, want: { changes: 'none' } },
  {
    name: 'fails when a file stays',
    given: ': >stays',
    args: { path: '/t/stays', state: 'absent', timeout: 1 },
    want: { failure: /^Timeout when waiting for \/t\/stays to be absent\.$/ },
    always: true,
  },
  {
    name: 'searches a file, and gives the groups of the match',
    given: "printf 'starting\\nready on 8080 (tcp)\\n' >log",
    args: { path: '/t/log', search_regex: '^ready on (?P<port>\\d+)( now)? \\((\\w+)\\)$' },
    want: { changes: 'none', result: { match_groups: ['8080', null, 'tcp'], match_groupdict: { port: '8080' } } },
  },
  {
    name: 'fails when a file never matches',
    given: 'echo no >log',
    args: { path: '/t/log', search_regex: 'yes', timeout: 1 },
    want: { failure: /^Timeout when waiting for search string yes in \/t\/log$/ },
    always: true,
  },
  {
    name: 'finds an open port',
    given: listen(4801),
    args: { port: 4801 },
    want: { changes: 'none', result: { port: 4801, path: null } },
  },
  {
    name: 'searches what a port says',
    given: listen(4802),
    args: { port: 4802, search_regex: 'ready (\\d)' },
    want: { changes: 'none', result: { match_groups: ['7'] } },
  },
  {
    name: 'fails when a port stays closed',
    args: { port: 4809, timeout: 1 },
    want: { failure: /^Timeout when waiting for 127\.0\.0\.1:4809$/ },
    always: true,
  },
  { name: 'finds a closed port', args: { port: 4809, state: 'stopped' }, want: { changes: 'none' } },
  {
    name: 'fails when a port stays open',
    given: listen(4803),
    args: { port: 4803, state: 'stopped', timeout: 1 },
    want: { failure: /^Timeout when waiting for 127\.0\.0\.1:4803 to stop\.$/ },
    always: true,
  },
  { name: 'finds no connections', args: { port: 4809, state: 'drained' }, want: { changes: 'none' } },
  {
    name: 'fails when connections stay',
    given: visit(4804),
    args: { port: 4804, state: 'drained', timeout: 1, active_connection_states: ['ESTABLISHED'] },
    want: { failure: /^Timeout when waiting for 127\.0\.0\.1:4804 to drain$/ },
    always: true,
  },
  {
    name: 'leaves out the connections of some hosts',
    given: visit(4805),
    args: { port: 4805, state: 'drained', exclude_hosts: ['127.0.0.1'] },
    want: { changes: 'none' },
  },
  {
    name: 'is a pause without port and path',
    args: { timeout: 1 },
    want: { changes: [{ what: 'wait', before: null, after: '1 s' }], result: { changed: false, elapsed: 1 } },
    always: true,
  },
  {
    name: 'names arguments that don’t go together',
    args: { port: 1, path: '/x', exclude_hosts: ['a'] },
    want: { failure: /can not both be passed[\s\S]*exclude_hosts should only be with state=drained/ },
  },
])
