import { Blob } from '../kernel/blob.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'

/** What dpkg is to do with a package: keep it up to date, or hold it. */
export const module = defineModule({
  name: 'dpkg_selections',
  summary: 'Holds packages and releases them',
  examples: ['- dpkg_selections:\n    name: linux-image-amd64\n    selection: hold'],
  args: args({
    name: arg.str('The package', { required: true }),
    selection: arg.choice(['install', 'hold', 'deinstall', 'purge'], 'What to do with it', { required: true }),
  }),
  want: (given) => given,
  probe: ({ name }) => sh`field selection "$(dpkg --get-selections ${name} 2>/dev/null)"`,
  read: (fields) => ({ selection: fields.text('selection').trim().split(/\s+/)[1] ?? 'not present' }),
  plan: (now, { name, selection }) => {
    if (now.selection === selection) return []
    return [{ what: `selection of ${name}`, before: now.selection, after: selection }]
  },
  apply: (_changes, { name, selection }) => sh`${Blob.of(`${name} ${selection}\n`)} | dpkg --set-selections`,
  result: ({ now, want, ran }) => {
    if (ran?.stderr.includes('package not in'))
      throw new Failure(`Failed to find package '${want.name}' to perform selection '${want.selection}'.`)
    return { before: now.selection, after: want.selection }
  },
  effects: 'host',
})
