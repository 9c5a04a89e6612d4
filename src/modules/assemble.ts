import type { Blob } from '../kernel/blob.ts'
import type { Controller } from '../kernel/controller.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { pythonRegex } from '../kernel/python-regex.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines } from '../kernel/sh.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import {
  applyFileCopy,
  type FileCopy,
  type FileCopyNow,
  fileCopy,
  planFileCopy,
  probeFileCopy,
  readFileCopy,
} from './parts/copy-file.ts'
import { textDiff } from './parts/diff.ts'
import { delimiterOf, joinedFragments } from './parts/fragments.ts'
import { join } from './parts/paths.ts'
import {
  chooseFragments,
  joined,
  probeFragments,
  type RemoteFragments,
  readFragments,
} from './parts/remote-fragments.ts'
import { validateCommand } from './parts/replace-file.ts'
import { pathInfo, readStatus } from './parts/status.ts'

const schema = args({
  src: arg.path('Directory with the fragments', { required: true }),
  dest: arg.path('The file', { required: true }),
  backup: arg.bool('Keep what was there under a name with the time', { default: false }),
  delimiter: arg.str('Text between the fragments'),
  remote_src: arg.bool('The directory is on the host', { default: true }),
  regexp: arg.str('Pattern (Python) of the names to take'),
  ignore_hidden: arg.bool('Leave out names that start with a dot', { default: false }),
  validate: arg.str('Command that must accept the new file, which stands for %s'),
  decrypt: arg.bool('Decrypt vault files', { default: true }),
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>
type Want = FileCopy | RemoteFragments
type Now = { readonly now: FileCopyNow; readonly copy: FileCopy }

/** Makes a file of the fragments in a directory, in the order of their names; follows Ansible's `assemble`. */
export const module = defineModule<Args, Want, Now>({
  name: 'assemble',
  summary: 'Makes a file of the fragments in a directory',
  examples: ['- assemble:\n    src: /etc/app/conf.d\n    dest: /etc/app/app.conf\n'],
  effects: 'host',
  args: schema,
  want: wanted,
  probe: (want) => (want.kind === 'file' ? probeFileCopy(want) : probeFragments(want)),
  choose: (fields, want) => (want.kind === 'file' ? null : chooseFragments(fields, want)),
  read: (fields, want) => ({
    copy: want.kind === 'file' ? want : readFragments(fields, want),
    now: readFileCopy(fields),
  }),
  plan: ({ now, copy }) => {
    if (now.status?.kind === 'directory') throw new Failure(`Destination ${now.dest} is a directory`)
    return planFileCopy(now, copy)
  },
  apply: (_, want, { now, copy }) => lines([want.kind === 'remote' && joined(want), applyFileCopy(copy, now)]),
  result: ({ now: { now, copy }, want, ran }) => {
    const backup = ran?.fields.get('backup_file')
    return {
      dest: copy.dest,
      src: copy.src,
      checksum: copy.sha1,
      md5sum: copy.md5 ?? ran?.fields.get('md5') ?? null,
      ...(backup === undefined ? {} : { backup_file: backup }),
      ...(want.kind === 'remote' ? { msg: 'OK' } : {}),
      ...pathInfo(ran === null ? now.status : readStatus(ran.fields, 'status')),
    }
  },
  diff: ({ changes, want }, shown) => {
    const content = changes.find(({ what }) => what === 'content')
    if (!shown || content === undefined || want.kind === 'remote') return undefined
    return textDiff(content, `${want.dest} (content)`, shown)
  },
})

async function wanted(args: Args, controller: Controller): Promise<Want> {
  const { src, dest, backup, validate, ignore_hidden } = args
  if (validate !== undefined) validateCommand(validate)
  const attributes = attributesOf(args)
  const common = { dest, backup, validate, attributes, directoryAttributes: attributes, force: true, follow: false }
  const options = { ...common, src, name: null, isHeard: controller.settings.isHeard }
  const pattern = args.regexp === undefined ? null : pythonRegex(args.regexp)
  const takes = pattern === null ? null : (name: string) => name.search(pattern) !== -1
  const delimiter = delimiterOf(args.delimiter ?? '', args.remote_src ? 'host' : 'controller')
  if (args.remote_src) {
    return { ...options, kind: 'remote', intoDirectory: false, delimiter, hidden: !ignore_hidden, takes, names: null }
  }
  const isTaken = (name: string) => !(ignore_hidden && name.startsWith('.')) && (takes?.(name) ?? true)
  const fragments = await localFragments(args, isTaken, controller)
  return fileCopy({ ...options, blob: await joinedFragments(fragments, delimiter) })
}

async function localFragments(
  { src, decrypt }: Args,
  isTaken: (name: string) => boolean,
  controller: Controller,
): Promise<readonly Blob[]> {
  const folder = await controller.find(src, 'files')
  if ((await controller.stat(folder))?.kind !== 'directory') {
    throw new Problem({ code: 'args.src', summary: 'Not a directory', detail: `Source (${src}) is not a directory` })
  }
  const names = (await controller.names(folder)).filter(isTaken)
  const fragments: Blob[] = []
  for (const name of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const path = join(folder, name)
    if ((await controller.stat(path))?.kind === 'file') fragments.push(await controller.file(path, decrypt))
  }
  return fragments
}
