import type { Json, JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { pythonRegex } from '../kernel/python-regex.ts'
import { FULL_FORMAT } from '../kernel/question.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { type FullStatus, parseFullStatus } from './parts/full-status.ts'
import { matchesName } from './parts/name-pattern.ts'
import { basename, hostPath, trimSlashes } from './parts/paths.ts'

const schema = args({
  paths: arg.list('Directories to look in', { required: true, aliases: ['name', 'path'] }),
  patterns: arg.list('Names: shell patterns, or regular expressions with use_regex', {
    default: [],
    aliases: ['pattern'],
  }),
  excludes: arg.list('Names that are left out', { aliases: ['exclude'] }),
  contains: arg.str('Regular expression (Python) that must match at the start of a line'),
  read_whole_file: arg.bool('Match `contains` anywhere in the whole content', { default: false }),
  file_type: arg.choice(['any', 'directory', 'file', 'link'], 'What to find', { default: 'file' }),
  age: arg.str('At least this old (at most, when negative): 2d, -1h'),
  age_stamp: arg.choice(['atime', 'ctime', 'mtime'], 'Which time counts', { default: 'mtime' }),
  size: arg.str('At least this large (at most, when negative): 10k, -1m'),
  recurse: arg.bool('Look in directories below too', { default: false }),
  hidden: arg.bool('Take names that start with a dot', { default: false }),
  follow: arg.bool('Follow links to directories', { default: false }),
  get_checksum: arg.bool('Also the SHA-1 of files', { default: false }),
  use_regex: arg.bool('patterns and excludes are regular expressions (Python)', { default: false }),
  depth: arg.int('How many levels deep'),
})

type Args = ReturnType<typeof schema.check>
type Want = Args & {
  readonly seconds: number | null
  readonly bytes: number | null
  readonly accepts: (name: string) => boolean
  readonly holds: ((content: Buffer | undefined) => boolean) | null
}
type Entry = { readonly path: string; readonly status: FullStatus }
type Root = { readonly path: string; readonly isDirectory: boolean; readonly entries: readonly Entry[] }
type Now = {
  readonly now: number
  readonly roots: readonly Root[]
  readonly contents: ReadonlyMap<string, Buffer>
  readonly sums: ReadonlyMap<string, string>
}

/** Finds files; follows Ansible's `find`. Patterns are Python's, so names and contents are judged on the controller. */
export const module = defineModule<Args, Want, Now>({
  name: 'find',
  summary: 'Finds files by name, age, size and content',
  examples: ['- find:\n    paths: /var/log\n    patterns: "*.gz"\n    age: 30d\n  register: old_logs\n'],
  args: schema,
  effects: 'host',
  want: wanted,
  probe: (want) =>
    lines([sh`field now "$(date +%s)"`, ...want.paths.map((path, index) => probeRoot(path, index, want))]),
  read: (fields, want) => ({
    now: fields.int('now') ?? 0,
    roots: want.paths.map((path, index) => ({
      path,
      isDirectory: fields.has(`entries${index}`),
      entries: parseEntries(fields.text(`entries${index}`)),
    })),
    contents: new Map(
      fields.all('content').map((text) => {
        const end = text.indexOf('\n//\n')
        return [text.slice(0, end), Buffer.from(text.slice(end + 4), 'base64')]
      }),
    ),
    sums: new Map(fields.all('sums').flatMap(parseSums)),
  }),
  plan: () => [],
  apply: () => sh``,
  result: ({ now, want }): JsonObject => {
    const skipped = now.roots.filter((root) => !root.isDirectory)
    const files = now.roots.flatMap((root) => root.entries.filter((entry) => matches(entry, root, now, want)))
    return {
      files: files.map((entry) => fileOf(entry, now, want)),
      matched: files.length,
      examined: now.roots.reduce((sum, root) => sum + root.entries.length, 0),
      msg: skipped.length === 0 ? 'All paths examined' : 'Not all paths examined, check warnings for details',
      skipped_paths: Object.fromEntries(skipped.map(({ path }) => [path, reason(path)])),
      ...(skipped.length === 0
        ? {}
        : {
            warnings: skipped.map(({ path }) => `Skipped '${path}' path due to this access issue: ${reason(path)}\n`),
          }),
    }
  },
})

function reason(path: string): string {
  return `'${path}' is not a directory`
}

const SECONDS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }
const BYTES: { readonly [unit: string]: number } = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

function wanted(args: Args): Want {
  const patterns = args.patterns.length === 0 ? [args.use_regex ? '.*' : '*'] : args.patterns
  const test = (pattern: string) => {
    if (!args.use_regex) return (name: string) => matchesName(name, pattern)
    const regex = pythonRegex(pattern)
    return (name: string) => matchesAtStart(regex, name)
  }
  const [takes, leaves] = [patterns.map(test), (args.excludes ?? []).map(test)]
  return {
    ...args,
    seconds: amount(args.age, SECONDS, 'age'),
    bytes: amount(args.size, BYTES, 'size'),
    accepts: (name) => takes.some((accepts) => accepts(name)) && !leaves.some((excludes) => excludes(name)),
    holds: args.contains === undefined ? null : contentTest(args.contains, args.read_whole_file),
  }
}

function amount(text: string | undefined, units: { readonly [unit: string]: number }, name: string): number | null {
  if (text === undefined) return null
  const [, digits, unit] = /^(-?\d+)([a-z])?$/.exec(text.toLowerCase()) ?? []
  const factor = unit === undefined ? 1 : units[unit]
  if (digits === undefined || factor === undefined)
    throw new Problem({
      code: 'args.type',
      summary: 'Wrong type of argument',
      detail: `failed to process ${name}: ${text}`,
    })
  return Number(digits) * factor
}

function matchesAtStart(regex: RegExp, text: string): boolean {
  regex.lastIndex = 0
  return regex.exec(text)?.index === 0
}

function contentTest(pattern: string, whole: boolean): (content: Buffer | undefined) => boolean {
  const regex = pythonRegex(pattern)
  return (content) => {
    if (content === undefined) return false
    const text = content.toString('utf8')
    if (!Buffer.from(text, 'utf8').equals(content)) return false
    if (!whole) return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).some((line) => matchesAtStart(regex, line))
    regex.lastIndex = 0
    return regex.test(text)
  }
}

function probeRoot(path: string, index: number, want: Want): Sh {
  const root = hostPath(trimSlashes(path))
  const find = want.follow ? ['find', '-L'] : ['find']
  const depth = want.recurse
    ? want.depth === undefined || want.depth < 1
      ? []
      : ['-maxdepth', String(want.depth + 1)]
    : ['-maxdepth', '1']
  const format = `//${FULL_FORMAT}|%n`
  const named = want.use_regex || want.patterns.length !== 1 ? [] : ['-name', want.patterns[0]!]
  const below = sh`${find} ${root} -mindepth 1 ${depth}`
  const read = 'for path do field content "$path\n//\n$(base64 <"$path")"; done'
  return sh`
    if [ -d ${root} ]; then
      ${lines([
        sh`field ${`entries${index}`} "$(${below} -exec stat -c ${format} {} + 2>/dev/null)"`,
        want.get_checksum && sh`field sums "$(${below} -type f ${named} -exec sha1sum {} + 2>/dev/null)"`,
        want.holds === null
          ? null
          : sh`
            ${below} -type f ${named} -exec sh -c ${`field() { printf '%s=%s\\0' "$1" "$2"; }; ${read}`} sh {} + 2>/dev/null || :`,
      ])}
    fi`
}

function parseEntries(text: string): Entry[] {
  return text.split(/(?:^|\n)\/\//).flatMap((record) => {
    const match = /^((?:[^|]*\|){5}[^|]*)\|(.+)$/s.exec(record)
    const status = match === null ? null : parseFullStatus(match[1]!)
    return status === null ? [] : [{ path: match![2]!, status }]
  })
}

function parseSums(text: string): [string, string][] {
  return [...text.matchAll(/^(\\?)([0-9a-f]{40}) [ *](.*)$/gm)].map(([, escaped, sum, name]) => [
    escaped === '' ? name! : name!.replace(/\\([\\n])/g, (_, char) => (char === 'n' ? '\n' : '\\')),
    sum!,
  ])
}

const KINDS = { directory: 4, file: 8, link: 10 } as const

function matches({ path, status }: Entry, root: Root, now: Now, want: Want): boolean {
  const name = basename(path)
  if (name.startsWith('.') && !want.hidden) return false
  if (want.depth !== undefined && want.depth > 0 && depthBelow(path, root.path) > want.depth) return false
  if (want.file_type !== 'any' && status.kind !== KINDS[want.file_type]) return false
  if (!want.accepts(name)) return false
  const age = now.now - status.times[want.age_stamp]
  if (want.seconds !== null && (want.seconds >= 0 ? age < want.seconds : age > -want.seconds)) return false
  const sized = want.bytes !== null && status.kind === KINDS.file
  if (sized && (want.bytes! >= 0 ? status.size < want.bytes! : status.size > -want.bytes!)) return false
  return want.holds === null || want.file_type !== 'file' || want.holds(now.contents.get(path))
}

function depthBelow(path: string, root: string): number {
  return path.split('/').length - hostPath(trimSlashes(root)).split('/').length
}

function fileOf({ path, status }: Entry, now: Now, want: Want): Json {
  const sum = want.get_checksum && status.kind === KINDS.file ? now.sums.get(path) : undefined
  return { path, ...status.keys, ...(sum === undefined ? {} : { checksum: sum }) }
}
