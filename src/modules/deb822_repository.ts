import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { parseMode, resolveMode } from './parts/mode.ts'
import { probeText, readText, type TextFile, writeText } from './parts/text-file.ts'

const schema = args(
  {
    name: arg.str('Names the file', { required: true }),
    state: arg.choice(['absent', 'present'], 'Whether it is there', { default: 'present' }),
    types: arg.list('deb, deb-src', { default: ['deb'] }),
    uris: arg.list('Where the archive is'),
    suites: arg.list('Releases, or paths that end in a slash'),
    components: arg.list('Parts of the archive'),
    architectures: arg.list('Architectures'),
    languages: arg.list('Languages of translations'),
    targets: arg.list('Which files to download'),
    signed_by: arg.str('Whose keys count: a file, a URL, a fingerprint or an armored key'),
    enabled: arg.bool('Whether it is used'),
    trusted: arg.bool('Whether it is trusted without a signature'),
    allow_downgrade_to_insecure: arg.bool('Whether it may lose its signature'),
    allow_insecure: arg.bool('Whether it may be unsigned'),
    allow_weak: arg.bool('Whether weak signatures count'),
    by_hash: arg.bool('Whether files are fetched by their checksum'),
    check_date: arg.bool('Whether dates are checked'),
    check_valid_until: arg.bool('Whether the end of validity is checked'),
    date_max_future: arg.int('How many seconds a date may be ahead'),
    inrelease_path: arg.str('Where the InRelease file is'),
    pdiffs: arg.bool('Whether differences are fetched'),
    mode: arg.raw('Permissions of the file', { default: '0644' }),
  },
  {},
)
type Args = ReturnType<typeof schema.check>
type Want = Args & {
  readonly slug: string
  readonly path: string
  readonly bits: number
  readonly keyUrl: string | null
}
type Now = { readonly file: TextFile; readonly key: string | null }

/** Sources of apt in the deb822 format (sources.list(5)). */
export const module = defineModule<Args, Want, Now>({
  name: 'deb822_repository',
  summary: 'Manages sources of apt in the deb822 format',
  examples: [
    '- deb822_repository:\n    name: example\n    types: deb\n    uris: https://archive.example.org/debian\n    suites: "{{ ansible_distribution_release }}"\n    components: stable\n    signed_by: https://archive.example.org/key.asc',
    '- deb822_repository:\n    name: example\n    state: absent',
  ],
  args: schema,
  want: (given): Want => {
    const slug = given.name
      .toLowerCase()
      .replace(/[_\s]+/g, '-')
      .replace(/[^a-z0-9-]+/g, '')
    if (slug === '') throw new Failure(`${given.name} holds nothing that can name a file`)
    const url = given.signed_by !== undefined && /^[a-z+]+:\/\//.test(given.signed_by) ? given.signed_by : null
    return {
      ...given,
      slug,
      path: `/etc/apt/sources.list.d/${slug}.sources`,
      bits: resolveMode(parseMode(given.mode) ?? 0o644, 0o644, false, 0o22),
      keyUrl: url,
    }
  },
  probe: (want) =>
    lines([
      probeText('file', want.path),
      sh`
        for key in /etc/apt/keyrings/${want.slug}.asc /etc/apt/keyrings/${want.slug}.gpg; do
          if [ -f "$key" ]; then field key "$key"; break; fi
        done`,
    ]),
  read: (fields, want) => ({ file: readText(fields, 'file', want.path), key: fields.get('key') ?? null }),
  plan: (now, want) => {
    const wantsKey = want.keyUrl !== null && want.state === 'present'
    const present = want.state === 'present'
    const keyChange =
      present && wantsKey && now.key === null
        ? [{ what: 'key', before: null, after: want.keyUrl }]
        : !present && now.key !== null
          ? [{ what: 'key', before: now.key, after: null }]
          : []
    if (!present)
      return now.file.text === null
        ? keyChange
        : [{ what: want.path, before: now.file.text, after: null }, ...keyChange]
    const text = now.key === null && wantsKey ? null : textOf(want, now.key)
    const mode = now.file.status !== null && now.file.status.mode !== want.bits
    return [
      ...keyChange,
      ...(now.file.text !== null && now.file.text === text
        ? mode
          ? [{ what: 'mode', before: octal(now.file.status!.mode), after: octal(want.bits) }]
          : []
        : [
            {
              what: want.path,
              before: now.file.text,
              after: text ?? textOf(want, `/etc/apt/keyrings/${want.slug}.asc`),
            },
          ]),
    ]
  },
  apply: (changes, want, now) => {
    if (want.state === 'absent') return sh`rm -f -- ${[want.path, ...(now.key === null ? [] : [now.key])]}`
    const fetches = changes.some(({ what }) => what === 'key')
    if (!fetches)
      return lines([
        writeText(now.file, textOf(want, now.key), { mode: want.bits }),
        sh`chmod ${octal(want.bits)} ${want.path}`,
      ])
    const [before, after] = textOf(want, MARK).split(MARK)
    return lines([
      sh`
        staged=$(mktemp -d); trap 'rm -rf "$staged"' 0; chmod 755 "$staged"; chown _apt "$staged" 2>/dev/null || :
        /usr/lib/apt/apt-helper -q download-file ${want.keyUrl!} "$staged/key" >/dev/null
        if grep -q 'BEGIN PGP PUBLIC' "$staged/key"; then key=/etc/apt/keyrings/${want.slug}.asc; else key=/etc/apt/keyrings/${want.slug}.gpg; fi
        mkdir -p /etc/apt/keyrings
        { emit ${before ?? ''}; emit "$key"; emit ${after ?? ''}; } >"$staged/sources"
        chmod 644 "$staged/key"; chmod ${octal(want.bits)} "$staged/sources"
        cp -p "$staged/sources" ${want.path}.provision; mv -f ${want.path}.provision ${want.path}
        cp "$staged/key" "$key.provision"; mv -f "$key.provision" "$key"
        field key "$key"`,
    ])
  },
  result: ({ now, want, ran }) => {
    const key = ran?.fields.get('key') ?? now.key
    const present = want.state === 'present'
    return {
      repo: present ? textOf(want, key) : null,
      dest: want.path,
      key_filename: want.keyUrl !== null && present ? key : null,
    }
  },
  effects: 'host',
})

const MARK = '\u0001'
const FIELDS = [
  ...['allow_downgrade_to_insecure', 'allow_insecure', 'allow_weak', 'architectures', 'by_hash', 'check_date'],
  ...['check_valid_until', 'components', 'date_max_future', 'enabled', 'inrelease_path', 'languages', 'name', 'pdiffs'],
  ...['signed_by', 'suites', 'targets', 'trusted', 'types', 'uris'],
] as const satisfies readonly (keyof Args)[]

/** The stanza, its fields in Ansible's order; `key` is the file that a key's URL was fetched to. */
function textOf(want: Want, key: string | null): string {
  return FIELDS.flatMap((name) => {
    const value = name === 'signed_by' && want.keyUrl !== null ? (key ?? undefined) : want[name]
    return value === undefined ? [] : [`${fieldName(name)}: ${shown(value)}\n`]
  }).join('')
}

function fieldName(name: string): string {
  if (name === 'name') return 'X-Repolib-Name'
  if (name === 'uris') return 'URIs'
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-')
}

/** Several lines are indented, and a dot stands for an empty one. */
function shown(value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text = typeof value === 'object' ? value.join(' ') : String(value)
  if (!text.includes('\n')) return text
  const rows = text
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line}`))
  return `\n${rows.join('\n')}`
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`
}
