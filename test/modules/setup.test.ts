import { module } from '../../src/modules/setup.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'knows the host',
    given: 'hostnamectl set-hostname web01; ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime',
    args: {},
    want: {
      changes: 'none',
      result: {
        ansible_facts: {
          ...{ ansible_distribution: 'Debian', ansible_os_family: 'Debian', ansible_system: 'Linux' },
          ...{ ansible_pkg_mgr: 'apt', ansible_service_mgr: 'systemd', ansible_hostname: 'web01' },
          ...{
            ansible_is_chroot: false,
            ansible_virtualization_role: 'guest',
            ansible_user_id: 'root',
            ansible_fips: false,
          },
          ansible_distribution_major_version: '13',
          ansible_distribution_release: 'trixie',
          ansible_memtotal_mb: /^\d+$/,
          ansible_env: { HOME: '/root' },
          ansible_date_time: { epoch: /^\d+$/, tz: 'UTC' },
          gather_subset: ['all'],
          module_setup: true,
        },
      },
    },
    paths: ['/etc'],
  },
  {
    name: 'gathers only what it is asked for, and no Python where there is none',
    args: { gather_subset: ['!all', '!min', 'platform'] },
    want: {
      result: {
        ansible_facts: {
          ansible_machine: 'x86_64',
          ansible_architecture: 'x86_64',
          ansible_userspace_bits: '64',
          gather_subset: ['!all', '!min', 'platform'],
        },
      },
    },
  },
  {
    name: 'filters by name, with the prefix or without',
    args: { filter: ['distribution_rel*', 'ansible_kernel'] },
    want: { result: { ansible_facts: { ansible_distribution_release: 'trixie', ansible_kernel: /^\d/ } } },
  },
  {
    name: 'reads facts of your own',
    given: `
printf '[main]\\nColour = blue\\n' >ini.fact
echo '{"a": [1, null]}' >json.fact
printf '#!/bin/sh\\necho "{}"; echo no >&2; exit 3\\n' >bad.fact; chmod 755 bad.fact
printf '#!/bin/sh\\necho "[true]"\\n' >run.fact; chmod 755 run.fact
echo 'neither' >odd.fact`,
    args: { fact_path: '/t', filter: 'ansible_local' },
    want: {
      result: {
        ansible_facts: {
          ansible_local: {
            ini: { main: { colour: 'blue' } },
            json: { a: [1, null] },
            run: [true],
            bad: /^Failure executing fact script \(\/t\/bad\.fact\), rc: 3, err: no/,
            odd: /^error loading facts as JSON or ini/,
          },
        },
      },
    },
    strings: (text, word) => ({
      given: `mkdir /t/${word}; echo '[1]' >/t/${word}/one.fact`,
      args: { fact_path: `/t/${text}`, filter: 'ansible_local' },
      want: { result: { ansible_facts: { ansible_local: { one: [1] } } } },
    }),
  },
  {
    name: 'names a group that does not exist',
    args: { gather_subset: ['everything'] },
    want: { failure: /^Bad subset 'everything' given to Ansible/ },
  },
])
