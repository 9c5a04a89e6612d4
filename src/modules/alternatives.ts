import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'

const schema = args({
  name: arg.str('The generic name', { required: true }),
  path: arg.path('What it is to stand for', { required: true }),
  link: arg.path('The link that stands for it; needed for a new name'),
  priority: arg.int('The higher, the rather it is chosen'),
  state: arg.choice(['present', 'absent', 'selected', 'auto'], 'Whether it is there, chosen, or left to priorities', {
    default: 'selected',
  }),
  subcommands: arg.listOfOptions(
    {
      name: arg.str('The generic name', { required: true }),
      path: arg.path('What it is to stand for', { required: true }),
      link: arg.path('The link', { required: true }),
    },
    'Links that follow this one',
    { aliases: ['slaves'] },
  ),
})
type Want = ReturnType<typeof schema.check>
type Alternative = { readonly path: string; readonly priority: number; readonly slaves: ReadonlyMap<string, string> }
type Now = {
  readonly mode: string
  readonly current: string
  readonly link: string
  readonly links: ReadonlyMap<string, string>
  readonly alternatives: readonly Alternative[]
  readonly exists: boolean
}

/** Which of several programs a generic name stands for, by update-alternatives. */
export const module = defineModule<Want, Want, Now>({
  name: 'alternatives',
  collection: 'community.general',
  summary: 'Chooses among alternative programs',
  examples: ['- community.general.alternatives:\n    name: editor\n    path: /usr/bin/vim.basic'],
  args: schema,
  want: (given) => given,
  probe: ({ name, path }) => sh`
    field query "$(update-alternatives --query ${name} 2>/dev/null)" || :
    if [ -e ${path} ]; then field exists 1; fi`,
  read: (fields) => ({ ...parse(fields.text('query')), exists: fields.flag('exists') }),
  plan: (now, want) => {
    const known = now.alternatives.find(({ path }) => path === want.path)
    const what = `alternative of ${want.name}`
    if (want.state === 'absent') return known === undefined ? [] : [{ what, before: want.path, after: null }]
    const changes: Change[] = []
    if (known === undefined || differs(known, now, want)) {
      if (!now.exists) throw new Failure(`Specified path ${want.path} does not exist`, { missing: true })
      if ((want.link ?? now.link) === '')
        throw new Failure('Needed to install the alternative, but unable to do so as we are missing the link')
      const before = known === undefined ? null : `${known.path}, priority ${known.priority}`
      changes.push({ what, before, after: `${want.path}, priority ${want.priority ?? known?.priority ?? 50}` })
    }
    if (want.state === 'selected' && now.current !== want.path)
      changes.push({ what: 'selected', before: now.current || null, after: want.path })
    if (want.state === 'auto' && now.mode === 'manual') changes.push({ what: 'mode', before: 'manual', after: 'auto' })
    return changes
  },
  apply: (changes, want, now) => {
    const has = (name: string) => changes.some(({ what }) => what === name)
    if (want.state === 'absent') return sh`update-alternatives --quiet --remove ${want.name} ${want.path}`
    const known = now.alternatives.find(({ path }) => path === want.path)
    const slaves = (want.subcommands ?? slavesOf(known, now)).flatMap(({ link, name, path }) => [
      '--slave',
      link,
      name,
      path,
    ])
    return lines([
      has(`alternative of ${want.name}`)
        ? sh`update-alternatives --quiet --install ${[want.link ?? now.link, want.name, want.path]} ${want.priority ?? known?.priority ?? 50} ${slaves}`
        : null,
      has('selected') ? sh`update-alternatives --quiet --set ${want.name} ${want.path}` : null,
      has('mode') ? sh`update-alternatives --quiet --auto ${want.name}` : null,
    ])
  },
  result: ({ changes, want }) => ({
    msg: changes
      .map(({ what }) => {
        if (want.state === 'absent') return `Remove alternative '${want.path}' from '${want.name}'.`
        if (what === 'mode') return `Set alternative to auto for '${want.name}'.`
        return `${what === 'selected' ? 'Set' : 'Install'} alternative '${want.path}' for '${want.name}'.`
      })
      .join(' '),
  }),
  effects: 'host',
})

function slavesOf(known: Alternative | undefined, now: Now): readonly { link: string; name: string; path: string }[] {
  return [...(known?.slaves ?? [])].map(([name, path]) => ({ name, path, link: now.links.get(name) ?? '' }))
}

function differs(known: Alternative, now: Now, want: Want): boolean {
  if (want.priority !== undefined && want.priority !== known.priority) return true
  if (want.subcommands === undefined) return false
  const wanted = new Map(want.subcommands.map(({ name, path, link }) => [name, `${path} ${link}`]))
  const there = slavesOf(known, now)
  return wanted.size !== there.length || there.some(({ name, path, link }) => wanted.get(name) !== `${path} ${link}`)
}

/** The output of `update-alternatives --query`: stanzas of fields, the first of the name, the others of one alternative each. */
function parse(query: string): Omit<Now, 'exists'> {
  const stanzas = query.split(/\n\n/)
  const get = (stanza: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''
  const [head = '', ...rest] = stanzas
  return {
    mode: get(head, 'Status'),
    current: get(head, 'Value'),
    link: get(head, 'Link'),
    links: pairs(head),
    alternatives: rest
      .filter((stanza) => stanza.includes('Alternative: '))
      .map((stanza) => ({
        path: get(stanza, 'Alternative'),
        priority: Number(get(stanza, 'Priority')),
        slaves: pairs(stanza),
      })),
  }
}

/** Lines below `Slaves:`, each a name and a path. */
function pairs(stanza: string): ReadonlyMap<string, string> {
  const [, listed = ''] = /^Slaves:\n((?: .*\n?)*)/m.exec(stanza) ?? []
  const rows = listed.split('\n').map((line) => /^ (\S+) (.*)$/.exec(line))
  return new Map(rows.filter((row) => row !== null).map((row) => [row[1]!, row[2]!]))
}
