import { defineModule } from '../kernel/module.ts'
import { Question } from '../kernel/question.ts'
import { arg, args } from '../kernel/schema.ts'
import { plain, sh } from '../kernel/sh.ts'

/** Groups of users, by groupadd, groupmod and groupdel. */
export const module = defineModule({
  name: 'group',
  summary: 'Manages groups',
  examples: ['- group:\n    name: deploy\n    gid: 1500', '- group:\n    name: old\n    state: absent'],
  args: args(
    {
      name: arg.str('The group', { required: true }),
      state: arg.choice(['absent', 'present'], 'Whether it exists', { default: 'present' }),
      gid: arg.int('Its number'),
      system: arg.bool('Whether a new group gets a number of the system’s range', { default: false }),
      local: arg.bool('Whether only the host’s own files count', { default: false }),
      non_unique: arg.bool('Whether the number may be another group’s too', { default: false }),
    },
    { requiredIf: [['non_unique', true, ['gid']]] },
  ),
  want: (given) => given,
  probe: ({ name, local }) =>
    local
      ? plain(sh`field entry "$(sed -n ${`/^${name.replace(/[.*[\]^$\\/]/g, '\\$&')}:/p`} /etc/group)"`)
      : plain(sh`field entry "${new Question('group', name)}" || :`),
  read: (fields) => {
    const [name, , gid] = fields.text('entry').split(':')
    return { gid: name === '' || gid === undefined ? null : Number(gid) }
  },
  plan: (now, want) => {
    const what = `group ${want.name}`
    if (want.state === 'absent') return now.gid === null ? [] : [{ what, before: `gid ${now.gid}`, after: null }]
    if (now.gid === null) return [{ what, before: null, after: want.gid === undefined ? 'present' : `gid ${want.gid}` }]
    if (want.gid === undefined || want.gid === now.gid) return []
    return [{ what: 'gid', before: String(now.gid), after: String(want.gid) }]
  },
  apply: (_changes, { name, state, gid, non_unique, system }, now) => {
    if (state === 'absent') return sh`groupdel -- ${name}`
    const number = gid === undefined ? null : sh`-g ${gid} ${non_unique ? sh`-o` : null}`
    const command = now.gid === null ? sh`groupadd ${system ? sh`-r` : null}` : sh`groupmod`
    return sh`
      ${command} ${number} -- ${name}
      field entry "$(getent group -- ${name})"`
  },
  result: ({ now, want, ran }) => {
    const gid = ran === null ? now.gid : Number(ran.fields.text('entry').split(':')[2] ?? Number.NaN)
    const known = want.state === 'present' && gid !== null && !Number.isNaN(gid)
    return { name: want.name, state: want.state, ...(known ? { gid, system: want.system } : {}) }
  },
  effects: 'host',
})
