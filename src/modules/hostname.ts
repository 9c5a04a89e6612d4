import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'

/** The host's name, now and after the next start. */
export const module = defineModule({
  name: 'hostname',
  summary: 'Sets the host’s name',
  examples: ['- hostname:\n    name: web01'],
  args: args({
    name: arg.str('The name', { required: true }),
    use: arg.choice(
      [
        'alpine',
        'debian',
        'freebsd',
        'generic',
        'macos',
        'macosx',
        'darwin',
        'openbsd',
        'openrc',
        'redhat',
        'sles',
        'solaris',
        'systemd',
      ],
      'How to set it; found out when left out',
    ),
  }),
  want: (given) => given,
  probe: () => sh`
    read -r name </proc/sys/kernel/hostname || :
    field current "$name"
    name=; [ ! -r /etc/hostname ] || read -r name </etc/hostname || :
    field stored "$name"`,
  read: (fields) => ({ current: fields.text('current').trim(), stored: fields.text('stored').trim() }),
  plan: (now, { name }) => [
    ...(now.current === name ? [] : [{ what: 'current hostname', before: now.current, after: name }]),
    ...(now.stored === name ? [] : [{ what: 'permanent hostname', before: now.stored, after: name }]),
  ],
  apply: (_changes, { name, use }) => sh`
    if [ ${use ?? 'systemd'} = systemd ] && [ -d /run/systemd/system ] && command -v hostnamectl >/dev/null; then
      hostnamectl set-hostname ${name}
    else
      hostname ${name} 2>/dev/null || emit ${name} >/proc/sys/kernel/hostname
      emit ${`${name}\n`} >/etc/hostname
    fi`,
  result: ({ want }) => ({
    name: want.name,
    ansible_facts: {
      ansible_hostname: want.name.split('.')[0]!,
      ansible_nodename: want.name,
      ansible_fqdn: want.name,
      ansible_domain: want.name.split('.').slice(1).join('.'),
    },
  }),
  diff: ({ now, want, changes }) => {
    if (changes.length === 0) return undefined
    return { before: text(now.current, now.stored), after: text(want.name, want.name) }
  },
  effects: 'host',
})

function text(current: string, stored: string): string {
  return `hostname = ${current}\npermanent_hostname = ${stored}\n`
}
