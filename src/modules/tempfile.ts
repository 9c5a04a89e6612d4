import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'
import { hostPath } from './parts/paths.ts'
import { pathInfo, probeStatus, readStatus } from './parts/status.ts'

const schema = args({
  state: arg.choice(['file', 'directory'], 'What to make', { default: 'file' }),
  path: arg.path('Where; $TMPDIR or /tmp when left out'),
  prefix: arg.str('Start of the name', { default: 'ansible.' }),
  suffix: arg.str('End of the name', { default: '' }),
})

type Args = ReturnType<typeof schema.check>

/** Makes a file or directory with a new name, for its owner alone; follows Ansible's `tempfile`. */
export const module = defineModule<Args, Args, null>({
  name: 'tempfile',
  summary: 'Makes a temporary file or directory',
  examples: ['- tempfile:\n    state: directory\n    suffix: build\n  register: scratch\n'],
  args: schema,
  effects: 'host',
  probe: () => null,
  read: () => null,
  plan: (_, want) => [
    { what: want.state, before: null, after: `${want.path ?? '/tmp'}/${want.prefix}XXXXXXXX${want.suffix}` },
  ],
  apply: (_, want) => {
    const make = want.state === 'file' ? sh`(set -C; : >"$path") 2>/dev/null` : sh`mkdir -m 700 "$path" 2>/dev/null`
    return sh`
      folder=${want.path === undefined ? sh`\${TMPDIR:-/tmp}` : hostPath(want.path)}
      [ -d "$folder" ] || { emit "No such file or directory: $folder" >&2; exit 1; }
      umask 077
      tries=0
      until
        path=$folder/${want.prefix}$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')${want.suffix}
        ${make}
      do
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || { emit "could not make a new name in $folder" >&2; exit 1; }
      done
      field path "$path"
      ${probeStatus('status', sh`"$path"`)}`
  },
  result: ({ ran }) => ({
    path: ran?.fields.text('path') ?? null,
    ...pathInfo(ran === null ? null : readStatus(ran.fields, 'status')),
  }),
})
