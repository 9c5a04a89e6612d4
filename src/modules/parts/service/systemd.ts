import type { Change } from '../../../kernel/change.ts'
import type { Fields } from '../../../kernel/fields.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { Failure, type Outcome } from '../../../kernel/module.ts'
import { Question } from '../../../kernel/question.ts'
import { lines, plain, type Sh, sh } from '../../../kernel/sh.ts'

export type UnitState = 'started' | 'stopped' | 'restarted' | 'reloaded'

/** What a task asks of a unit of systemd. */
export type UnitWant = {
  readonly name: string | undefined
  readonly state: UnitState | undefined
  readonly enabled: boolean | undefined
  readonly masked: boolean | undefined
  readonly daemon_reload: boolean
  readonly daemon_reexec: boolean
  readonly scope: 'system' | 'user' | 'global'
  readonly no_block: boolean
  readonly force: boolean | undefined
}

export type UnitNow = {
  /** All properties of `systemctl show`; empty when systemd does not run. */
  readonly status: { readonly [property: string]: string }
  /** The first line of `systemctl is-enabled`, and whether it is the only one. */
  readonly fileState: string
  readonly fileStateAlone: boolean
  readonly enabledCode: number
  readonly initScript: boolean
  readonly initEnabled: boolean
  /** Units whose files changed since systemd read them. */
  readonly reloadNeeded: boolean
  readonly chroot: boolean
}

/** States in which `systemctl is-enabled` knows a unit. */
const KNOWN_FILE_STATES = [
  ...['enabled', 'enabled-runtime', 'linked', 'linked-runtime', 'masked', 'masked-runtime', 'static', 'indirect'],
  ...['disabled', 'generated', 'transient', 'alias'],
]

/**
 * One `systemctl show`. What makes systemd look at every unit or at the links is asked only when it matters, and when unit files have
 * changed since systemd read them: before, it knows the answers without looking.
 */
export function probeUnit(want: UnitWant): Sh {
  const asksLinks = want.name !== undefined && (want.enabled !== undefined || want.masked !== undefined)
  const files = want.scope === 'system' ? sh`${new Question('unit-files', 'system')}` : sh`''`
  const script = lines([
    systemctlVariables(want),
    want.daemon_reload || asksLinks ? sh`files=${files}` : null,
    want.daemon_reload
      ? sh`
        if [ "$files" != read ]; then
          case $($systemctl show --property=NeedDaemonReload '*' 2>/dev/null) in *=yes*) field reload-needed 1 ;; esac
        fi`
      : null,
    want.name === undefined ? null : probeNamed(want.name, want.scope),
    asksLinks ? probeLinks(want.name!) : null,
  ])
  return want.scope === 'system' ? plain(script) : script
}

function probeNamed(name: string, scope: UnitWant['scope']): Sh {
  const script = name.startsWith('/') ? name : `/etc/init.d/${name}`
  const show = scope === 'system' ? sh`${new Question('unit', name)}` : sh`$($systemctl show ${name})`
  return sh`
    if [ -e ${script} ]; then field init-script 1; fi
    if shown=${show} 2>/dev/null; then
      case $shown in *=*) field show "$shown" ;; *) field offline 1; chroot=1 ;; esac
    else field offline 1; chroot=; fi
    case $shown in *=*) ;; *)
      field file-state "$($systemctl is-enabled ${name} 2>/dev/null)" || :
      if [ "$chroot" ] || [ "\${SYSTEMD_OFFLINE-}" = 1 ] || { [ -e /proc/1/root/. ] && ! [ / -ef /proc/1/root/. ]; }; then field chroot 1; fi ;;
    esac`
}

/** What `systemctl is-enabled` says, with its exit code: its manual page has the table. */
function probeLinks(name: string): Sh {
  return sh`
    ${knownLinks(name)}
    case $answer in
    enabled|static) code=0 ;;
    disabled) code=1 ;;
    *) answer=$($systemctl is-enabled ${name} -l 2>/dev/null) && code=0 || code=$? ;;
    esac
    field enabled-code "$code"; field links "$answer"
    for link in /etc/rc[0-9S].d/S??${name}; do if [ -e "$link" ]; then field init-enabled 1; fi; done`
}

/** Where the files of native units are; those of others have links that systemd does not know. */
const UNIT_FOLDERS = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']

/**
 * Sets `answer` to the state of a unit's links where what `show` has told is sure to be what `is-enabled` would say: of a unit that is no
 * alias and no instance, as long as systemd has read all unit files.
 */
function knownLinks(name: string): Sh {
  if (!/^[\w:.-]+$/.test(name)) return sh`answer=`
  const id = /\.(service|socket|timer|path|target|mount|automount|swap|slice)$/.test(name) ? name : `${name}.service`
  const lineOf = (text: string) => sh`*"$line"${text}"$line"*`
  const [first, ...others] = UNIT_FOLDERS.map((folder) => lineOf(`FragmentPath=${folder}/${id}`))
  return sh`
    answer= line='
    '
    if [ "$files" = read ]; then
      case $shown in ${lineOf('LoadState=loaded')})
        case $shown in ${first!}${others.map((other) => sh`|${other}`)})
          case $line$shown in ${lineOf(`Id=${id}`)})
            case $shown in
            ${lineOf('UnitFileState=enabled')}) answer=enabled ;;
            ${lineOf('UnitFileState=disabled')}) answer=disabled ;;
            ${lineOf('UnitFileState=static')}) answer=static ;;
            esac ;;
          esac ;;
        esac ;;
      esac
    fi`
}

/** `$systemctl`, with the scope and options of the task. */
function systemctlVariables(want: UnitWant): Sh {
  const words = [
    'systemctl',
    ...(want.scope === 'system' ? [] : [`--${want.scope}`]),
    ...(want.no_block ? ['--no-block'] : []),
    ...(want.force === true ? ['--force'] : []),
  ]
  return lines([
    sh`systemctl=${words.join(' ')}`,
    want.scope === 'system'
      ? null
      : sh`if [ -z "\${XDG_RUNTIME_DIR-}" ]; then XDG_RUNTIME_DIR=/run/user/$(id -u); export XDG_RUNTIME_DIR; fi`,
  ])
}

export function readUnit(fields: Fields): UnitNow {
  const links = fields.has('links') ? fields.text('links') : fields.text('file-state')
  const state = links.split('\n')[0]!.trim()
  return {
    status: parseShow(fields.text('show')),
    fileState: state,
    fileStateAlone: links.trim() === state,
    enabledCode: fields.int('enabled-code') ?? 1,
    initScript: fields.flag('init-script'),
    initEnabled: fields.flag('init-enabled'),
    reloadNeeded: fields.flag('reload-needed'),
    chroot: fields.flag('chroot'),
  }
}

/** `NAME=value` lines; values of Exec… in braces may go on over several lines. */
function parseShow(answer: string): { [property: string]: string } {
  const found: { [property: string]: string } = {}
  let open: string | null = null
  for (const line of answer.split('\n')) {
    if (open !== null) {
      found[open] += `\n${line}`
      if (line.trimEnd().endsWith('}')) open = null
      continue
    }
    const equals = line.indexOf('=')
    if (equals < 1) continue
    const name = line.slice(0, equals)
    const value = line.slice(equals + 1).trim()
    found[name] = value
    if (name.startsWith('Exec') && value.startsWith('{') && !value.endsWith('}')) open = name
  }
  return found
}

/** The differences. Raises Ansible's failures for a unit that is not there or can't be read. */
export function planUnit(now: UnitNow, want: UnitWant): readonly Change[] {
  return [
    ...(want.daemon_reload && now.reloadNeeded ? [quiet('unit files read by systemd', 'old', 'current')] : []),
    ...(want.daemon_reexec ? [quiet('systemd', 'running', 'executed anew')] : []),
    ...(want.name === undefined ? [] : [...planMask(now, want), ...planEnabled(now, want), ...planState(now, want)]),
  ]
}

function quiet(what: string, before: string, after: string): Change {
  return { what, before, after, action: true, quiet: true }
}

function planMask(now: UnitNow, want: UnitWant): readonly Change[] {
  checkLoaded(now, want)
  const masked = now.fileState === 'masked'
  if (want.masked === undefined || masked === want.masked) return []
  return [{ what: 'masked', before: word(masked), after: word(want.masked) }]
}

function planEnabled(now: UnitNow, want: UnitWant): readonly Change[] {
  if (want.enabled === undefined) return []
  requireUnit(now, want)
  const enabled = isEnabled(now, want)
  return enabled === want.enabled ? [] : [{ what: 'enabled', before: word(enabled), after: word(want.enabled) }]
}

function word(value: boolean): string {
  return value ? 'yes' : 'no'
}

function isEnabled(now: UnitNow, want: UnitWant): boolean {
  if (now.enabledCode === 0) return !(now.fileStateAlone && ['indirect', 'alias'].includes(now.fileState))
  const decides = want.scope === 'system' && now.initScript && !now.fileState.endsWith('disabled')
  return now.enabledCode === 1 && decides && now.initEnabled
}

function planState(now: UnitNow, want: UnitWant): readonly Change[] {
  if (want.state === undefined) return []
  requireUnit(now, want)
  const active = now.status.ActiveState
  if (active === undefined) {
    if (now.chroot) return []
    throw new Failure('Service is in unknown state', { status: now.status })
  }
  const verb = verbFor(active, want.state)
  if (verb === null) return []
  const lasting = want.state === 'started' || want.state === 'stopped'
  return [
    {
      what: 'state',
      before: active,
      after: lasting ? want.state : `${want.state} (${verb})`,
      ...(lasting ? {} : { action: true as const }),
    },
  ]
}

function verbFor(active: string, state: UnitState): string | null {
  const running = active === 'active' || active === 'activating'
  if (state === 'started') return running ? null : 'start'
  if (state === 'stopped') return running || active === 'deactivating' ? 'stop' : null
  return running ? state.slice(0, -2) : 'start'
}

/** Ansible's words; `missing` tells that a task before this one may yet bring the unit. */
function requireUnit(now: UnitNow, want: UnitWant): void {
  const load = now.status.LoadState
  const native = load === undefined ? KNOWN_FILE_STATES.includes(now.fileState) : load !== 'not-found'
  if (native || now.initScript) return
  throw new Failure(`Could not find the requested service ${want.name}: host`, { missing: true })
}

function checkLoaded(now: UnitNow, want: UnitWant): void {
  const { LoadState, LoadError } = now.status
  if (LoadState !== undefined && LoadState !== 'not-found' && LoadState !== 'masked' && LoadError !== undefined)
    throw new Failure(`Error loading unit file '${want.name}': ${LoadError}`)
}

/** The changes in systemctl's own order: read files, mask, link, then run. */
export function applyUnit(changes: readonly Change[], want: UnitWant, now: UnitNow): Sh {
  const name = want.name ?? ''
  const has = (what: string) => changes.some((change) => change.what === what)
  const verb = has('state') ? verbFor(now.status.ActiveState ?? '', want.state!) : null
  const step = (verb: string) => attempt(sh`$systemctl ${verb} ${name}`, `Unable to ${verb} service ${name}: `)
  return lines([
    systemctlVariables(want),
    has('unit files read by systemd') ? attempt(sh`$systemctl daemon-reload`, 'failure during daemon-reload: ') : null,
    has('systemd') ? attempt(sh`$systemctl daemon-reexec`, 'failure during daemon-reexec: ') : null,
    has('masked') ? step(want.masked === true ? 'mask' : 'unmask') : null,
    has('enabled') ? step(want.enabled === true ? 'enable' : 'disable') : null,
    verb === null ? null : step(verb),
  ])
}

/** A command whose words, when it fails, stand behind ours. */
export function attempt(command: Sh, label: string): Sh {
  return sh`words=$(${command} 2>&1) || { emit ${label} >&2; emit "$words" >&2; exit 1; }`
}

/** The keys of Ansible's systemd module. */
export function unitResult({ now, want, changes }: Outcome<UnitNow, UnitWant>): JsonObject {
  const { state, enabled } = want
  const restarts = state === 'restarted' || state === 'reloaded'
  return {
    changed: changes.some((change) => !change.quiet),
    name: want.name ?? null,
    status: now.status,
    ...(enabled === undefined ? {} : { enabled }),
    ...(state === undefined ? {} : { state: restarts ? 'started' : state }),
  }
}
