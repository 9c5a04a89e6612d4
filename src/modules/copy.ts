import { Blob } from '../kernel/blob.ts'
import type { Change } from '../kernel/change.ts'
import { expandHome } from '../kernel/coerce.ts'
import type { Controller } from '../kernel/controller.ts'
import type { Json } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { type Attributes, attributeArgs, attributesOf } from './parts/attributes.ts'
import {
  applyFileCopy,
  type FileCopy,
  type FileCopyNow,
  fileCopy,
  fileCopyDiff,
  fileCopyResult,
  planFileCopy,
  probeFileCopy,
  readFileCopy,
} from './parts/copy-file.ts'
import {
  applyRemoteCopy,
  planRemoteCopy,
  probeRemoteCopy,
  type RemoteCopy,
  type RemoteCopyNow,
  readRemoteCopy,
  remoteCopyResult,
} from './parts/copy-remote.ts'
import { applyTreeCopy, planTreeCopy, probeTreeCopy, readTreeCopy, treeCopyDiff, treeItems } from './parts/copy-tree.ts'
import type { TreeCopy, TreeCopyNow } from './parts/copy-tree-state.ts'
import { pythonJson } from './parts/http-body.ts'
import { parseMode } from './parts/mode.ts'
import { basename, join, trimSlashes } from './parts/paths.ts'

const schema = args(
  {
    src: arg.str('File or folder on the controller; a folder with a slash at its end stands for what is in it'),
    content: arg.raw('Content of the file, instead of `src`'),
    dest: arg.path('Where it goes on the host', { required: true }),
    backup: arg.bool('Keep what was there under a name with the time', { default: false }),
    force: arg.bool('Replace what is there when it differs', { default: true, aliases: ['thirsty'] }),
    validate: arg.str('Command that must accept the new file, which stands for %s'),
    directory_mode: arg.raw('Mode of directories that are made on the way'),
    remote_src: arg.bool('`src` is on the host', { default: false }),
    follow: arg.bool('Write to what a link at `dest` points to', { default: false }),
    local_follow: arg.bool('Copy what links in `src` point to', { default: true }),
    checksum: arg.str('SHA-1 that the content must have'),
    decrypt: arg.bool('Decrypt vault files', { default: true }),
    ...attributeArgs,
  },
  { exclusive: [['src', 'content']] },
)

type Args = ReturnType<typeof schema.check>
type Want = FileCopy | TreeCopy | RemoteCopy
type Now =
  | { readonly kind: 'file'; readonly now: FileCopyNow; readonly want: FileCopy }
  | { readonly kind: 'tree'; readonly now: TreeCopyNow; readonly want: TreeCopy }
  | { readonly kind: 'remote'; readonly now: RemoteCopyNow; readonly want: RemoteCopy }

/** Copies files and folders to the host, or from one place on it to another; follows Ansible's `copy`. */
export const module = defineModule<Args, Want, Now>({
  name: 'copy',
  summary: 'Copies files and folders to the host',
  examples: [
    '- copy:\n    src: app.conf\n    dest: /t/app.conf\n    mode: "0644"\n',
    '- copy:\n    content: "hello\\n"\n    dest: /t/hello\n',
  ],
  args: schema,
  effects: 'host',
  want: wanted,
  probe: (want) =>
    want.kind === 'file' ? probeFileCopy(want) : want.kind === 'tree' ? probeTreeCopy(want) : probeRemoteCopy(want),
  read: (fields, want) => {
    if (want.kind === 'file') return { kind: 'file', want, now: readFileCopy(fields) }
    if (want.kind === 'tree') return { kind: 'tree', want, now: readTreeCopy(fields) }
    return { kind: 'remote', want, now: readRemoteCopy(fields) }
  },
  plan: (state): readonly Change[] => {
    if (state.kind === 'file') return planFileCopy(state.now, state.want)
    return state.kind === 'tree' ? planTreeCopy(state.now, state.want) : planRemoteCopy(state.now, state.want)
  },
  apply: (_, __, state) => {
    if (state.kind === 'file') return applyFileCopy(state.want, state.now)
    return state.kind === 'tree' ? applyTreeCopy(state.want, state.now) : applyRemoteCopy(state.want, state.now)
  },
  result: ({ now: state, changes, ran }) => {
    if (state.kind === 'file') return fileCopyResult({ ...state, changes, ran })
    if (state.kind === 'remote') return remoteCopyResult({ ...state, changes, ran })
    return { dest: state.want.dest, src: state.want.src }
  },
  diff: ({ now: state, changes, ran }, shown) => {
    if (state.kind === 'file') return fileCopyDiff({ ...state, changes, ran }, shown)
    return state.kind === 'tree' ? treeCopyDiff(changes, shown) : undefined
  },
})

async function wanted(args: Args, controller: Controller): Promise<Want> {
  const preserve = args.mode === 'preserve'
  const attributes = attributesOf({ ...args, mode: preserve ? undefined : args.mode })
  const directoryAttributes = { ...attributes, mode: parseMode(args.directory_mode) }
  const { dest, force, follow, backup, validate } = args
  const common = { dest, force, follow, backup, validate, attributes, directoryAttributes }
  const { isHeard } = controller.settings
  if (args.content !== undefined) {
    const blob = Blob.of(textOf(args.content))
    checkSum(blob, args.checksum)
    return fileCopy({ ...common, isHeard, blob, name: null, src: null })
  }
  if (args.src === undefined || args.src === '') {
    throw new Problem({ code: 'args.missing', summary: 'Missing argument', detail: 'src (or content) is required' })
  }
  if (args.remote_src) {
    return {
      ...common,
      kind: 'remote',
      src: expandHome(args.src, controller.home),
      preserve,
      localFollow: args.local_follow,
      checksum: args.checksum,
    }
  }
  const found = await controller.find(args.src, 'files')
  const local = await controller.stat(found)
  if (local?.kind === 'directory') return treeWanted(args, found, { ...common, preserve }, controller)
  const blob = await controller.file(found, args.decrypt)
  checkSum(blob, args.checksum)
  const mode = preserve ? { ...attributes, mode: local?.mode ?? null } : attributes
  return fileCopy({ ...common, isHeard, attributes: mode, blob, name: basename(found), src: found })
}

type Common = {
  readonly attributes: Attributes
  readonly directoryAttributes: Attributes
  readonly preserve: boolean
  readonly force: boolean
  readonly backup: boolean
  readonly validate: string | undefined
}

async function treeWanted(args: Args, found: string, common: Common, controller: Controller): Promise<TreeCopy> {
  const contents = args.src!.endsWith('/')
  const entries = await treeItems(await controller.tree(trimSlashes(found), args.local_follow, args.decrypt))
  const dest = args.dest.endsWith('/') ? args.dest : `${args.dest}/`
  const root = contents ? trimSlashes(dest) : join(dest, basename(found))
  return { ...common, kind: 'tree', src: contents ? `${trimSlashes(found)}/` : found, dest, root, entries }
}

function textOf(content: Json): string {
  if (typeof content === 'string') return content
  if (typeof content === 'object') return pythonJson(content)
  return content === true ? 'True' : content === false ? 'False' : String(content)
}

function checkSum(blob: Blob, checksum: string | undefined): void {
  if (checksum === undefined || checksum === blob.sha1) return
  throw new Problem({
    code: 'copy.checksum',
    summary: 'Wrong checksum',
    detail: `Copied file does not match the expected checksum. Transfer failed. It is ${blob.sha1}, expected was ${checksum}`,
  })
}
