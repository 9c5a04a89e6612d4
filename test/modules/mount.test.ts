import { module } from '../../src/modules/mount.ts'
import { testModule } from '../support/module.ts'

const CLEAN = `
for place in '/mnt/a b' /mnt/demo; do while grep -q " $(printf %s "$place" | sed 's/ /\\\\\\\\040/g') " /proc/self/mountinfo; do umount "$place"; done; rm -rf "$place"; done
printf '# kept\\nproc /proc proc defaults 0 0\\n' >/etc/fstab
`
const STATE = 'cut -d" " -f5 /proc/self/mountinfo'
const PATHS = ['/etc/fstab', '/mnt']

export const tests = testModule(module, [
  {
    name: 'mounts and keeps it for the next start',
    given: CLEAN,
    args: { path: '/mnt/a b', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', state: 'mounted' },
    want: {
      changes: [
        { what: 'entry of /etc/fstab', before: null, after: 'tmpfs /mnt/a\\040b tmpfs size=1m 0 0' },
        { what: 'mount /mnt/a b', before: null, after: 'tmpfs' },
      ],
      result: {
        changed: true,
        name: '/mnt/a b',
        src: 'tmpfs',
        fstype: 'tmpfs',
        opts: 'size=1m',
        boot: 'yes',
        fstab: '/etc/fstab',
      },
      after: "mountpoint -q '/mnt/a b'; grep -qx '# kept' /etc/fstab",
    },
    paths: PATHS,
    state: STATE,
  },
  {
    name: 'leaves what is mounted',
    given: `${CLEAN}mkdir /mnt/demo; echo 'tmpfs /mnt/demo tmpfs size=1m 0 0' >>/etc/fstab; mount /mnt/demo`,
    args: { path: '/mnt/demo', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', state: 'mounted' },
    want: { changes: 'none', result: { changed: false } },
    state: STATE,
  },
  {
    name: 'mounts anew what changes',
    given: `${CLEAN}mkdir /mnt/demo; echo 'tmpfs /mnt/demo tmpfs size=1m 0 0' >>/etc/fstab; mount /mnt/demo`,
    args: { path: '/mnt/demo', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=2m', state: 'mounted', backup: true },
    want: {
      changes: [
        { what: 'entry of /etc/fstab', before: /size=1m/, after: /size=2m/ },
        { what: 'mount /mnt/demo', before: 'tmpfs', after: 'mounted anew' },
      ],
      result: { backup_file: /^\/etc\/fstab\./ },
      after: 'rm /etc/fstab.*~',
    },
  },
  {
    name: 'only writes the entry',
    given: CLEAN,
    args: { path: '/mnt/demo', src: 'tmpfs', fstype: 'tmpfs', boot: false, opts: 'rw', state: 'present' },
    want: {
      changes: [{ what: 'entry of /etc/fstab', before: null, after: 'tmpfs /mnt/demo tmpfs rw,noauto 0 0' }],
      result: { boot: 'no', opts: 'rw,noauto' },
      after: '! [ -e /mnt/demo ]',
    },
  },
  {
    name: 'unmounts and keeps the entry',
    given: `${CLEAN}mkdir /mnt/demo; mount -t tmpfs tmpfs /mnt/demo`,
    args: { path: '/mnt/demo', state: 'unmounted' },
    want: { changes: [{ what: 'mount /mnt/demo', before: 'tmpfs', after: null }], after: '! mountpoint -q /mnt/demo' },
    state: STATE,
  },
  {
    name: 'removes entry, mount and folder',
    given: `${CLEAN}mkdir /mnt/demo; echo 'tmpfs /mnt/demo tmpfs size=1m 0 0' >>/etc/fstab; mount /mnt/demo`,
    args: { path: '/mnt/demo', state: 'absent' },
    want: {
      changes: [
        { what: 'entry of /etc/fstab', before: 'tmpfs /mnt/demo tmpfs size=1m 0 0', after: null },
        { what: 'mount /mnt/demo', before: 'tmpfs', after: null },
      ],
      after: '! [ -e /mnt/demo ]; ! grep -q demo /etc/fstab',
    },
  },
  {
    name: 'mounts for this once',
    given: CLEAN,
    args: { path: '/mnt/demo', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', state: 'ephemeral' },
    want: {
      changes: [{ what: 'mount /mnt/demo', before: null, after: 'tmpfs' }],
      after: '! grep -q demo /etc/fstab; mountpoint -q /mnt/demo',
    },
    always: true,
  },
  {
    name: 'puts fstab back when it can’t mount',
    given: CLEAN,
    args: { path: '/mnt/demo', src: '/dev/never', fstype: 'ext4', state: 'mounted' },
    want: { failure: /^Error mounting \/mnt\/demo: .*never/s, after: '! grep -q demo /etc/fstab' },
  },
])
