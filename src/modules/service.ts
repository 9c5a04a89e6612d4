import type { Change } from '../kernel/change.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'
import * as script from './parts/service/init-script.ts'
import * as systemd from './parts/service/systemd.ts'

const schema = args(
  {
    name: arg.str('The service', { required: true }),
    state: arg.choice(['reloaded', 'restarted', 'started', 'stopped'], 'Whether it runs; restarted always changes'),
    enabled: arg.bool('Whether it starts with the host'),
    sleep: arg.int('Seconds between stop and start of a restart, for init scripts that return too soon'),
    pattern: arg.str('What to look for in the list of processes where there is no status command'),
    runlevel: arg.str('The runlevel of OpenRC', { default: 'default' }),
    arguments: arg.str('More arguments for an init script', { default: '', aliases: ['args'] }),
    use: arg.str('Which service manager: auto, systemd or sysvinit', { default: 'auto' }),
  },
  { oneOf: [['state', 'enabled']] },
)
type Want = systemd.UnitWant & script.ScriptWant & { readonly use: string; readonly name: string }
type Now =
  | { readonly by: 'systemd'; readonly unit: systemd.UnitNow }
  | { readonly by: 'script'; readonly script: script.ScriptNow }

/** Services by whatever manager the host runs: systemd, or init scripts where it does not. */
export const module = defineModule<ReturnType<typeof schema.check>, Want, Now>({
  name: 'service',
  summary: 'Controls services',
  examples: [
    '- service:\n    name: nginx\n    state: started\n    enabled: yes',
    '- service:\n    name: cron\n    state: restarted',
  ],
  args: schema,
  want: (given) => ({
    ...given,
    masked: undefined,
    daemon_reload: false,
    daemon_reexec: false,
    scope: 'system',
    no_block: false,
    force: undefined,
  }),
  probe: (want) => sh`
    use=${want.use}
    if [ "$use" = auto ]; then
      if [ -d /run/systemd/system ] || { command -v systemctl >/dev/null && ! [ -e /etc/init.d/${want.name} ]; }; then use=systemd; fi
    fi
    case $use in *systemd)
      field by systemd
      ${systemd.probeUnit(want)} ;;
    *)
      ${script.probeScript(want)} ;;
    esac`,
  read: (fields) =>
    fields.text('by') === 'systemd'
      ? { by: 'systemd', unit: systemd.readUnit(fields) }
      : { by: 'script', script: script.readScript(fields) },
  plan: (now, want): readonly Change[] =>
    now.by === 'systemd' ? systemd.planUnit(now.unit, want) : script.planScript(now.script, want),
  apply: (changes, want, now) =>
    now.by === 'systemd' ? systemd.applyUnit(changes, want, now.unit) : script.applyScript(changes, want, now.script),
  result: ({ now, want, changes, ran }) =>
    now.by === 'systemd'
      ? systemd.unitResult({ now: now.unit, want, changes, ran })
      : script.scriptResult(want, changes),
  effects: 'network',
})
