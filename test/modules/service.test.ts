import { module } from '../../src/modules/service.ts'
import { testModule } from '../support/module.ts'
import { DEMO_STATE, demoUnit } from '../support/units.ts'

const INIT_SCRIPT = `
cat >/etc/init.d/demo-script <<'END'
#!/bin/sh
### BEGIN INIT INFO
# Provides: demo-script
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
case $1 in
start) : >/run/demo-script ;;
stop) rm -f /run/demo-script ;;
restart) : >/run/demo-script; echo again >/run/demo-again ;;
status) [ -e /run/demo-script ] ;;
esac
END
chmod 755 /etc/init.d/demo-script
rm -f /etc/rc?.d/*demo-script /run/demo-script /run/demo-again
`

export const tests = testModule(module, [
  {
    name: 'starts and enables a unit',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo', state: 'started', enabled: true },
    want: {
      changes: [
        { what: 'enabled', before: 'no', after: 'yes' },
        { what: 'state', before: 'inactive', after: 'started' },
      ],
      result: { changed: true, name: 'demo', state: 'started', enabled: true, status: { Id: 'demo.service' } },
      after: 'systemctl is-active demo',
    },
    state: DEMO_STATE,
  },
  {
    name: 'leaves what runs',
    given: demoUnit('active', 'enabled'),
    args: { name: 'demo', state: 'started', enabled: true },
    want: { changes: 'none', result: { changed: false } },
    state: DEMO_STATE,
  },
  {
    name: 'restarts every time',
    given: demoUnit('active', 'enabled'),
    args: { name: 'demo', state: 'restarted', sleep: 1 },
    want: { changes: [{ what: 'state', before: 'active', after: 'restarted (restart)' }] },
    always: true,
  },
  {
    name: 'starts an init script where systemd is not asked',
    given: INIT_SCRIPT,
    args: { name: 'demo-script', state: 'started', use: 'sysvinit' },
    want: {
      changes: [{ what: 'state', before: 'stopped', after: 'started' }],
      result: { changed: true, name: 'demo-script', state: 'started' },
      after: '[ -e /run/demo-script ]',
    },
    paths: ['/etc/init.d', '/run/demo-script'],
  },
  {
    name: 'stops an init script and leaves its links alone',
    given: `${INIT_SCRIPT}\n: >/run/demo-script; ln -s ../init.d/demo-script /etc/rc2.d/S01demo-script`,
    args: { name: 'demo-script', state: 'stopped', enabled: true, use: 'sysvinit' },
    want: { changes: [{ what: 'state', before: 'started', after: 'stopped' }], after: '! [ -e /run/demo-script ]' },
  },
  {
    name: 'restarts an init script',
    given: INIT_SCRIPT,
    args: { name: 'demo-script', state: 'restarted', use: 'sysvinit' },
    want: {
      changes: [{ what: 'state', before: 'stopped', after: 'restarted' }],
      result: { state: 'started' },
      after: '[ -e /run/demo-again ]',
    },
    always: true,
  },
  {
    name: 'names a service that is not there',
    args: { name: 'never-was', state: 'started' },
    want: { failure: /^Could not find the requested service never-was: host$/ },
  },
  {
    name: 'names an init script that is not there',
    args: { name: 'never-was', enabled: true, use: 'sysvinit' },
    want: { failure: /^Could not find the requested service never-was: host$/ },
  },
])
