import type { Fields } from '../kernel/fields.ts'
import type { Json } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'

const BAD = ['not-found', 'masked', 'failed']

/** Every service as the fact `services`: init scripts, then systemd's units. */
export const module = defineModule({
  name: 'service_facts',
  summary: 'Gathers which services there are and whether they run',
  examples: ['- service_facts:'],
  args: args({}),
  probe: () => sh`
    if command -v rc-status >/dev/null && command -v rc-update >/dev/null; then
      field openrc "$(rc-status -a -s -m 2>&1 | grep '^ ' | tr -d '[]')" || :
      field runlevels "$(rc-update show -v 2>&1 | grep '|')" || :
    elif command -v service >/dev/null && ! command -v chkconfig >/dev/null; then
      field sysv "$(service --status-all 2>/dev/null)" || :
    fi
    read -r init </proc/1/comm || init=
    case $init in *systemd*)
      units=$(systemctl list-units --no-pager --plain --no-legend --type service --all)
      files=$(systemctl list-unit-files --no-pager --no-legend --type service --all)
      field units "$units"; field files "$files"
      set -f; newline='
      '; IFS=$newline; set --
      for line in $files; do
        name=\${line%% *}
        case $name in *@.service) continue ;; esac
        case $newline$units in *"$newline$name "*) ;; *) set -- "$@" "$name" ;; esac
      done
      unset IFS
      [ $# = 0 ] || field states "$(systemctl show --property=ActiveState "$@" 2>/dev/null)" || :
      for name; do field asked "$name"; done ;;
    esac`,
  read: (fields) => fields,
  plan: () => [],
  apply: () => {
    throw new Error('service_facts changes nothing')
  },
  result: ({ now }) => ({
    ansible_facts: { services: { ...fromInitScripts(now), ...fromOpenRc(now), ...fromSystemd(now) } },
  }),
  effects: 'host',
})

type Services = { [name: string]: { [key: string]: Json } }

function fromInitScripts(fields: Fields): Services {
  const found: Services = {}
  for (const match of fields.text('sysv').matchAll(/^\s*\[ ([+-]) \]\s+(.+)$/gm)) {
    found[match[2]!] = { name: match[2]!, state: match[1] === '+' ? 'running' : 'stopped', source: 'sysv' }
  }
  return found
}

function fromOpenRc(fields: Fields): Services {
  const levels = new Map<string, string[]>()
  for (const line of fields.text('runlevels').split('\n')) {
    const [name, words] = line.split('|').map((part) => part.trim())
    if (words !== undefined) levels.set(name!, words.split(/\s+/).filter(Boolean))
  }
  const found: Services = {}
  for (const line of fields.text('openrc').split('\n')) {
    const [name, state] = line.trim().split(/\s+/)
    const runlevels = levels.get(name ?? '') ?? []
    if (state !== undefined)
      found[name!] = { name: name!, runlevels: runlevels.length === 0 ? null : runlevels, state, source: 'openrc' }
  }
  return found
}

/** Loaded units say whether they run, unit files whether they are enabled; a unit that is broken keeps that as its status. */
function fromSystemd(fields: Fields): Services {
  const found: Services = {}
  for (const line of fields.text('units').split('\n')) {
    const words = line.trim().split(/\s+/)
    if (words.length < 4 || !line.includes('.service')) continue
    const status = BAD.find((bad) => words.includes(bad)) ?? words[2]!
    const state = words[3] === 'running' ? 'running' : 'stopped'
    found[words[0]!] = { name: words[0]!, state, status, source: 'systemd' }
  }
  const states = statesOf(fields)
  for (const line of fields.text('files').split('\n')) {
    const [name, status] = line.trim().split(/\s+/)
    if (status === undefined || !line.includes('.service')) continue
    const known = found[name!]
    if (known === undefined)
      found[name!] = { name: name!, state: states.get(name!) ?? 'unknown', status, source: 'systemd' }
    else if (!BAD.includes(String(known.status))) known.status = status
  }
  return found
}

function statesOf(fields: Fields): ReadonlyMap<string, string> {
  const states = [...fields.text('states').matchAll(/^ActiveState=(.*)$/gm)].map((match) => match[1]!)
  return new Map(fields.all('asked').map((name, index) => [name, states[index] ?? 'unknown']))
}
