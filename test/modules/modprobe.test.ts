import { module } from '../../src/modules/modprobe.ts'
import { testModule } from '../support/module.ts'

/** A container loads no modules: modprobe only notes what it was asked. What stands in the files is real. */
const CLEAN = `
rm -f /etc/modules-load.d/* /etc/modprobe.d/*; mkdir -p /etc/modules-load.d /etc/modprobe.d
printf '#!/bin/sh\\nprintf "%%s|" "$@" >/t/asked\\n' >/usr/local/sbin/modprobe; chmod 755 /usr/local/sbin/modprobe
`
const PATHS = ['/etc/modules-load.d', '/etc/modprobe.d']

export const tests = testModule(module, [
  {
    name: 'loads a module with parameters',
    given: CLEAN,
    args: { name: 'demo_mod', params: 'one=1 two="a b"' },
    want: {
      changes: [{ what: 'module demo_mod', before: null, after: 'loaded' }],
      result: { changed: true, name: 'demo_mod', params: 'one=1 two="a b"', state: 'present' },
      after: '[ "$(cat asked)" = "demo_mod|one=1|two=a b|" ]',
    },
    paths: PATHS,
    always: true,
  },
  {
    name: 'loads it at every start',
    given: CLEAN,
    args: { name: 'demo_mod', state: 'absent', persistent: 'present', params: 'one=1 two=2' },
    want: {
      changes: [
        { what: 'loaded at start', before: 'no', after: 'yes' },
        { what: 'parameters at start', before: null, after: 'one=1 two=2' },
      ],
      after:
        "echo demo_mod | cmp - /etc/modules-load.d/demo_mod.conf; printf 'options demo_mod one=1\\noptions demo_mod two=2\\n' | cmp - /etc/modprobe.d/demo_mod.conf",
    },
    paths: PATHS,
  },
  {
    name: 'leaves what is loaded at every start',
    given: `${CLEAN}echo 'demo_mod # why' >/etc/modules-load.d/all.conf`,
    args: { name: 'demo_mod', state: 'absent', persistent: 'present' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'no longer loads it at start',
    given: `${CLEAN}printf 'other\\ndemo_mod\\n' >/etc/modules-load.d/all.conf; echo 'options demo_mod one=1' >/etc/modprobe.d/o.conf`,
    args: { name: 'demo_mod', state: 'absent', persistent: 'absent' },
    want: {
      changes: [
        { what: 'loaded at start', before: 'yes', after: 'no' },
        { what: 'parameters at start', before: 'one=1', after: null },
      ],
      after:
        "printf 'other\\n#demo_mod\\n' | cmp - /etc/modules-load.d/all.conf; grep -qx '#options demo_mod one=1' /etc/modprobe.d/o.conf",
    },
  },
])
