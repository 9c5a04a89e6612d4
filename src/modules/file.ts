import type { Change } from '../kernel/change.ts'
import type { Fields } from '../kernel/fields.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { Question } from '../kernel/question.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, plain, sh } from '../kernel/sh.ts'
import { attributeArgs, attributesOf, probeUmask, readUmask } from './parts/attributes.ts'
import { probeExisting } from './parts/directories.ts'
import { applyFile, type FileNow, type FileWant, planFile } from './parts/file-states.ts'
import { asWritten, basename, dirname, hostPath, join, trimSlashes } from './parts/paths.ts'
import { pathInfo, probeStatus, readStatus, stateOf } from './parts/status.ts'
import { parseTime, probeTimes, readTimes } from './parts/times.ts'
import { probeTree, readTree } from './parts/tree.ts'

const schema = args({
  path: arg.path('The path', { required: true, aliases: ['dest', 'name'] }),
  state: arg.choice(['absent', 'directory', 'file', 'hard', 'link', 'touch'], 'What must be there'),
  src: arg.path('What a link points to'),
  recurse: arg.bool('Set owner, group and mode of everything below a directory too', { default: false }),
  force: arg.bool('Make a link even if its target is missing or a file is in its place', { default: false }),
  follow: arg.bool('Work on the target of a link', { default: true }),
  modification_time: arg.str('`preserve`, `now`, or a time in `modification_time_format`'),
  modification_time_format: arg.str('Format (strptime)', { default: '%Y%m%d%H%M.%S' }),
  access_time: arg.str('`preserve`, `now`, or a time in `access_time_format`'),
  access_time_format: arg.str('Format (strptime)', { default: '%Y%m%d%H%M.%S' }),
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>

/** Sets attributes of files, makes directories and links, and removes paths; follows Ansible's `file`. */
export const module = defineModule<Args, FileWant, FileNow>({
  name: 'file',
  summary: 'Sets attributes of files, makes directories and links, removes paths',
  examples: [
    '- file:\n    path: /t/releases\n    state: directory\n    mode: "0755"\n',
    '- file:\n    path: /t/current\n    src: /t/releases\n    state: link\n',
    '- file:\n    path: /t/old\n    state: absent\n',
  ],
  args: schema,
  effects: 'host',
  want: wanted,
  probe: (want) => {
    const path = hostPath(want.path)
    const source = want.src === null ? null : hostPath(linkTarget(want.path, want.src, want.state === 'hard'))
    const inside = want.src === null ? null : sh`[ -L "$path" ] || [ ! -d "$path" ] || path=$path/${basename(want.src)}`
    const script = lines([
      sh`path=${path}`,
      want.state === 'hard' ? inside : null,
      sh`field path "$path"`,
      probeStatus('status', sh`"$path"`, { usual: path }),
      sh`
        if [ ! -L "$path" ]; then real=$path
        elif [ "$path" = ${path} ]; then field target "${new Question('target', path)}"; real=${new Question('real', path)} || :
        else field target "$(readlink "$path")"; real=$(readlink -f "$path") || :; fi`,
      want.follow
        ? lines([sh`field real "$real"`, probeStatus('referent', sh`"$path"`, { follow: true, usual: path })])
        : null,
      source === null ? null : probeStatus('source', source, { follow: true }),
      want.state === 'directory' ? probeExisting : null,
      want.state === 'link' && want.force
        ? sh`[ -L "$path" ] || [ ! -d "$path" ] || [ -z "$(ls -A "$path")" ] || field full 1`
        : null,
      typeof want.modification === 'object' || typeof want.access === 'object' ? probeTimes(sh`"$path"`) : null,
      want.recurse ? sh`if [ -d "$real" ]; then ${probeTree(sh`"$real"`, want.follow)}; fi` : null,
      probeUmask(want.attributes),
    ])
    return plain(script)
  },
  read,
  plan: planFile,
  apply: (changes, want, now) =>
    lines([applyFile(changes, want, now), want.state === 'absent' ? null : probeStatus('status', now.path)]),
  result: ({ now, want, ran }) => {
    const key = ['link', 'hard', 'touch'].includes(stateWanted(want, now)) ? 'dest' : 'path'
    const status = ran === null ? now.status : readStatus(ran.fields, 'status')
    const dangles = want.state === 'link' && want.src !== null && now.source === null
    const followed = want.follow && now.status?.kind === 'link' && key === 'path' && want.state !== 'absent'
    return {
      [key]: followed ? now.real : now.path,
      ...(key === 'dest' && stateWanted(want, now) !== 'touch' ? { src: want.src ?? now.target } : {}),
      ...(want.state === 'absent' ? { state: 'absent' } : dangles ? {} : pathInfo(followed ? now.referent : status)),
      ...(dangles && want.follow ? { warnings: [UNTARGETED] } : {}),
    }
  },
  diff: ({ now, want, changes }) => diffOf(now, want, changes),
})

const UNTARGETED =
  'Cannot set fs attributes on a non-existent symlink target. follow should be set to False to avoid this.'

function wanted(args: Args): FileWant {
  const state = args.state ?? null
  const problem = (detail: string) =>
    new Problem({ code: 'args.conflict', summary: 'Arguments do not fit together', detail })
  if (args.recurse && state !== null && state !== 'directory')
    throw problem("recurse option requires state to be 'directory'")
  if (args.src !== undefined && state !== 'link' && state !== 'hard')
    throw problem(`src option requires state to be 'link' or 'hard'`)
  const kept = state === 'touch' ? 'now' : 'preserve'
  return {
    path: trimSlashes(args.path),
    state: state ?? (args.recurse ? 'directory' : null),
    src: args.src ?? null,
    recurse: args.recurse,
    force: args.force,
    follow: args.follow,
    attributes: attributesOf(args),
    modification: parseTime(args.modification_time, args.modification_time_format, kept),
    access: parseTime(args.access_time, args.access_time_format, kept),
  }
}

/** Where a link's target stands: a symbolic link's is seen from its own folder. */
function linkTarget(path: string, src: string, hard: boolean): string {
  return hard || src.startsWith('/') ? src : join(dirname(path), src)
}

function read(fields: Fields, want: FileWant): FileNow {
  const status = readStatus(fields, 'status')
  return {
    path: asWritten(fields.text('path'), want.path),
    status,
    target: fields.get('target') ?? null,
    real: fields.text('real'),
    referent: readStatus(fields, 'referent'),
    source: readStatus(fields, 'source'),
    existing: fields.text('existing'),
    full: fields.flag('full'),
    times: readTimes(fields.text('times')),
    tree: readTree(fields),
    umask: readUmask(fields),
  }
}

function stateWanted(want: FileWant, now: FileNow): string {
  return want.state ?? (now.status?.kind === 'link' ? 'link' : now.status?.kind === 'directory' ? 'directory' : 'file')
}

/** Ansible's `file` tells the state wanted of every touch, as something else than the file's. */
function diffOf({ path, status }: FileNow, { state }: FileWant, changes: readonly Change[]): JsonObject {
  const side = (of: (change: Change) => string | null) =>
    Object.fromEntries(changes.filter((change) => of(change) !== null).map((change) => [change.what, of(change)]))
  const touched = state === 'touch' ? { before: { state: stateOf(status) }, after: { state } } : null
  return {
    before: { path, ...side((change) => change.before), ...touched?.before },
    after: { path, ...side((change) => change.after), ...touched?.after },
  }
}
