import type { Fields } from '../kernel/fields.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem, raise } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { CONNECTION_STATES, met } from './parts/wait.ts'

const schema = args({
  host: arg.str('The host whose port is looked at, as seen from the target', { default: '127.0.0.1' }),
  port: arg.int('The port'),
  path: arg.path('A file that must come or go'),
  state: arg.choice(
    ['started', 'stopped', 'present', 'absent', 'drained'],
    'What to wait for: an open port or a file, a closed port or no file, or no connections',
    { default: 'started' },
  ),
  search_regex: arg.str('A regular expression that the file, or what the port says, must match'),
  timeout: arg.int('Seconds until waiting fails', { default: 300 }),
  delay: arg.int('Seconds to wait first', { default: 0 }),
  sleep: arg.int('Seconds between looks', { default: 1 }),
  connect_timeout: arg.int('Seconds a connection may take', { default: 5 }),
  active_connection_states: arg.list('States of TCP connections that count for `drained`', {
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
  }),
  exclude_hosts: arg.list('Hosts whose connections do not count for `drained`'),
  msg: arg.str('What to say when waiting fails'),
})

type Args = ReturnType<typeof schema.check>
type Now = { readonly met: boolean; readonly groups: JsonObject }

/** The probe looks once: what is so already needs no waiting. */
export const module = defineModule<Args, Args, Now>({
  name: 'wait_for',
  summary: 'Waits for a port or a file',
  examples: [
    '- wait_for:\n    port: 22\n    timeout: 30\n',
    '- wait_for:\n    path: /run/app.pid\n    state: absent\n',
    '- wait_for:\n    path: /var/log/app.log\n    search_regex: ready on (\\d+)\n',
  ],
  args: schema,
  effects: 'network',
  want: checked,
  probe: (want) => (isPause(want) ? null : lines([met(want), sh`if met 1 1; then field met 1; fi`])),
  read: (fields) => {
    if (fields.has('problem')) throw new Failure(fields.text('problem'))
    return { met: fields.flag('met'), groups: groupsOf(fields) }
  },
  plan: (now, want) =>
    now.met ? [] : [{ what: 'wait', before: null, after: describe(want), action: true, uncertain: true }],
  apply: (_, want) => applyOf(want),
  result: ({ now, want, ran }) => {
    if (ran === null) return { ...answer(want, 0), ...now.groups }
    return { ...answer(want, ran.fields.int('elapsed') ?? 0), ...groupsOf(ran.fields), changed: false }
  },
  failure: ({ want, ran }) => {
    const elapsed = ran.fields.int('elapsed') ?? 0
    return new Failure(ran.fields.get('problem') ?? want.msg ?? reason(want), { elapsed })
  },
})

/** Raises `args.wait-for` for arguments that don't go together, in Ansible's words. */
function checked(want: Args): Args {
  const details: string[] = []
  if (want.port !== undefined && want.path !== undefined) {
    details.push('port and path parameter can not both be passed to wait_for')
  }
  if (want.path !== undefined && (want.state === 'stopped' || want.state === 'drained')) {
    details.push(`state=${want.state} should only be used for checking a port in the wait_for module`)
  }
  if (want.exclude_hosts !== undefined && want.state !== 'drained') {
    details.push('exclude_hosts should only be with state=drained')
  }
  if (want.state === 'drained' && want.port === undefined) details.push('state=drained needs a port')
  for (const state of want.active_connection_states) {
    if (!CONNECTION_STATES.includes(state)) details.push(`unknown active_connection_state (${state}) defined`)
  }
  raise(details.map((detail) => new Problem({ code: 'args.wait-for', summary: 'Wrong value of argument', detail })))
  return want
}

/** With neither port nor path, waiting is a pause; with a delay, what is so now says nothing yet. */
function isPause(want: Args): boolean {
  return want.delay > 0 || (want.port === undefined && want.path === undefined)
}

/** Time is Linux's uptime, read by a builtin: no clock that is being set can lengthen a wait. */
function applyOf(want: Args): Sh {
  if (want.port === undefined && want.path === undefined) {
    return sh`
      sleep ${want.delay + want.timeout}
      field elapsed ${want.delay + want.timeout}`
  }
  return lines([
    met(want),
    sh`
      clock() { if { read -r now _ </proc/uptime; } 2>/dev/null; then now=\${now%%.*}; else now=$(date +%s); fi; }
      clock
      start=$now`,
    want.delay > 0 && sh`sleep ${want.delay}`,
    sh`
      while clock; left=$((start + ${want.timeout} - now)); [ "$left" -gt 0 ]; do
        most=${want.connect_timeout}
        [ "$most" -le "$left" ] || most=$left
        if met "$most" "$left"; then
          clock
          field elapsed "$((now - start))"
          exit 0
        fi
        sleep ${want.sleep}
      done
      field elapsed "$((now - start))"
      exit 1`,
  ])
}

function answer(want: Args, elapsed: number): JsonObject {
  return {
    elapsed,
    state: want.state,
    port: want.port ?? null,
    path: want.path ?? null,
    search_regex: want.search_regex ?? null,
    match_groups: [],
    match_groupdict: {},
  }
}

function groupsOf(fields: Fields): JsonObject {
  const value = (text: string): Json => (text === '' ? null : text.slice(1))
  const named = fields.all('named').map((text) => {
    const equals = text.indexOf('=')
    return [text.slice(0, equals), value(text.slice(equals + 1))] as const
  })
  return { match_groups: fields.all('group').map(value), match_groupdict: Object.fromEntries(named) }
}

function describe(want: Args): string {
  if (want.path !== undefined) return `${want.path} ${want.state}`
  return want.port === undefined ? `${want.timeout} s` : `${want.host}:${want.port} ${want.state}`
}

function reason(want: Args): string {
  const place = `${want.host}:${want.port}`
  const search = `Timeout when waiting for search string ${want.search_regex} in`
  if (want.state === 'drained') return `Timeout when waiting for ${place} to drain`
  if (want.state === 'absent' || want.state === 'stopped') {
    return want.path === undefined
      ? `Timeout when waiting for ${place} to stop.`
      : `Timeout when waiting for ${want.path} to be absent.`
  }
  if (want.search_regex !== undefined) return `${search} ${want.path ?? place}`
  return want.path === undefined ? `Timeout when waiting for ${place}` : `Timeout when waiting for file ${want.path}`
}
