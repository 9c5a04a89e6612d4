import { module } from '../../src/modules/ufw.ts'
import { testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const CLEAN = `
ufw -f reset >/dev/null; rm -f /etc/ufw/*.rules.2*; ufw default deny incoming >/dev/null; ufw logging low >/dev/null
`
const STATE = 'ufw status verbose; cat /etc/ufw/user.rules /etc/ufw/user6.rules /etc/ufw/ufw.conf /etc/default/ufw'
const SSH = { rule: 'allow', port: '22', proto: 'tcp' }
const SSH_WORDS = 'allow from any to any port 22 proto tcp'

export const tests = testModule(
  module,
  [
    {
      name: 'allows a port',
      given: CLEAN,
      args: SSH,
      want: {
        changes: [{ what: 'rule', before: null, after: SSH_WORDS }],
        result: { changed: true, commands: [`ufw ${SSH_WORDS}`], msg: /Status: inactive/ },
        after:
          'grep -q "^### tuple ### allow tcp 22 " /etc/ufw/user.rules && grep -q "^### tuple ### allow tcp 22 " /etc/ufw/user6.rules',
      },
      state: STATE,
    },
    {
      name: 'leaves a rule that is there',
      given: `${CLEAN}ufw allow 80/tcp >/dev/null; ufw allow proto tcp from any to any port 22 >/dev/null`,
      args: SSH,
      want: { changes: 'none', result: { changed: false } },
      state: STATE,
    },
    {
      name: 'allows a network that has one address family',
      given: `${CLEAN}ufw allow 80/tcp >/dev/null`,
      args: { rule: 'allow', src: '192.0.2.0/24', to_port: '3306', proto: 'tcp', comment: 'the database' },
      want: {
        after: 'grep -q "### tuple ### allow tcp 3306 0.0.0.0/0 any 192.0.2.0/24 in comment=" /etc/ufw/user.rules',
      },
      state: STATE,
    },
    {
      name: 'leaves a rule for IPv6',
      given: `${CLEAN}ufw allow 80/tcp >/dev/null; ufw allow from 2001:db8::/32 to any port 22 proto tcp >/dev/null`,
      args: { ...SSH, from_ip: '2001:db8::/32' },
      want: { changes: 'none' },
      state: STATE,
    },
    {
      name: 'changes what a rule does',
      given: `${CLEAN}ufw allow 22/tcp >/dev/null`,
      args: { ...SSH, rule: 'limit' },
      want: {
        after:
          'grep -q "### tuple ### limit tcp 22 " /etc/ufw/user.rules && ! grep -q "### allow tcp 22" /etc/ufw/user.rules',
      },
      state: STATE,
    },
    {
      name: 'removes the only rule',
      given: `${CLEAN}ufw allow 22/tcp >/dev/null`,
      args: { ...SSH, delete: true },
      want: {
        changes: [{ what: 'rule', before: SSH_WORDS, after: null }],
        after: '! grep -q tuple /etc/ufw/user.rules',
      },
      state: STATE,
    },
    {
      name: 'leaves a rule to remove that is not there',
      given: `${CLEAN}ufw allow 80/tcp >/dev/null`,
      args: { ...SSH, delete: true },
      want: { changes: 'none' },
      state: STATE,
    },
    {
      name: 'puts a rule before another, on an interface, and logs it',
      given: `${CLEAN}ufw allow 80/tcp >/dev/null`,
      args: { rule: 'deny', direction: 'in', interface: 'eth0', log: true, insert: 1, from_ip: '192.0.2.9' },
      want: {
        after:
          'grep "### tuple" /etc/ufw/user.rules | head -n 1 | grep -q "deny_log any any 0.0.0.0/0 any 192.0.2.9 in_eth0"',
      },
      state: STATE,
    },
    {
      name: 'switches the firewall on and off',
      given: CLEAN,
      args: { state: 'enabled', policy: 'reject', logging: 'medium' },
      want: {
        changes: [
          { what: 'firewall', before: 'disabled', after: 'enabled' },
          { what: 'default (incoming)', before: 'deny', after: 'reject' },
          { what: 'logging', before: 'low', after: 'medium' },
        ],
        result: { changed: true, msg: /Status: active[\s\S]*reject \(incoming\)/ },
        after: 'ufw status verbose | grep -q "Logging: on (medium)"',
      },
      state: STATE,
    },
    {
      name: 'counts a place from the first rule for IPv6',
      given: `${CLEAN}ufw allow 22/tcp >/dev/null; ufw allow 80/tcp >/dev/null; ufw -f enable >/dev/null`,
      args: { rule: 'deny', from_ip: '2001:db8::1', insert: 0, insert_relative_to: 'first-ipv6' },
      want: { after: 'grep "### tuple" /etc/ufw/user6.rules | head -n 1 | grep -q 2001:db8::1' },
      state: STATE,
    },
    {
      name: 'sets the default of a direction',
      given: CLEAN,
      args: { default: 'allow', direction: 'routed' },
      want: {
        after: `grep -q '^DEFAULT_FORWARD_POLICY="ACCEPT"' /etc/default/ufw; ufw default deny routed >/dev/null`,
      },
      state: STATE,
    },
    {
      name: 'leaves what is as wanted',
      given: `${CLEAN}ufw -f enable >/dev/null`,
      args: { state: 'enabled', default: 'deny', direction: 'incoming', logging: 'on' },
      want: { changes: 'none', result: { changed: false, msg: /Status: active/ } },
      state: STATE,
    },
    { name: 'reloads', given: CLEAN, args: { state: 'reloaded' }, want: { result: { changed: true } }, always: true },
    {
      name: 'says what ufw does not understand',
      given: CLEAN,
      args: { rule: 'allow', port: 'nonsense' },
      want: { failure: /ERROR/ },
    },
    {
      name: 'knows which direction is for what',
      args: { rule: 'allow', direction: 'incoming' },
      want: { failure: /For rules, direction must be one of "in" and "out"/ },
    },
  ],
  serverHost('mariadb'),
)
