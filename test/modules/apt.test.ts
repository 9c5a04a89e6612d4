import { module } from '../../src/modules/apt.ts'
import { NO_PACKAGES, withPackages } from '../support/local-archive.ts'
import { testModule } from '../support/module.ts'

const DPKG = ['/var/lib/dpkg', '/var/cache/apt', '/var/lib/apt']
const fresh = { cache_updated: false, cache_update_time: /^\d+$/ }

export const tests = testModule(module, [
  {
    name: 'installs what is missing',
    given: NO_PACKAGES,
    args: { name: 'demo' },
    want: {
      changes: [{ what: 'package demo', before: null, after: '2.0' }],
      result: { changed: true, ...fresh, stdout: /Setting up demo \(2\.0\)/, stderr: /.*/ },
      after: 'dpkg -s demo | grep -q "Version: 2.0"; apt-mark showmanual | grep -qx demo',
    },
    paths: DPKG,
  },
  {
    name: 'leaves what is installed',
    given: withPackages('demo=1.0'),
    args: { name: ['demo'], state: 'present' },
    want: { changes: 'none', result: { changed: false, ...fresh } },
    paths: DPKG,
  },
  {
    name: 'upgrades to the latest',
    given: withPackages('demo=1.0'),
    args: { name: 'demo', state: 'latest' },
    want: {
      changes: [{ what: 'package demo', before: '1.0', after: '2.0' }],
      result: { changed: true },
      after: 'dpkg -s demo | grep -q "Version: 2.0"',
    },
    paths: DPKG,
  },
  {
    name: 'installs a version by pattern, with allow_downgrade',
    given: withPackages('demo=2.0'),
    args: { name: 'demo=1.*', allow_downgrade: true },
    want: {
      changes: [{ what: 'package demo', before: '2.0', after: '1.0' }],
      after: 'dpkg -s demo | grep -q "Version: 1.0"',
    },
  },
  {
    name: 'takes an installed version that is high enough',
    given: withPackages('demo=1.0'),
    args: { name: 'demo>=0.9' },
    want: { changes: 'none' },
  },
  {
    name: 'installs a version that is too low anew',
    given: withPackages('demo=1.0'),
    args: { name: 'demo>=1.5' },
    want: { changes: [{ what: 'package demo', before: '1.0', after: '2.0' }] },
  },
  {
    name: 'installs what provides a name',
    given: NO_PACKAGES,
    args: { name: ['demo-service', 'demo-extra'] },
    want: {
      changes: [
        { what: 'package demo-service', before: null, after: null },
        { what: 'package demo-extra', before: null, after: '1.0' },
      ],
      after: 'dpkg -s demo-server demo-extra demo >/dev/null',
    },
  },
  {
    name: 'knows what provides a name',
    given: withPackages('demo-server'),
    args: { name: 'demo-service' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'marks a package that came with another as wanted, which is no change',
    given: `${withPackages('demo-extra')}\napt-mark auto demo >/dev/null`,
    args: { name: 'demo' },
    want: {
      changes: [{ what: 'mark of demo', before: 'automatic', after: 'manual' }],
      result: { changed: false },
      after: 'apt-mark showmanual | grep -qx demo',
    },
  },
  {
    name: 'removes, and leaves configuration behind',
    given: withPackages('demo'),
    args: { name: 'demo', state: 'absent' },
    want: {
      changes: [{ what: 'package demo', before: '2.0', after: null }],
      result: { changed: true, stdout: /Removing demo/ },
      after: 'dpkg -l demo | grep -q ^rc',
    },
    paths: DPKG,
  },
  {
    name: 'purges what was left behind',
    given: `${withPackages('demo')}\ndpkg --remove demo >/dev/null 2>&1`,
    args: { name: 'demo', state: 'absent', purge: true },
    want: {
      changes: [{ what: 'configuration of demo', before: 'present', after: null }],
      after: '! dpkg -l demo | grep -q ^rc',
    },
  },
  {
    name: 'removes by pattern',
    given: withPackages('demo-extra', 'demo-server'),
    args: { name: 'demo-*', state: 'absent' },
    want: {
      changes: [
        { what: 'package demo-extra', before: '1.0', after: null },
        { what: 'package demo-server', before: '1.0', after: null },
      ],
    },
  },
  {
    name: 'leaves what is absent',
    given: NO_PACKAGES,
    args: { name: ['demo', 'never-was'], state: 'absent' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'names a package that nobody has',
    given: NO_PACKAGES,
    args: { name: ['demo', 'never-was'] },
    want: { failure: /^No package matching 'never-was' is available$/ },
  },
  {
    name: 'names a pattern that nothing matches',
    given: NO_PACKAGES,
    args: { name: 'never-was-*' },
    want: { failure: /^No package\(s\) matching 'never-was-\*' available$/ },
  },
  {
    name: 'names a version that nobody has',
    given: NO_PACKAGES,
    args: { name: 'demo=3.*' },
    want: { failure: /^no available installation candidate for demo=3\.\*$/ },
  },
  {
    name: 'skips what is not installed when it may only upgrade',
    given: NO_PACKAGES,
    args: { name: 'demo', only_upgrade: true, state: 'latest' },
    want: { changes: 'none' },
  },
  {
    name: 'upgrades everything',
    given: withPackages('demo=1.0'),
    args: { upgrade: 'dist' },
    want: {
      changes: [{ what: 'package demo', before: '1.0', after: '2.0' }],
      result: { changed: true, msg: /1 upgraded/ },
    },
    paths: DPKG,
  },
  {
    name: 'removes what nothing needs',
    given: `${withPackages('demo')}\napt-mark auto demo >/dev/null`,
    args: { autoremove: true },
    want: {
      changes: [{ what: 'package demo', before: '2.0', after: null }],
      after: '! dpkg -s demo 2>/dev/null | grep -q "ok installed"',
    },
  },
  {
    name: 'installs a package file',
    given: NO_PACKAGES,
    args: { deb: '/srv/archive/demo_1.0_all.deb' },
    want: {
      changes: [{ what: 'package demo', before: null, after: '1.0' }],
      after: 'dpkg -s demo | grep -q "Version: 1.0"',
    },
  },
  {
    name: 'leaves a package file that is installed',
    given: withPackages('demo=1.0'),
    args: { deb: '/srv/archive/demo_1.0_all.deb' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'refuses an older package file',
    given: withPackages('demo=2.0'),
    args: { deb: '/srv/archive/demo_1.0_all.deb' },
    want: { failure: /^A later version is already installed$/ },
  },
  {
    name: 'names a package file that is missing',
    given: NO_PACKAGES,
    args: { deb: '/srv/archive/none.deb' },
    want: { failure: /^Unable to install package: .*none\.deb/s },
  },
  {
    name: 'fetches lists that are old before it installs from them',
    given: `${NO_PACKAGES}\nrm -f /var/lib/apt/lists/*Packages*\ntouch -d 2001-01-01 /var/lib/apt/lists`,
    args: { name: 'demo', update_cache: true, cache_valid_time: 3600 },
    want: {
      changes: [
        { what: 'package lists', before: 'old', after: 'fetched' },
        { what: 'package demo', before: null, after: null },
      ],
      result: { changed: true, cache_updated: true },
      after: 'dpkg -s demo | grep -q "Version: 2.0"',
    },
  },
  {
    name: 'says that nobody has a package only after it fetched the lists',
    given: `${NO_PACKAGES}\ntouch -d 2001-01-01 /var/lib/apt/lists`,
    args: { name: 'never-was', cache_valid_time: 60 },
    want: { failure: /^No package matching 'never-was' is available$/ },
  },
  {
    name: 'leaves lists that are young enough',
    given: `${NO_PACKAGES}\ntouch /var/lib/apt/lists`,
    args: { update_cache: true, cache_valid_time: 86400 },
    want: { changes: 'none', result: { changed: false, cache_updated: false } },
  },
  {
    name: 'fetches the lists every time when no age is given',
    given: NO_PACKAGES,
    args: { update_cache: true },
    want: { changes: [{ what: 'package lists', before: 'old', after: 'fetched' }] },
    always: true,
  },
  {
    name: 'drops downloaded files every time',
    given: NO_PACKAGES,
    args: { clean: true },
    want: {
      changes: [{ what: 'downloaded package files', before: 'present', after: null }],
      result: { changed: true },
    },
    always: true,
  },
  {
    name: 'keeps services from starting meanwhile, and puts the policy back',
    given: `${NO_PACKAGES}\nprintf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d; rm -f /usr/sbin/policy-rc.d.provision`,
    args: { name: 'demo', policy_rc_d: 101 },
    want: {
      after:
        'grep -q "exit 0" /usr/sbin/policy-rc.d; ! [ -e /usr/sbin/policy-rc.d.provision ]; rm /usr/sbin/policy-rc.d',
    },
  },
  {
    name: 'refuses two versions in one name',
    args: { name: 'demo=1=2' },
    want: { failure: /^invalid package spec: demo=1=2$/ },
  },
])
