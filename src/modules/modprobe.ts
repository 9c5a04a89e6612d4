import type { Change } from '../kernel/change.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import { probeText, readText, type TextFile, textOfLines, writeText } from './parts/text-file.ts'

const schema = args({
  name: arg.str('The kernel module', { required: true }),
  state: arg.choice(['absent', 'present'], 'Whether it is loaded', { default: 'present' }),
  params: arg.str('Its parameters', { default: '' }),
  persistent: arg.choice(['disabled', 'present', 'absent'], 'Whether it is loaded when the host starts', {
    default: 'disabled',
  }),
})
type Want = ReturnType<typeof schema.check>
type Now = {
  readonly loaded: boolean
  /** Files that name the module, and options, with their text. */
  readonly naming: readonly string[]
  readonly options: readonly string[]
  readonly loadFile: TextFile
  readonly optionsFile: TextFile
}

/** Kernel modules, now and after the next start. */
export const module = defineModule<Want, Want, Now>({
  name: 'modprobe',
  collection: 'community.general',
  summary: 'Loads and unloads kernel modules',
  examples: ['- community.general.modprobe:\n    name: br_netfilter\n    persistent: present'],
  args: schema,
  want: (given) => given,
  probe: ({ name, persistent }) =>
    lines([
      sh`
        if grep -qs ${`^${name.replaceAll('-', '_')} `} /proc/modules; then field loaded 1
        elif grep -qs ${`/${name}\\.ko$`} "/lib/modules/$(uname -r)/modules.builtin"; then field loaded 1; fi`,
      persistent === 'disabled'
        ? null
        : lines([
            sh`
              field naming "$(grep -lsE ${`^ *${name} *([#;].*)?$`} /etc/modules-load.d/*)" || :
              field options "$(grep -sE ${`^options ${name} [A-Za-z0-9_]+=`} /etc/modprobe.d/* /dev/null)" || :`,
            probeText('load', loadPath(name)),
            probeText('option', optionsPath(name)),
          ]),
    ]),
  read: (fields, { name }) => ({
    loaded: fields.flag('loaded'),
    naming: fields.text('naming').split('\n').filter(Boolean),
    options: fields.text('options').split('\n').filter(Boolean),
    loadFile: readText(fields, 'load', loadPath(name)),
    optionsFile: readText(fields, 'option', optionsPath(name)),
  }),
  plan: (now, want) => {
    const changes: Change[] = []
    const word = (loaded: boolean) => (loaded ? 'loaded' : null)
    if (now.loaded !== (want.state === 'present'))
      changes.push({ what: `module ${want.name}`, before: word(now.loaded), after: word(!now.loaded) })
    const named = now.naming.length > 0
    if (want.persistent === 'present' && !named) changes.push({ what: 'loaded at start', before: 'no', after: 'yes' })
    if (want.persistent === 'absent' && named) changes.push({ what: 'loaded at start', before: 'yes', after: 'no' })
    const wanted = want.persistent === 'present' ? want.params.split(/\s+/).filter(Boolean).sort().join(' ') : ''
    const current = parameters(now).join(' ')
    if (want.persistent !== 'disabled' && current !== wanted)
      changes.push({ what: 'parameters at start', before: current || null, after: wanted || null })
    return changes
  },
  apply: (changes, want, now) => {
    const has = (what: string) => changes.some((change) => change.what === what)
    const params = want.params.split(/\s+/).filter(Boolean)
    return lines([
      has(`module ${want.name}`)
        ? want.state === 'present'
          ? sh`modprobe ${want.name} ${shlexSplit(want.params)}`
          : sh`modprobe -r ${want.name}`
        : null,
      has('loaded at start')
        ? want.persistent === 'present'
          ? writeText(now.loadFile, `${want.name}\n`)
          : sh`sed -i ${`s/^ *${want.name} *\\([#;].*\\)\\{0,1\\}$/#&/`} ${now.naming}`
        : null,
      has('parameters at start')
        ? lines([
            now.options.length === 0
              ? null
              : sh`sed -i ${`s/^options ${want.name} [A-Za-z0-9_]*=/#&/`} ${[...new Set(now.options.map(fileOf))]}`,
            want.persistent === 'present' && params.length > 0
              ? writeText(now.optionsFile, textOfLines(params.map((param) => `options ${want.name} ${param}`)))
              : null,
          ])
        : null,
    ])
  },
  result: ({ want }) => ({ name: want.name, params: want.params, state: want.state }),
  effects: 'host',
})

function loadPath(name: string): string {
  return `/etc/modules-load.d/${name}.conf`
}

function optionsPath(name: string): string {
  return `/etc/modprobe.d/${name}.conf`
}

/** `FILE:options NAME parameter=value`, as grep lists matches of several files. */
function fileOf(match: string): string {
  return match.slice(0, match.indexOf(':options '))
}

function parameters(now: Now): string[] {
  return now.options.map((match) => match.slice(match.indexOf(':') + 1).split(/\s+/)[2] ?? '').sort()
}
