import type { Change } from '../kernel/change.ts'
import type { Fields } from '../kernel/fields.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import {
  type Attributes,
  adjustmentChanges,
  adjustScript,
  attributeArgs,
  attributesOf,
  fileAdjustment,
  probeUmask,
  readUmask,
} from './parts/attributes.ts'
import { type Download, downloadArgs, downloadBy, downloadOf } from './parts/download.ts'
import { dirname, hostPath } from './parts/paths.ts'
import { replaceFile } from './parts/replace-file.ts'
import { required } from './parts/require.ts'
import { pathInfo, probeStatus, readStatus, type Status } from './parts/status.ts'

const schema = args({
  url: arg.str('http, https, ftp or file URL', { required: true }),
  dest: arg.path('The file, or a directory to put it in', { required: true }),
  checksum: arg.str('algorithm:digest or algorithm:URL of a file with digests', { default: '' }),
  force: arg.bool('Fetch the file even if it is there', { default: false }),
  backup: arg.bool('Keep what was there under a name with the time', { default: false }),
  tmp_dest: arg.path('Has no effect: files are staged beside their place'),
  ...downloadArgs,
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>
type Checksum = { readonly algorithm: string; readonly digest: string | null; readonly url: Download | null }
type Want = {
  readonly download: Download
  readonly dest: string
  readonly name: string
  readonly checksum: Checksum | null
  readonly force: boolean
  readonly backup: boolean
  readonly attributes: Attributes
}
type Now = {
  readonly dest: string
  readonly status: Status | null
  readonly digest: string | null
  readonly wanted: string | null
  readonly sha1: string | null
  /** SHA-1 of what the URL gives, null when it was not asked or has nothing newer. */
  readonly fetched: string | null
  readonly umask: number
}

/**
 * Fetches a file from the network to the host; follows Ansible's `get_url`. A file that is there is compared with the server's, which is asked
 * only for what is newer.
 */
export const module = defineModule<Args, Want, Now>({
  name: 'get_url',
  summary: 'Fetches a file from the network to the host',
  examples: [
    '- get_url:\n    url: https://example.com/app.tar.gz\n    dest: /t/app.tar.gz\n    checksum: sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c\n',
  ],
  args: schema,
  effects: 'host',
  want: wanted,
  probe: (want) => {
    const { checksum } = want
    const ask = sh`sum=$({ { ${downloadBy(want.download, want.force ? null : sh`"$dest"`)}; } 2>/dev/null || emit failed; } | sha1sum) && field fetched "\${sum%% *}"`
    return lines([
      sh`
        dest=${hostPath(want.dest)}
        [ ! -d "$dest" ] || dest=\${dest%/}/${want.name}
        field dest "$dest"`,
      probeStatus('status', sh`"$dest"`),
      checksum?.url ? sh`field digests "$(${downloadBy(checksum.url)})"` : null,
      sh`
        if [ -f "$dest" ]; then
          sum=$(sha1sum <"$dest"); field sha1 "\${sum%% *}"
          ${checksum === null ? ask : sh`sum=$(${`${checksum.algorithm}sum`} <"$dest"); field digest "\${sum%% *}"`}
        fi`,
      probeUmask(want.attributes),
    ])
  },
  read,
  plan: (now, want): readonly Change[] => {
    if (now.status?.kind === 'directory') throw new Failure(`${now.dest} is a directory`)
    const adjust = fileAdjustment(now.status, want.attributes, now.umask)
    const content = isFetched(now, want) ? [{ what: 'content', before: show(now), after: want.download.url }] : []
    return [...content, ...adjustmentChanges(now.status, adjust)]
  },
  apply: (_, want, now) => {
    const path = hostPath(now.dest)
    const adjust = fileAdjustment(now.status, want.attributes, now.umask)
    if (!isFetched(now, want)) return lines([adjustScript(path, adjust, true), probeStatus('status', path)])
    return lines([
      required(sh`[ -d ${dirname(path)} ]`, `Destination ${dirname(now.dest)} does not exist`),
      replaceFile({
        ...{ dest: now.dest, now: now.status, adjust, backup: want.backup, content: downloadBy(want.download) },
        check: want.checksum === null ? null : checkDigest(want.checksum.algorithm, now.wanted!),
      }),
      sh`
        sum=$(sha1sum <"$dest"); field sha1 "\${sum%% *}"
        sum=$(md5sum <"$dest"); field md5 "\${sum%% *}"`,
      probeStatus('status', path),
    ])
  },
  result: ({ now, want, changes, ran }): JsonObject => {
    const status = ran === null ? now.status : readStatus(ran.fields, 'status')
    const fetched = changes.some((change) => change.what === 'content')
    const backup = ran?.fields.get('backup_file')
    return {
      dest: now.dest,
      url: want.download.url,
      ...pathInfo(status),
      ...(fetched
        ? {
            src: want.download.url,
            checksum_dest: now.sha1,
            checksum_src: ran?.fields.get('sha1') ?? null,
            md5sum: ran?.fields.get('md5') ?? null,
            status_code: 200,
            msg: `OK (${status?.size ?? 0} bytes)`,
          }
        : {
            msg:
              want.checksum === null && now.fetched === null ? 'HTTP Error 304: Not Modified' : 'file already exists',
          }),
      ...(backup === undefined ? {} : { backup_file: backup }),
    }
  },
})

/** SHA-1 of nothing: what a server sends that has nothing newer. */
const EMPTY = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

function wanted(args: Args): Want {
  const path = args.url.replace(/[?#].*$/s, '')
  const name = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)) || 'index.html'
  const { dest, force, backup } = args
  const download = downloadOf(args.url, args)
  return { download, dest, name, checksum: checksumOf(args), force, backup, attributes: attributesOf(args) }
}

function checksumOf(args: Args): Checksum | null {
  if (args.checksum === '') return null
  const [, algorithm, digest] = /^\s*(\w+):(.+)$/s.exec(args.checksum) ?? []
  const known = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']
  if (algorithm === undefined || !known.includes(algorithm.toLowerCase())) {
    throw new Problem({
      code: 'args.checksum',
      summary: 'Wrong checksum',
      detail: `The checksum parameter has to be in format <algorithm>:<checksum>, not ${args.checksum}`,
      hint: `the algorithms are ${known.join(', ')}`,
    })
  }
  const remote = /^(https?|ftp|file):\/\//.test(digest!)
  return {
    algorithm: algorithm.toLowerCase(),
    digest: remote ? null : digest!.replace(/\W+/g, '').toLowerCase(),
    url: remote ? downloadOf(digest!, args) : null,
  }
}

function read(fields: Fields, want: Want): Now {
  const fetched = fields.get('fetched')
  return {
    dest: fields.text('dest'),
    status: readStatus(fields, 'status'),
    digest: fields.get('digest') ?? null,
    wanted:
      want.checksum === null ? null : (want.checksum.digest ?? digestFor(want.name, fields.text('digests'), want)),
    sha1: fields.get('sha1') ?? null,
    fetched: fetched === undefined || fetched === '' || (fetched === EMPTY && !want.force) ? null : fetched,
    umask: readUmask(fields),
  }
}

/** The digest for a file name in a list as sha256sum(1) writes it; a list of one digest without a name is that file's. */
function digestFor(name: string, list: string, want: Want): string {
  const rows = list
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => /^[0-9a-fA-F]{32,}$/.test(words[0] ?? ''))
  const row =
    rows.length === 1 && rows[0]!.length === 1
      ? rows[0]
      : rows.find((words) => (words[1] ?? '').replace(/^[*]?(?:\.\/)?/, '') === name)
  if (row === undefined)
    throw new Failure(`Unable to find a checksum for file '${name}' in '${want.checksum!.url!.url}'`)
  return row[0]!.toLowerCase()
}

function isFetched(now: Now, want: Want): boolean {
  if (now.status === null) return true
  if (want.checksum !== null) return now.digest !== now.wanted
  return now.fetched !== null && now.fetched !== now.sha1
}

function show(now: Now): string | null {
  return now.status === null ? null : `(${now.status.size} bytes, sha1 ${now.sha1 ?? ''})`
}

function checkDigest(algorithm: string, digest: string) {
  return sh`
    sum=$(${`${algorithm}sum`} <"$staged"); sum=\${sum%% *}
    [ "$sum" = ${digest} ] || { emit "The checksum for $dest did not match "${digest}"; it was $sum." >&2; exit 1; }`
}
