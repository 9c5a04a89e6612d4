import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines } from '../kernel/sh.ts'
import { textDiff } from './parts/diff.ts'
import { hashed, isOfHost, type KnownHost, parseKnownHost } from './parts/known-hosts.ts'
import { pathInfo, probeStatus, readStatus } from './parts/status.ts'
import { linesOfText, probeText, readText, type TextFile, textOfLines, writeText } from './parts/text-file.ts'

const schema = args({
  name: arg.str('The host', { required: true, aliases: ['host'] }),
  key: arg.str('Its line of known_hosts; all of the host when left out and absent'),
  path: arg.path('The file', { default: '~/.ssh/known_hosts' }),
  hash_host: arg.bool('Whether the name is written hashed', { default: false }),
  state: arg.choice(['absent', 'present'], 'Whether it is there', { default: 'present' }),
})
type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly host: string; readonly line: string | null; readonly wanted: KnownHost | null }

/** Keys of other hosts, in a known_hosts file; no ssh-keygen needed. */
export const module = defineModule<Args, Want, TextFile>({
  name: 'known_hosts',
  summary: 'Manages known_hosts',
  examples: [
    '- known_hosts:\n    name: git.example.org\n    key: git.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n    path: /etc/ssh/ssh_known_hosts',
  ],
  args: schema,
  want: wantOf,
  probe: (want) => probeText('file', want.path),
  read: (fields, want) => readText(fields, 'file', want.path),
  plan: (now, want) => {
    const before = linesOfText(now.text)
    const after = linesAfter(before, want)
    if (before.length === after.length && before.every((line, index) => line === after[index])) return []
    const gone = before.filter((line) => !after.includes(line))
    const come = after.filter((line) => !before.includes(line))
    const change: Change = {
      what: `key of ${want.host}`,
      before: gone.join('\n') || null,
      after: come.join('\n') || null,
    }
    return [change]
  },
  apply: (_changes, want, now) =>
    lines([
      writeText(now, textOfLines(linesAfter(linesOfText(now.text), want)), { mode: 0o600 }),
      probeStatus('status', want.path, { follow: true }),
    ]),
  result: ({ now, want, ran }) => ({
    name: want.name,
    path: want.path,
    state: want.state,
    hash_host: want.hash_host,
    key: want.key ?? null,
    ...pathInfo(ran === null ? now.status : readStatus(ran.fields, 'status')),
  }),
  diff: (outcome) => {
    const { now, want, changes } = outcome
    const after = changes.length === 0 ? now.text : textOfLines(linesAfter(linesOfText(now.text), want))
    const header = { before: now.text === null ? '/dev/null' : want.path, after: want.path }
    return textDiff({ before: now.text, after }, header, true)
  },
  effects: 'host',
})

function wantOf(given: Args): Want {
  const host = given.name.toLowerCase()
  const key = given.key === undefined || given.key.trim() === '' ? null : given.key.trim()
  if (key === null) {
    if (given.state === 'present') throw new Failure('No key specified when adding a host')
    return { ...given, host, line: null, wanted: null }
  }
  if (/\S+\s*,\s*/.test(host))
    throw new Failure(
      'Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file.',
    )
  const wanted = parseKnownHost(key)
  if (wanted === null || !isOfHost(wanted, host))
    throw new Failure('Host parameter does not match hashed host field in supplied key')
  return { ...given, host, line: given.hash_host ? hashed(key, host) : key, wanted }
}

/** A key of the same type gives way to the new one; the very same key stays as it is written. */
function linesAfter(lines: readonly string[], want: Want): readonly string[] {
  const entries = lines.map((line) => {
    const entry = parseKnownHost(line)
    return { line, entry: entry !== null && isOfHost(entry, want.host) ? entry : null }
  })
  const { wanted } = want
  if (wanted === null) return entries.filter(({ entry }) => entry === null).map(({ line }) => line)
  const equal = (entry: KnownHost | null) => entry !== null && entry.type === wanted.type && entry.key === wanted.key
  const hashes = want.hash_host || wanted.hosts.startsWith('|1|')
  const kept = ({ hosts }: KnownHost) => (hashes ? hosts.startsWith('|1|') : hosts === wanted.hosts)
  if (want.state === 'absent') return entries.filter(({ entry }) => !equal(entry)).map(({ line }) => line)
  if (entries.some(({ entry }) => equal(entry) && kept(entry!) && entry!.marker === wanted.marker)) return lines
  const first = entries.findIndex(({ entry }) => entry?.type === wanted.type)
  return [...lines.filter((_, index) => index !== first), want.line!]
}
