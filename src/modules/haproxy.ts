import type { Change } from '../kernel/change.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { FORCED_DRAIN, FORCED_MAINTENANCE, parseStats, type Server, type Stats } from './parts/haproxy.ts'
import { talkTo } from './parts/unix-socket.ts'

const schema = args({
  state: arg.choice(['enabled', 'disabled', 'drain'], 'Whether the server gets requests', { required: true }),
  host: arg.str('The server’s name in the backend', { required: true }),
  backend: arg.str('The backend; every one that has the server when left out'),
  weight: arg.str('Its weight: a number up to 256, or a percentage of the configured one'),
  socket: arg.path('HAProxy’s stats socket, at level admin', { default: '/var/run/haproxy.sock' }),
  shutdown_sessions: arg.bool('Also end the sessions of a server that is disabled', { default: false }),
  fail_on_not_found: arg.bool('Fail when there is no such server', { default: false }),
  health: arg.bool('Also switch health checks', { default: false }),
  agent: arg.bool('Also switch agent checks', { default: false }),
  wait: arg.bool('Wait for the status UP, MAINT or DRAIN', { default: false }),
  wait_retries: arg.int('How often to look', { default: 25 }),
  wait_interval: arg.int('Seconds between looks', { default: 5 }),
  drain: arg.bool('Drain a server before it is disabled, and wait until it has no sessions', { default: false }),
})

type Args = ReturnType<typeof schema.check>

export const module = defineModule<Args, Args, Stats>({
  name: 'haproxy',
  collection: 'community.general',
  summary: 'Enables, disables and drains servers of a running HAProxy',
  examples: [
    '- haproxy:\n    state: disabled\n    host: web01\n    backend: www\n    socket: /run/haproxy/admin.sock\n    wait: true\n',
    '- haproxy:\n    state: enabled\n    host: web01\n    weight: 50%\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => {
    const odd = [given.host, given.backend ?? '', given.weight ?? ''].find((text) => /[\s;/,]/.test(text))
    if (odd === undefined) return given
    const detail = `"${odd}" can’t be the name or weight of a server`
    throw new Problem({ code: 'args.value', summary: 'Wrong value of argument', detail })
  },
  probe: (want) => sh`
    ${talkTo(want.socket)}
    if answer=$(emit 'show stat;show servers state
    ' | talk 2>&1); then field stats "$answer"; else field problem "$answer"; fi`,
  read: (fields) => {
    if (fields.has('problem')) throw new Failure(fields.text('problem'))
    return parseStats(fields.text('stats'))
  },
  plan,
  apply: (_, want, now) =>
    lines([
      talkTo(want.socket),
      want.wait && WAIT,
      ...targets(now, want).flatMap((server) => turns(server, want).map((turn) => perform(server, turn, want))),
      sh`
        field stats "$(emit 'show stat
        ' | talk)"`,
    ]),
  result: ({ now, want, changes, ran }) => {
    const before = stateOf(now, want)
    if (ran === null) return { state_before: before, state_after: before }
    const after = stateOf(parseStats(ran.fields.text('stats')), want)
    const commands = targets(now, want).flatMap((server) => turns(server, want).map(({ command }) => command))
    const output = ran.fields.all('output').map((text) => text.trim())
    const changed = changes.some(({ action }) => action !== true) || JSON.stringify(before) !== JSON.stringify(after)
    return { command: commands, output, state_before: before, state_after: after, changed }
  },
  failure: ({ ran }): Failure => new Failure(ran.fields.text('problem') || ran.stderr.trim(), { rc: ran.rc }),
})

function serversOf(now: Stats, want: Args): readonly Server[] {
  return now.servers.filter(({ name, backend }) => name === want.host && backend === (want.backend ?? backend))
}

/** The servers that are not as wanted. */
function targets(now: Stats, want: Args): readonly Server[] {
  return serversOf(now, want).filter((server) => !isAsWanted(server, want) || isAction(want))
}

/** What can't be read from the statistics is done each time; the result tells whether it changed anything. */
function isAction(want: Args): boolean {
  return want.health || want.agent || (want.state === 'enabled' && (want.weight?.endsWith('%') ?? false))
}

function isAsWanted({ admin, status, weight, sessions }: Server, want: Args): boolean {
  const maintenance = admin === null ? status.startsWith('MAINT') : (admin & FORCED_MAINTENANCE) !== 0
  const drain = admin === null ? status.startsWith('DRAIN') : (admin & FORCED_DRAIN) !== 0
  if (want.state === 'disabled') return maintenance && !(want.shutdown_sessions && sessions !== '0')
  if (want.state === 'drain') return drain && !maintenance
  const weighted = want.weight === undefined || want.weight.endsWith('%') || want.weight === weight
  return !maintenance && !drain && weighted
}

function plan(now: Stats, want: Args): readonly Change[] {
  const found = serversOf(now, want)
  const backends = want.backend === undefined ? now.backends : [want.backend]
  const lacking = backends.find((backend) => !found.some((server) => server.backend === backend))
  if (want.fail_on_not_found && lacking !== undefined) {
    throw new Failure(`The specified backend '${lacking}/${want.host}' was not found!`)
  }
  return targets(now, want).map((server): Change => {
    const weight = want.state === 'enabled' && want.weight !== undefined ? `, weight ${want.weight}` : ''
    const change = {
      what: `server ${server.backend}/${server.name}`,
      before: `${server.status}${weight === '' ? '' : `, weight ${server.weight}`}`,
      after: `${want.state}${weight}`,
    }
    return isAsWanted(server, want) ? { ...change, action: true, uncertain: true } : change
  })
}

type Turn = { readonly command: string; readonly status: string }

function turns(server: Server, want: Args): readonly Turn[] {
  const name = `${server.backend}/${server.name}`
  const checks = (verb: string) => [want.agent && `${verb} agent ${name}`, want.health && `${verb} health ${name}`]
  const turn = (status: string, commands: readonly (string | false)[]): Turn => ({
    status,
    command: commands.filter((command) => command !== false).join('; '),
  })
  const drain = turn('DRAIN', [`set server ${name} state drain`])
  const disable = turn('MAINT', [
    `get weight ${name}`,
    ...checks('disable'),
    `disable server ${name}`,
    want.shutdown_sessions && !want.drain && `shutdown sessions server ${name}`,
  ])
  if (want.state === 'drain') return [drain]
  if (want.state === 'disabled') return want.drain ? [drain, disable] : [disable]
  return [
    turn('UP', [
      `get weight ${name}`,
      `enable server ${name}`,
      ...checks('enable'),
      want.weight !== undefined && `set weight ${name} ${want.weight}`,
    ]),
  ]
}

function perform(server: Server, { command, status }: Turn, want: Args): Sh {
  const sessions = want.drain ? '0' : ''
  return lines([
    sh`field output "$(emit ${`${command}\n`} | talk)"`,
    want.wait &&
      sh`await ${server.backend} ${server.name} ${status} ${sessions} ${Math.max(1, want.wait_retries)} ${want.wait_interval}`,
  ])
}

/** Looks until a server has a status (and no sessions); the columns of `show stat` have fixed places. */
const WAIT: Sh = sh`
  state() {
    emit 'show stat
  ' | talk | while IFS=, read -r proxy server _ _ sessions _ _ _ _ _ _ _ _ _ _ _ _ status _; do
      [ "$proxy/$server" != "$1/$2" ] || emit "$status:$sessions"
    done
  }
  await() {
    tries=1
    while [ "$tries" -lt "$5" ]; do
      now=$(state "$1" "$2")
      case $now in *"$3"*:*) if [ -z "$4" ] || [ "\${now##*:}" = "$4" ]; then return 0; fi ;; esac
      tries=$((tries + 1))
      sleep "$6"
    done
    field problem "server $1/$2 not status '$3' after $5 retries. Aborting."
    exit 1
  }`

function stateOf(now: Stats, want: Args): Json {
  const found = serversOf(now, want)
  if (found.length === 0) return null
  return found.map(({ status, weight, sessions }): JsonObject => ({ status, weight, scur: sessions }))
}
