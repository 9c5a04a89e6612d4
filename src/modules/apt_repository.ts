import type { Change } from '../kernel/change.ts'
import { Fields } from '../kernel/fields.ts'
import type { Json } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { updateLists } from './parts/apt/commands.ts'
import { fileNameFor, normalized, parseSource, sourceLine } from './parts/apt/sources.ts'
import { textDiff } from './parts/diff.ts'
import { parseMode, resolveMode } from './parts/mode.ts'
import { probeStatus } from './parts/status.ts'
import { linesOfText, readText, type TextFile, textOfLines, writeText } from './parts/text-file.ts'

const schema = args({
  repo: arg.str('A line of sources.list(5), or ppa:user/name', { required: true }),
  state: arg.choice(['absent', 'present'], 'Whether it is there', { default: 'present' }),
  mode: arg.raw('Permissions of a new file'),
  filename: arg.str('The file below sources.list.d, without .list'),
  codename: arg.str('The release’s name for a PPA'),
  update_cache: arg.bool('Whether to get the package lists after a change', {
    default: true,
    aliases: ['update-cache'],
  }),
  update_cache_retries: arg.int('How often to try to get the lists', { default: 5 }),
  update_cache_retry_max_delay: arg.int('The longest pause between two tries, in seconds', { default: 12 }),
  install_python_apt: arg.bool('Accepted for compatibility: no Python is needed', { default: true }),
  validate_certs: arg.bool('Accepted for compatibility', { default: true }),
})
type Args = ReturnType<typeof schema.check>
type Want = Args & {
  readonly source: string
  readonly ppa: string | null
  readonly file: string
  readonly bits: number
}
type Now = readonly TextFile[]

/** Sources of apt in the one-line format. */
export const module = defineModule<Args, Want, Now>({
  name: 'apt_repository',
  summary: 'Manages sources of apt',
  examples: [
    '- apt_repository:\n    repo: deb http://archive.example.org/debian stable main\n    filename: example',
    '- apt_repository:\n    repo: deb http://old.example.org/ ./\n    state: absent',
  ],
  args: schema,
  want: (given): Want => {
    const repo = given.repo.trim()
    if (repo === '') throw new Failure("Please set argument 'repo' to a non-empty value")
    const ppa = /^ppa:([^/]+)(?:\/(.+))?$/.exec(repo)
    const source = ppa === null ? normalized(repo) : ''
    if (source === null) throw new Failure(`Invalid repository string: ${given.repo}`)
    const name =
      given.filename === undefined
        ? ppa === null
          ? fileNameFor(source)
          : ''
        : `${given.filename.replace(/\.list$/, '')}.list`
    return {
      ...given,
      source,
      ppa: ppa === null ? null : `${ppa[1]}/${ppa[2] ?? 'ppa'}`,
      file: name.startsWith('/') ? name : `/etc/apt/sources.list.d/${name}`,
      bits: resolveMode(parseMode(given.mode) ?? 0o644, 0o644, false, 0o22),
    }
  },
  probe: () => sh`
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
      if [ -f "$list" ]; then
        field list "$list"; ${probeStatus('status', sh`"$list"`, { follow: true })}; field text "$(base64 <"$list")"
      fi
    done`,
  read: (fields) => {
    const statuses = fields.all('status')
    const texts = fields.all('text')
    return fields.all('list').map((path, index) => {
      const record = `file-status=${statuses[index]}\0file-text=${texts[index]}\0`
      return readText(new Fields(record), 'file', path)
    })
  },
  plan: (now, want) => changedFiles(now, want).map(({ change }) => change),
  apply: (_changes, want, now) => {
    if (want.ppa !== null)
      return sh`add-apt-repository -y ${want.state === 'absent' ? sh`--remove` : null} ${want.repo} >/dev/null`
    const files = changedFiles(now, want)
    return lines([
      ...files.map(({ file, text }) =>
        text === '' && file.path !== '/etc/apt/sources.list'
          ? sh`rm -f -- ${file.path}`
          : writeText(file, text, { mode: want.bits }),
      ),
      want.update_cache
        ? revertible(
            files.map(({ file }) => file),
            want,
          )
        : null,
    ])
  },
  result: ({ want, now, changes }) => {
    const files = changes.length === 0 ? [] : changedFiles(now, want)
    const added: Json = files.filter(({ file, text }) => file.text === null && text !== '').map(({ file }) => file.path)
    const removed: Json = files.filter(({ text }) => text === '').map(({ file }) => file.path)
    return { repo: want.repo, state: want.state, sources_added: added, sources_removed: removed }
  },
  diff: ({ want, now, changes }, shown) => {
    if (changes.length === 0 || !shown || want.ppa !== null) return {}
    return changedFiles(now, want).map(({ file, text }) =>
      textDiff(
        { before: file.text, after: text },
        { before: file.text === null ? '/dev/null' : file.path, after: text === '' ? '/dev/null' : file.path },
        shown,
      ),
    )
  },
  effects: 'host',
})

type Changed = { readonly file: TextFile; readonly text: string; readonly change: Change }

/** The files whose text changes; a source that is there but commented out is enabled where it is. */
function changedFiles(now: Now, want: Want): readonly Changed[] {
  if (want.ppa !== null) return ppaChange(now, want)
  const touched = now.map((file) => ({ file, text: edited(file, want) }))
  const found = now.some((file) => linesOfText(file.text).some((line) => parseSource(line)?.source === want.source))
  if (want.state === 'present' && !found) {
    const at = touched.findIndex(({ file }) => file.path === want.file)
    const line = sourceLine({ enabled: true, source: want.source, comment: '' })
    const file = at < 0 ? { path: want.file, text: null, status: null } : touched[at]!.file
    const text = textOfLines([...linesOfText(file.text), line])
    if (at < 0) touched.push({ file, text })
    else touched[at] = { file, text }
  }
  return touched
    .filter(({ file, text }) => text !== (file.text ?? ''))
    .map(({ file, text }) => {
      const removes = want.state === 'absent'
      const before = removes ? want.source : null
      return { file, text, change: { what: `source in ${file.path}`, before, after: removes ? null : want.source } }
    })
}

function edited(file: TextFile, want: Want): string {
  const before = linesOfText(file.text)
  const after = before.flatMap((line) => {
    const source = parseSource(line)
    if (source?.source !== want.source) return [line]
    if (want.state === 'absent') return []
    return source.enabled ? [line] : [sourceLine({ ...source, enabled: true })]
  })
  const same = before.length === after.length && before.every((line, index) => line === after[index])
  return same ? (file.text ?? '') : textOfLines(after)
}

/** add-apt-repository writes the file, and gets the key. */
function ppaChange(now: Now, want: Want): readonly Changed[] {
  const there = now.some((file) =>
    linesOfText(file.text).some((line) => {
      const source = parseSource(line)
      return source?.enabled === true && source.source.includes(`/${want.ppa}/ubuntu`)
    }),
  )
  if (there === (want.state === 'present')) return []
  const change = { what: `source ${want.repo}`, before: there ? 'present' : null, after: there ? null : 'present' }
  return [{ file: { path: '', text: null, status: null }, text: '', change }]
}

/** When the lists can't be had, the files are put back as they were. */
function revertible(files: readonly TextFile[], want: Want): Sh {
  const back = files.map((file) => (file.text === null ? sh`rm -f -- ${file.path}` : writeText(file, file.text)))
  return sh`
    set +e
    (set -e; ${updateLists({ ...want, lock_timeout: 60 })}
    )
    code=$?; set -e
    if [ "$code" != 0 ]; then
      ${lines(back)}
      exit "$code"
    fi`
}
