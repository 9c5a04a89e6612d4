import { module } from '../../src/modules/systemd.ts'
import { testModule } from '../support/module.ts'
import { DEMO_STATE, demoUnit } from '../support/units.ts'

export const tests = testModule(module, [
  {
    name: 'starts and enables',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo', state: 'started', enabled: true },
    want: {
      changes: [
        { what: 'enabled', before: 'no', after: 'yes' },
        { what: 'state', before: 'inactive', after: 'started' },
      ],
      result: {
        changed: true,
        name: 'demo',
        state: 'started',
        enabled: true,
        status: { ActiveState: 'inactive', LoadState: 'loaded', Id: 'demo.service' },
      },
      after: 'systemctl is-active demo; systemctl is-enabled demo',
    },
    state: DEMO_STATE,
  },
  {
    name: 'leaves what runs and is enabled',
    given: demoUnit('active', 'enabled'),
    args: { name: 'demo.service', state: 'started', enabled: true, daemon_reload: true },
    want: { changes: 'none', result: { changed: false, enabled: true, state: 'started' } },
    state: DEMO_STATE,
  },
  {
    name: 'stops and disables',
    given: demoUnit('active', 'enabled'),
    args: { name: 'demo', state: 'stopped', enabled: false },
    want: {
      changes: [
        { what: 'enabled', before: 'yes', after: 'no' },
        { what: 'state', before: 'active', after: 'stopped' },
      ],
      after: '! systemctl is-active demo; ! systemctl is-enabled demo',
    },
    state: DEMO_STATE,
  },
  {
    name: 'restarts every time',
    given: demoUnit('active', 'disabled'),
    args: { name: 'demo', state: 'restarted' },
    want: {
      changes: [{ what: 'state', before: 'active', after: 'restarted (restart)' }],
      result: { changed: true, state: 'started' },
    },
    always: true,
    state: DEMO_STATE,
  },
  {
    name: 'starts what is to be restarted and does not run',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo', state: 'restarted' },
    want: {
      changes: [{ what: 'state', before: 'inactive', after: 'restarted (start)' }],
      after: 'systemctl is-active demo',
    },
    always: true,
  },
  {
    name: 'reloads',
    given: demoUnit('active', 'disabled'),
    args: { name: 'demo', state: 'reloaded' },
    want: {
      changes: [{ what: 'state', before: 'active', after: 'reloaded (reload)' }],
      after: '[ -e /run/demo-reloaded ]',
    },
    always: true,
  },
  {
    name: 'masks',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo-maskable', masked: true },
    want: {
      changes: [{ what: 'masked', before: 'no', after: 'yes' }],
      after: '[ "$(systemctl is-enabled demo-maskable)" = masked ]',
    },
  },
  {
    name: 'unmasks',
    given: `${demoUnit('inactive', 'disabled')}\nsystemctl -q mask demo-maskable 2>/dev/null`,
    args: { name: 'demo-maskable', masked: false },
    want: { changes: [{ what: 'masked', before: 'yes', after: 'no' }] },
  },
  {
    name: 'reads changed unit files before it restarts, which is no change of its own',
    given: `${demoUnit('active', 'disabled')}\nsleep 0.02; printf '# changed\\n' >>/etc/systemd/system/demo.service`,
    args: { daemon_reload: true },
    want: {
      changes: [{ what: 'unit files read by systemd', before: 'old', after: 'current' }],
      result: { changed: false },
      after: '[ "$(systemctl show -P NeedDaemonReload demo)" = no ]',
    },
  },
  {
    name: 'sees a link that systemd has not read',
    given: `${demoUnit('active', 'disabled')}\nsystemctl show demo >/dev/null; sleep 0.02; ln -sf ../demo.service /etc/systemd/system/multi-user.target.wants/demo.service`,
    args: { name: 'demo', enabled: true },
    want: { changes: 'none', result: { changed: false, enabled: true, status: { UnitFileState: 'disabled' } } },
  },
  {
    name: 'sees a drop-in of another unit that systemd has not read',
    given: `${demoUnit('active', 'enabled')}
systemctl daemon-reload; mkdir -p /etc/systemd/system/cron.service.d; sleep 0.02; echo '[Unit]' >/etc/systemd/system/cron.service.d/test.conf`,
    args: { name: 'demo', daemon_reload: true },
    want: {
      changes: [{ what: 'unit files read by systemd', before: 'old', after: 'current' }],
      after:
        '[ "$(systemctl show -P NeedDaemonReload cron)" = no ]; rm -r /etc/systemd/system/cron.service.d; systemctl daemon-reload',
    },
  },
  {
    name: 'asks for the state of an alias, whose unit is enabled',
    given: `${demoUnit('active', 'enabled')}
ln -sf demo.service /etc/systemd/system/demo-alias.service; systemctl daemon-reload`,
    args: { name: 'demo-alias', enabled: true },
    want: { changes: 'none' },
  },
  {
    name: 'starts an instance of a template',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo@one', state: 'started' },
    want: {
      changes: [{ what: 'state', before: 'inactive', after: 'started' }],
      after: 'systemctl is-active demo@one; systemctl stop demo@one',
    },
  },
  {
    name: 'tells why a unit does not start',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo-broken', state: 'started' },
    want: { failure: /^Unable to start service demo-broken: Job for demo-broken\.service failed/ },
  },
  {
    name: 'names a unit that is not there',
    args: { name: 'never-was', state: 'started' },
    want: { failure: /^Could not find the requested service never-was: host$/ },
    strings: (text) => ({
      args: { name: text, state: 'started' },
      want: { failure: /Could not find the requested service/ },
    }),
    texts: ['spaces', 'accent', 'newline', 'dash'],
  },
  {
    name: 'takes no patterns',
    args: { name: 'demo*', state: 'started' },
    want: { failure: /does not currently support using glob patterns, found '\*'/ },
  },
])
