import type { Change } from '../../../kernel/change.ts'
import type { Fields } from '../../../kernel/fields.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { Failure } from '../../../kernel/module.ts'
import { lines, type Sh, sh } from '../../../kernel/sh.ts'
import { attempt, type UnitState } from './systemd.ts'

/** A service where systemd does not run: an init script, managed by OpenRC or System V's tools. */
export type ScriptWant = {
  readonly name: string
  readonly state: UnitState | undefined
  readonly enabled: boolean | undefined
  readonly pattern: string | undefined
  readonly runlevel: string
  readonly sleep: number | undefined
  readonly arguments: string
}

export type ScriptNow = {
  readonly manager: 'openrc' | 'sysv'
  readonly exists: boolean
  readonly running: boolean
  readonly enabled: boolean
}

/** Whether it runs is what its own `status` says, or a pattern in the list of processes where it has none. */
export function probeScript(want: ScriptWant): Sh {
  const running =
    want.pattern === undefined
      ? sh`/etc/init.d/${want.name} status >/dev/null 2>&1 && field running 1 || :`
      : sh`case $(ps ax 2>/dev/null || ps) in *${want.pattern}*) field running 1 ;; esac`
  return sh`
    if [ -e /etc/init.d/${want.name} ]; then field exists 1; fi
    ${running}
    if command -v rc-update >/dev/null; then
      field manager openrc
      if [ -e /etc/runlevels/${want.runlevel}/${want.name} ]; then field enabled 1; fi
    else
      for link in /etc/rc[2-5].d/S??${want.name}; do if [ -e "$link" ]; then field enabled 1; break; fi; done
    fi`
}

export function readScript(fields: Fields): ScriptNow {
  return {
    manager: fields.text('manager') === 'openrc' ? 'openrc' : 'sysv',
    exists: fields.flag('exists'),
    running: fields.flag('running'),
    enabled: fields.flag('enabled'),
  }
}

export function planScript(now: ScriptNow, want: ScriptWant): readonly Change[] {
  if (!now.exists) throw new Failure(`Could not find the requested service ${want.name}: host`, { missing: true })
  const changes: Change[] = []
  if (want.enabled !== undefined && want.enabled !== now.enabled)
    changes.push({ what: 'enabled', before: now.enabled ? 'yes' : 'no', after: want.enabled ? 'yes' : 'no' })
  const before = now.running ? 'started' : 'stopped'
  if (want.state === 'restarted' || want.state === 'reloaded')
    changes.push({ what: 'state', before, after: want.state, action: true })
  else if (want.state !== undefined && want.state !== before) changes.push({ what: 'state', before, after: want.state })
  return changes
}

export function applyScript(changes: readonly Change[], want: ScriptWant, now: ScriptNow): Sh {
  const has = (what: string) => changes.some((change) => change.what === what)
  return lines([has('enabled') ? link(want, now) : null, has('state') ? run(want) : null])
}

function link({ name, enabled, runlevel }: ScriptWant, now: ScriptNow): Sh {
  if (now.manager === 'openrc')
    return attempt(sh`rc-update ${enabled ? 'add' : 'delete'} ${name} ${runlevel}`, `Failed to set ${name}: `)
  return attempt(
    enabled ? sh`{ update-rc.d ${name} defaults && update-rc.d ${name} enable; }` : sh`update-rc.d ${name} disable`,
    `Failed to set ${name}: `,
  )
}

/** A service that wants a pause is stopped, left to rest and started. */
function run({ name, state, sleep, arguments: words }: ScriptWant): Sh {
  const step = (verb: string) =>
    attempt(
      sh`/etc/init.d/${name} ${verb} ${words === '' ? null : words.split(/\s+/)}`,
      `Unable to ${verb} service ${name}: `,
    )
  if (state === 'started') return step('start')
  if (state === 'stopped') return step('stop')
  if (state === 'reloaded') return step('reload')
  return sleep === undefined ? step('restart') : lines([step('stop'), sh`sleep ${sleep}`, step('start')])
}

export function scriptResult(want: ScriptWant, changes: readonly Change[]): JsonObject {
  const restarts = want.state === 'restarted' || want.state === 'reloaded'
  return {
    changed: changes.length > 0,
    name: want.name,
    ...(want.enabled === undefined ? {} : { enabled: want.enabled }),
    ...(want.state === undefined ? {} : { state: restarts ? 'started' : want.state }),
  }
}
