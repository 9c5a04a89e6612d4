import type { Fields } from '../kernel/fields.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Question, type QuestionKind } from '../kernel/question.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, plain, sh } from '../kernel/sh.ts'
import { type FullStatus, parseFullStatus } from './parts/full-status.ts'
import { hostPath } from './parts/paths.ts'

const schema = args({
  path: arg.path('The path', { required: true, aliases: ['dest', 'name'] }),
  follow: arg.bool('Look at the target of a link', { default: false }),
  get_md5: arg.bool('Also the MD5 sum of a file', { default: false }),
  get_checksum: arg.bool('Also the checksum of a file', { default: true }),
  get_mime: arg.bool('Also its type and encoding, by file(1)', {
    default: true,
    aliases: ['mime', 'mime_type', 'mime-type'],
  }),
  get_attributes: arg.bool('Also its flags, by lsattr(1)', { default: true, aliases: ['attr', 'attributes'] }),
  checksum_algorithm: arg.choice(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'], 'Which checksum', {
    default: 'sha1',
    aliases: ['checksum', 'checksum_algo'],
  }),
})

type Args = ReturnType<typeof schema.check>
type Now = { readonly status: FullStatus | null; readonly fields: Fields }

const FLAGS: { readonly [letter: string]: string } = {
  ...{
    A: 'noatime',
    a: 'append',
    c: 'compressed',
    C: 'nocow',
    d: 'nodump',
    D: 'dirsync',
    e: 'extents',
    E: 'encrypted',
  },
  ...{
    h: 'blocksize',
    i: 'immutable',
    I: 'indexed',
    j: 'journalled',
    N: 'inline',
    s: 'zero',
    S: 'synchronous',
    t: 'notail',
  },
  ...{ T: 'blockroot', u: 'undelete', X: 'compressedraw', Z: 'compresseddirty' },
}

/** Tells what is at a path; the keys of Ansible's `stat`. */
export const module = defineModule<Args, Args, Now>({
  name: 'stat',
  summary: 'Tells what is at a path',
  examples: ['- stat:\n    path: /etc/hostname\n  register: hostname_file\n'],
  args: schema,
  effects: 'host',
  probe: (want) => {
    const path = hostPath(want.path)
    const ask = (kind: QuestionKind) => sh`${new Question(kind, path)}`
    const readable = want.follow ? sh`[ -f ${path} ]` : sh`[ -f ${path} ] && [ ! -L ${path} ]`
    const sum = (name: string, algorithm: string) => {
      const answer =
        algorithm === 'sha1' ? ask(want.follow ? 'sha1' : 'own-sha1') : sh`$(${`${algorithm}sum`} <${path})`
      return sh`sum=${answer}; field ${name} "\${sum%% *}"`
    }
    const sums = lines([
      want.get_checksum && sum('checksum', want.checksum_algorithm),
      want.get_md5 && sum('md5', 'md5'),
    ])
    return plain(sh`
      path=${path}
      if [ -e "$path" ] || { [ -L "$path" ] && ${want.follow ? sh`false` : sh`true`}; }; then
        ${lines([
          sh`field status "${ask(want.follow ? 'referent-details' : 'details')}"`,
          sh`[ ! -r "$path" ] || field readable 1; [ ! -w "$path" ] || field writeable 1; [ ! -x "$path" ] || field executable 1`,
          want.follow
            ? null
            : sh`[ ! -L "$path" ] || { target=${ask('target')}; field target "$target"; source=${ask('real')} || source=$target; field source "$source"; }`,
          sums.isEmpty ? null : sh`if ${readable} && [ -r "$path" ]; then ${sums}; fi`,
          want.get_mime && sh`! command -v file >/dev/null || field mime "${ask('mime')}"`,
          want.get_attributes && sh`! command -v lsattr >/dev/null || field flags "${ask('flags')}"`,
        ])}
      fi`)
  },
  read: (fields) => ({ status: parseFullStatus(fields.text('status')), fields }),
  plan: () => [],
  apply: () => sh``,
  result: ({ now: { status, fields }, want }): JsonObject => {
    if (status === null) return { stat: { exists: false } }
    const text = (key: string, name: string) => (fields.has(name) ? { [key]: fields.text(name) } : {})
    return {
      stat: {
        exists: true,
        path: want.path,
        ...status.keys,
        ...status.more,
        readable: fields.flag('readable'),
        writeable: fields.flag('writeable'),
        executable: fields.flag('executable'),
        ...text('lnk_source', 'source'),
        ...text('lnk_target', 'target'),
        ...text('checksum', 'checksum'),
        ...text('md5', 'md5'),
        ...(want.get_mime ? mimeOf(fields.text('mime')) : {}),
        ...(want.get_attributes ? flagsOf(fields.text('flags')) : {}),
      },
    }
  },
})

function mimeOf(text: string): JsonObject {
  const [, mimetype, charset] = /:\s*([^:;]+);\s*charset=(\S+)\s*$/.exec(text) ?? []
  return { mimetype: mimetype?.trim() ?? 'unknown', charset: charset ?? 'unknown' }
}

function flagsOf(text: string): JsonObject {
  const [version, flags] = text.trim().split(/\s+/)
  if (flags === undefined) return { version: null, attributes: [], attr_flags: '' }
  const letters = flags.replaceAll('-', '')
  return { version: version!, attributes: [...letters].map((letter) => FLAGS[letter] ?? letter), attr_flags: letters }
}
