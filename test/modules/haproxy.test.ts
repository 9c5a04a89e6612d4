import { module } from '../../src/modules/haproxy.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { socket: '/run/haproxy/admin.sock', backend: 'www', host: 'one' }
const config = [
  'global\n stats socket /run/haproxy/admin.sock mode 660 level admin',
  'defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s',
  'frontend in\n bind 127.0.0.1:8081\n default_backend www',
  'backend www\n server one 127.0.0.1:1 weight 10\n server two 127.0.0.1:2',
  'backend other\n server one 127.0.0.1:1',
].join('\n')
/** A fresh HAProxy for every row: its state is only in its memory. */
const fresh = `mkdir -p /run/haproxy; printf '%s\\n' '${config}' >/run/h.cfg; systemctl stop haproxy; for p in $(pgrep -x haproxy); do kill -9 $p; done
haproxy -D -f /run/h.cfg -p /run/h.pid >/dev/null 2>&1`
const tell = (command: string) =>
  `perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un("/run/haproxy/admin.sock")) or die; syswrite(S, "$ARGV[0]\\n"); print while sysread(S, $_, 9999)' '${command}'`
const state = `${tell('show servers state')} | cut -d ' ' -f 2,4,6,7,8`
const common = { state, given: fresh }
const after = (text: string) => `${tell('show stat')} | cut -d, -f 1,2,18,19 | grep -qx '${text}'`

const rows: readonly Row[] = [
  {
    ...common,
    name: 'disables a server',
    args: { ...login, state: 'disabled', wait: true, wait_interval: 1 },
    want: {
      changes: [{ what: 'server www/one', before: 'no check', after: 'disabled' }],
      result: {
        changed: true,
        command: ['get weight www/one; disable server www/one'],
        output: [/^10 \(initial 10\)/],
        state_before: [{ status: 'no check', weight: '10', scur: '0' }],
        state_after: [{ status: 'MAINT', weight: '10', scur: '0' }],
      },
      after: after('www,one,MAINT,10'),
    },
  },
  {
    ...common,
    name: 'leaves a disabled server alone',
    given: `${fresh}; ${tell('disable server www/one')}`,
    args: { ...login, state: 'disabled' },
    want: {
      changes: 'none',
      result: { changed: false, state_before: [{ status: 'MAINT' }], state_after: [{ status: 'MAINT' }] },
    },
  },
  {
    ...common,
    name: 'enables a server with a weight',
    given: `${fresh}; ${tell('disable server www/one')}`,
    args: { ...login, state: 'enabled', weight: '5' },
    want: {
      changes: [{ what: 'server www/one', before: 'MAINT, weight 10', after: 'enabled, weight 5' }],
      after: after('www,one,no check,5'),
    },
  },
  {
    ...common,
    name: 'leaves an enabled server alone',
    args: { ...login, state: 'enabled', weight: 10 },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    ...common,
    name: 'drains a server',
    args: { ...login, state: 'drain' },
    want: {
      changes: [{ what: 'server www/one', before: 'no check', after: 'drain' }],
      after: `${tell('show servers state')} | grep -q ' one 127.0.0.1 2 8 '`,
    },
  },
  {
    ...common,
    name: 'enables a draining server',
    given: `${fresh}; ${tell('set server www/one state drain')}`,
    args: { ...login, state: 'enabled' },
    want: { result: { changed: true }, after: after('www,one,no check,10') },
  },
  {
    ...common,
    name: 'drains before it disables',
    args: { ...login, state: 'disabled', drain: true },
    want: {
      result: {
        changed: true,
        command: ['set server www/one state drain', 'get weight www/one; disable server www/one'],
      },
      after: after('www,one,MAINT,10'),
    },
  },
  {
    ...common,
    name: 'finds the server in every backend',
    args: { socket: login.socket, host: 'one', state: 'disabled' },
    want: {
      changes: [
        { what: 'server www/one', before: 'no check', after: 'disabled' },
        { what: 'server other/one', before: 'no check', after: 'disabled' },
      ],
    },
  },
  {
    ...common,
    name: 'sets a relative weight, which only its result can tell',
    args: { ...login, state: 'enabled', weight: '50%' },
    want: { result: { changed: true, state_after: [{ weight: '5' }] } },
    always: true,
  },
  {
    ...common,
    name: 'gives up waiting',
    args: { ...login, state: 'enabled', weight: '7', wait: true, wait_retries: 2, wait_interval: 0 },
    want: { failure: /^server www\/one not status 'UP' after 2 retries\. Aborting\.$/ },
    always: true,
  },
  {
    ...common,
    name: 'lets a server be that is not there',
    args: { ...login, host: 'three', state: 'disabled' },
    want: { changes: 'none', result: { changed: false, state_before: null } },
  },
  {
    ...common,
    name: 'fails for a server that is not there, when asked to',
    args: { ...login, host: 'three', state: 'disabled', fail_on_not_found: true },
    want: { failure: /^The specified backend 'www\/three' was not found!$/ },
  },
  {
    ...common,
    name: 'says when there is no socket',
    args: { ...login, socket: '/run/none.sock', state: 'disabled' },
    want: { failure: /\/run\/none\.sock.*No such file or directory/ },
  },
  {
    name: 'refuses what can be no name',
    args: { ...login, host: 'a; b', state: 'disabled' },
    want: { failure: /"a; b" can’t be/ },
  },
]

export const tests = testModule(module, rows, serverHost('mariadb'))
