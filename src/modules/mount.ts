import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import * as fstab from './parts/fstab.ts'
import { linesOfText, probeText, readText, type TextFile, textOfLines, writeText } from './parts/text-file.ts'

const schema = args(
  {
    path: arg.path('Where it is mounted', { required: true, aliases: ['name'] }),
    state: arg.choice(
      ['absent', 'absent_from_fstab', 'mounted', 'present', 'unmounted', 'remounted', 'ephemeral'],
      'What is wanted, of fstab and of the running system',
      { required: true },
    ),
    src: arg.path('What is mounted'),
    fstype: arg.str('Type of the file system'),
    opts: arg.str('Options of mount(8)'),
    dump: arg.str('Whether dump(8) saves it', { default: '0' }),
    passno: arg.str('When fsck(8) checks it', { default: '0' }),
    boot: arg.bool('Whether it is mounted when the host starts', { default: true }),
    fstab: arg.path('Another file than /etc/fstab'),
    backup: arg.bool('Whether to keep a copy of the file', { default: false }),
  },
  {
    requiredIf: [
      ['state', 'mounted', ['src', 'fstype']],
      ['state', 'present', ['src', 'fstype']],
      ['state', 'ephemeral', ['src', 'fstype']],
    ],
  },
)
type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly entry: fstab.Entry; readonly table: string }
type Now = { readonly file: TextFile; readonly mounted: { readonly source: string } | null; readonly exists: boolean }

/** File systems, in fstab(5) and mounted. */
export const module = defineModule<Args, Want, Now>({
  name: 'mount',
  collection: 'ansible.posix',
  summary: 'Mounts file systems and keeps fstab',
  examples: [
    '- ansible.posix.mount:\n    path: /srv/data\n    src: /dev/sdb1\n    fstype: ext4\n    opts: noatime\n    state: mounted',
    '- ansible.posix.mount:\n    path: /tmp/old\n    state: absent',
  ],
  args: schema,
  want: (given) => ({
    ...given,
    table: given.fstab ?? '/etc/fstab',
    entry: {
      source: given.src ?? '',
      path: given.path,
      type: given.fstype ?? '',
      options: optionsOf(given),
      dump: given.dump,
      pass: given.passno,
    },
  }),
  probe: (want) =>
    lines([
      probeText('fstab', want.table),
      sh`
        field mounts "$(cat /proc/self/mountinfo)"
        if [ -e ${want.path} ]; then field exists 1; fi`,
    ]),
  read: (fields, want) => ({
    file: readText(fields, 'fstab', want.table),
    mounted: fstab.mountedAt(fields.text('mounts'), want.path),
    exists: fields.flag('exists'),
  }),
  plan,
  apply,
  result: ({ want, ran }) => ({
    name: want.path,
    opts: want.entry.options,
    dump: want.dump,
    passno: want.passno,
    fstab: want.table,
    boot: want.boot || want.opts?.split(',').includes('noauto') ? 'yes' : 'no',
    ...(want.src === undefined ? {} : { src: want.src }),
    ...(want.fstype === undefined ? {} : { fstype: want.fstype }),
    backup_file: ran?.fields.get('backup_file') ?? '',
  }),
  effects: 'host',
})

/** A mount that should wait for no start gets `noauto`. */
function optionsOf({ opts, boot }: Args): string {
  const options = (opts ?? 'defaults').split(',')
  return boot || options.includes('noauto') ? options.join(',') : [...options, 'noauto'].join(',')
}

function plan(now: Now, want: Want): readonly Change[] {
  const { state } = want
  const table = tableChange(now, want)
  const mounted = now.mounted === null ? null : now.mounted.source
  const mounting = (after: string | null): Change => ({ what: `mount ${want.path}`, before: mounted, after })
  if (state === 'present' || state === 'absent_from_fstab') return table
  if (state === 'absent') return table.length > 0 && now.mounted !== null ? [...table, mounting(null)] : table
  if (state === 'unmounted') return now.mounted === null ? [] : [mounting(null)]
  if (state === 'remounted') return [{ ...mounting('mounted anew'), action: true }]
  if (state === 'ephemeral') {
    if (now.mounted !== null && mounted !== want.src)
      throw new Failure(
        'Ephemeral mount point is already mounted with a different source than the specified one. Failing in order to prevent an unwanted unmount or override operation. Try replacing this command with a "state: unmounted" followed by a "state: ephemeral", or use a different destination path.',
      )
    return [{ ...mounting(want.src!), ...(now.mounted === null ? {} : { action: true as const }) }]
  }
  if (now.mounted === null) return [...table, mounting(want.src!)]
  return table.length > 0 ? [...table, mounting('mounted anew')] : []
}

function tableChange(now: Now, want: Want): readonly Change[] {
  if (['unmounted', 'remounted', 'ephemeral'].includes(want.state)) return []
  const before = linesOfText(now.file.text)
  const after = tableLines(now, want)
  if (before.length === after.length && before.every((line, index) => line === after[index])) return []
  const shown = (all: readonly string[]) => all.find((line) => fstab.names(line, want.entry)) ?? null
  return [{ what: `entry of ${want.table}`, before: shown(before), after: shown(after) }]
}

function tableLines(now: Now, want: Want): readonly string[] {
  const before = linesOfText(now.file.text)
  const removes = want.state === 'absent' || want.state === 'absent_from_fstab'
  return removes ? fstab.without(before, want.entry) : fstab.having(before, want.entry)
}

function apply(changes: readonly Change[], want: Want, now: Now): Sh {
  const writes = changes.some(({ what }) => what.startsWith('entry of '))
  const table = writes ? writeText(now.file, textOfLines(tableLines(now, want)), { backup: want.backup }) : null
  const mounts = changes.some(({ what }) => what.startsWith('mount '))
  if (want.state === 'absent') {
    // The entry goes last: as long as it is there, a run that was cut off is taken up again.
    const folder = now.exists ? sh`if [ -d ${want.path} ]; then rmdir -- ${want.path}; fi` : null
    return lines([mounts ? sh`umount ${want.path}` : null, folder, table])
  }
  if (want.state === 'unmounted') return sh`umount ${want.path}`
  return lines([
    now.exists || !mounts ? null : sh`mkdir -p -- ${want.path}`,
    table,
    mounts ? mountCommand(want, now) : null,
  ])
}

/** A failed mount leaves fstab as it was. */
function mountCommand(want: Want, now: Now): Sh {
  const file = want.table === '/etc/fstab' ? null : sh`-T ${want.table}`
  const options = want.entry.options === 'defaults' ? null : sh`-o ${want.entry.options}`
  const fresh =
    want.state === 'ephemeral'
      ? sh`mount -t ${want.fstype!} ${options} ${want.src!} ${want.path}`
      : sh`mount ${file} ${want.path}`
  const again = want.state === 'remounted' && want.opts !== undefined ? `remount,${want.entry.options}` : 'remount'
  const command =
    now.mounted === null ? fresh : sh`{ mount -o ${again} ${want.path} || { umount ${want.path} && ${fresh}; }; }`
  const restore = want.state === 'mounted' && now.file.text !== null ? writeText(now.file, now.file.text) : sh`:`
  return sh`
    if words=$(${command} 2>&1); then :; else
      code=$?
      ${restore}
      emit ${`Error mounting ${want.path}: `} >&2; emit "$words" >&2
      exit "$code"
    fi`
}
