import type { Change } from '../kernel/change.ts'
import type { Controller } from '../kernel/controller.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure, type Ran } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { formatOfBytes, formatOfName, HANDLERS, MAGIC_BYTES, type Source } from './parts/archive.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import { downloadArgs, downloadOf } from './parts/download.ts'
import { pathInfo, readStatus } from './parts/status.ts'
import {
  applyUnarchive,
  planUnarchive,
  probeUnarchive,
  readUnarchive,
  type UnarchiveNow,
  type UnarchiveWant,
} from './parts/unarchive.ts'
import { zipMembers } from './parts/zip-list.ts'

const { url_username, url_password, http_agent, timeout, use_proxy, validate_certs, client_cert, client_key, headers } =
  downloadArgs
const schema = args(
  {
    src: arg.path('The archive: on the controller, on the host (remote_src), or a URL (remote_src)', {
      required: true,
    }),
    dest: arg.path('The directory to unpack in', { required: true }),
    remote_src: arg.bool('The archive is on the host, or a URL', { default: false }),
    copy: arg.bool('The archive is on the controller', { default: true }),
    creates: arg.path('Do nothing when this path is there'),
    list_files: arg.bool('Return the names of the members', { default: false }),
    keep_newer: arg.bool('Keep files that are newer than the archive’s', { default: false }),
    exclude: arg.list('Members that are left out', { default: [] }),
    include: arg.list('The only members to unpack', { default: [] }),
    extra_opts: arg.list('More options for tar or unzip', { default: [] }),
    decrypt: arg.bool('Decrypt a vault file', { default: true }),
    io_buffer_size: arg.int('Has no effect', { default: 65536 }),
    ...{ url_username, url_password, http_agent, timeout, use_proxy, validate_certs, client_cert, client_key, headers },
    ...attributeArgs,
  },
  { exclusive: [['include', 'exclude']] },
)

type Args = ReturnType<typeof schema.check>

/** Unpacks an archive on the host; follows Ansible's `unarchive`: tar compares by itself what is there, zip members are compared by checksum. */
export const module = defineModule<Args, UnarchiveWant, UnarchiveNow>({
  name: 'unarchive',
  summary: 'Unpacks an archive on the host',
  examples: ['- unarchive:\n    src: app.tar.gz\n    dest: /srv/app\n    owner: app\n'],
  args: schema,
  effects: 'host',
  want: wanted,
  probe: probeUnarchive,
  read: readUnarchive,
  plan: (now, want): readonly Change[] => {
    if (now.created) return []
    if (now.problem !== null) throw new Failure(now.problem)
    return planUnarchive(now, want)
  },
  apply: (_, want, now) => applyUnarchive(want, now),
  failure: ({ want, ran }) => unpackFailure(want, ran),
  result: ({ now, want, changes, ran }): JsonObject => {
    if (now.created) return { msg: `skipped, since ${want.creates} exists`, skipped: true }
    return {
      dest: want.dest,
      src: want.src,
      handler: HANDLERS[want.format],
      ...(want.listFiles ? { files: now.files.map((file) => file.name) } : {}),
      ...(changes.some(({ what }) => what.startsWith('content'))
        ? {
            extract_results: {
              rc: 0,
              out: ran?.stdout.split('status=')[0] ?? '',
              err: ran?.stderr ?? '',
              cmd: [want.format === 'zip' ? 'unzip' : 'tar'],
            },
          }
        : {}),
      ...pathInfo(ran === null ? now.status : readStatus(ran.fields, 'status')),
    }
  },
})

async function wanted(args: Args, controller: Controller): Promise<UnarchiveWant> {
  const source = await sourceOf(args, controller)
  const format =
    source.kind === 'blob'
      ? formatOfBytes(await source.blob.part(0, MAGIC_BYTES))
      : (formatOfName(args.src.replace(/[?#].*$/, '')) ?? 'gz')
  return {
    source,
    format,
    src: args.src,
    dest: args.dest,
    members: source.kind === 'blob' && format === 'zip' ? await zipMembers(source.blob) : null,
    creates: args.creates ?? null,
    listFiles: args.list_files,
    keepNewer: args.keep_newer,
    exclude: args.exclude.map((path) => path.replace(/\/+$/, '')),
    include: args.include,
    options: args.extra_opts,
    attributes: attributesOf(args),
  }
}

async function sourceOf(args: Args, controller: Controller): Promise<Source> {
  const remote = args.remote_src || !args.copy
  if (remote && args.src.includes('://')) return { kind: 'url', download: downloadOf(args.src, args) }
  if (remote) return { kind: 'path', path: args.src }
  return { kind: 'blob', blob: await controller.file(await controller.find(args.src, 'files'), args.decrypt) }
}

function unpackFailure(want: UnarchiveWant, ran: Ran): Failure {
  const words = ran.stderr.trim()
  return new Failure(`failed to unpack ${want.src} to ${want.dest}: ${words}`, { rc: ran.rc, stderr: ran.stderr })
}
