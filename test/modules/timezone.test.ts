import { module } from '../../src/modules/timezone.ts'
import { testModule } from '../support/module.ts'

const zone = (name: string) =>
  `ln -sfn /usr/share/zoneinfo/${name} /etc/localtime; echo ${name} >/etc/timezone; rm -f /etc/adjtime\n`
const PATHS = ['/etc/localtime', '/etc/timezone', '/etc/adjtime']

export const tests = testModule(module, [
  {
    name: 'sets the zone',
    given: zone('Etc/UTC'),
    args: { name: 'Europe/Berlin' },
    want: {
      changes: [{ what: 'time zone', before: 'Etc/UTC', after: 'Europe/Berlin' }],
      result: { changed: true },
      after:
        '[ "$(readlink /etc/localtime)" = /usr/share/zoneinfo/Europe/Berlin ]; grep -qx Europe/Berlin /etc/timezone',
    },
    paths: PATHS,
  },
  {
    name: 'leaves the zone',
    given: zone('Europe/Berlin'),
    args: { name: 'Europe/Berlin', hwclock: 'UTC' },
    want: { changes: 'none', result: { changed: false } },
    paths: PATHS,
  },
  {
    name: 'names a zone that does not exist',
    args: { name: 'Europe/Atlantis' },
    want: { failure: /^given timezone "Europe\/Atlantis" is not available$/ },
    strings: (text) => ({ args: { name: text }, want: { failure: /is not available$/ } }),
  },
])
