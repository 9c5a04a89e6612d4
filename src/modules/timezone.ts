import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'

const ZONES = '/usr/share/zoneinfo/'

/** The host's time zone, and whether its hardware clock runs in local time. */
export const module = defineModule({
  name: 'timezone',
  collection: 'community.general',
  summary: 'Sets the time zone',
  examples: ['- community.general.timezone:\n    name: Europe/Berlin'],
  args: args(
    {
      name: arg.str('The zone, as in the tz database'),
      hwclock: arg.choice(['UTC', 'local'], 'What the hardware clock shows', { aliases: ['rtc'] }),
    },
    { oneOf: [['hwclock', 'name']] },
  ),
  want: (given) => given,
  probe: ({ name }) => sh`
    field zone "$(readlink -f /etc/localtime 2>/dev/null)" || :
    if [ -r /etc/timezone ]; then read -r stored </etc/timezone && field stored "$stored" || :; fi
    if grep -qsx LOCAL /etc/adjtime; then field local 1; fi
    if [ -e ${ZONES}${name ?? null} ]; then field known 1; fi
    [ ! -d /run/systemd/system ] || field systemd 1`,
  read: (fields, { name }) => {
    const path = fields.text('zone')
    return {
      // Aliases are links, so the name in /etc/timezone tells which one was meant.
      zone:
        fields.text('stored') === name
          ? name!
          : path.startsWith(ZONES)
            ? path.slice(ZONES.length)
            : fields.text('stored'),
      path,
      local: fields.flag('local'),
      known: fields.flag('known'),
      systemd: fields.flag('systemd'),
    }
  },
  plan: (now, { name, hwclock }) => {
    if (name !== undefined && !now.known) throw new Failure(`given timezone "${name}" is not available`)
    const clock = now.local ? 'local' : 'UTC'
    return [
      ...(name === undefined || now.zone === name
        ? []
        : [{ what: 'time zone', before: now.zone || null, after: name }]),
      ...(hwclock === undefined || clock === hwclock
        ? []
        : [{ what: 'hardware clock', before: clock, after: hwclock }]),
    ]
  },
  apply: (changes, { name, hwclock }, now) => {
    const has = (what: string) => changes.some((change) => change.what === what)
    return lines([
      has('time zone')
        ? sh`
          ln -sfn ${ZONES}${name!} /etc/localtime.provision
          mv -fT /etc/localtime.provision /etc/localtime 2>/dev/null || mv -f /etc/localtime.provision /etc/localtime
          emit ${`${name}\n`} >/etc/timezone`
        : null,
      has('hardware clock')
        ? now.systemd
          ? sh`timedatectl set-local-rtc ${hwclock === 'local' ? 'yes' : 'no'}`
          : sh`hwclock ${hwclock === 'local' ? '--localtime' : '--utc'} --systohc`
        : null,
    ])
  },
  result: () => ({}),
  diff: ({ now, want: { name, hwclock } }) => {
    const [zone, clock] = [now.zone || 'n/a', now.local ? 'local' : 'UTC']
    const side = (of: string, by: string) => ({
      ...(name === undefined ? {} : { name: of }),
      ...(hwclock === undefined ? {} : { hwclock: by }),
    })
    return { before: side(zone, clock), after: side(name ?? zone, hwclock ?? clock) }
  },
  effects: 'host',
})
