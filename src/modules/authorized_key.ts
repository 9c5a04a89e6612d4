import { Blob } from '../kernel/blob.ts'
import type { Change } from '../kernel/change.ts'
import type { Fields } from '../kernel/fields.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { editKeys } from './parts/authorized-keys.ts'
import { readBytes, showContent } from './parts/content.ts'
import { dirname, hostPath } from './parts/paths.ts'
import { replaceFile } from './parts/replace-file.ts'

const schema = args({
  user: arg.str('Whose keys', { required: true }),
  key: arg.str('The public keys, one on each line, or a URL that gives them', { required: true }),
  path: arg.path('The file; ~user/.ssh/authorized_keys when left out'),
  manage_dir: arg.bool('Make the folder, and set its owner and mode', { default: true }),
  state: arg.choice(['absent', 'present'], 'Whether the keys must be there', { default: 'present' }),
  key_options: arg.str('Options in front of the keys'),
  exclusive: arg.bool('Remove all other keys', { default: false }),
  comment: arg.str('The comment behind the keys'),
  validate_certs: arg.bool('Check the certificate of a URL', { default: true }),
  follow: arg.bool('Follow a link', { default: false }),
})

type Args = ReturnType<typeof schema.check>
type Now = {
  readonly account: { readonly uid: string; readonly gid: string } | null
  readonly file: string
  readonly text: string
  readonly exists: boolean
  readonly after: string | null
}

/** Sees to the keys that may log in as a user; follows ansible.posix's `authorized_key`. */
export const module = defineModule<Args, Args, Now>({
  name: 'authorized_key',
  collection: 'ansible.posix',
  summary: 'Sees to the SSH keys that may log in as a user',
  examples: ["- ansible.posix.authorized_key:\n    user: deploy\n    key: \"{{ lookup('file', 'deploy.pub') }}\"\n"],
  args: schema,
  effects: 'host',
  probe: (want) => {
    const insecure = want.validate_certs ? [] : ['--insecure']
    const unchecked = want.validate_certs ? [] : ['--no-check-certificate']
    return lines([
      sh`
        entry=$(getent passwd ${want.user} 2>/dev/null || grep ${`^${want.user.replace(/[.[\]*^$\\]/g, '\\$&')}:`} /etc/passwd || :)
        entry=\${entry#*:*:}
        field uid "\${entry%%:*}"; entry=\${entry#*:}
        field gid "\${entry%%:*}"; entry=\${entry#*:*:}
        home=\${entry%%:*}`,
      want.path === undefined ? sh`file=\${home%/}/.ssh/authorized_keys` : sh`file=${hostPath(want.path)}`,
      want.follow && sh`[ ! -L "$file" ] || file=$(readlink -f "$file")`,
      sh`
        field file "$file"
        [ ! -f "$file" ] || field text "$(base64 <"$file")"`,
      isUrl(want.key)
        ? sh`field fetched "$(curl -fsSL ${insecure} ${want.key} 2>/dev/null || wget -qO- ${unchecked} ${want.key} 2>/dev/null)"`
        : null,
    ])
  },
  read,
  plan: (now): readonly Change[] => {
    if (now.after === null) return []
    const show = (text: string) => showContent(Buffer.from(text, 'latin1'), text.length, null)
    return [{ what: 'keys', before: now.exists ? show(now.text) : null, after: show(now.after) }]
  },
  apply: (_, want, now) => {
    const { uid, gid } = now.account!
    const folder = dirname(now.file)
    return lines([
      want.manage_dir
        ? sh`
          [ -d ${folder} ] || mkdir -m 700 ${folder}
          chown ${`${uid}:${gid}`} ${folder}
          chmod 700 ${folder}`
        : sh`[ -d ${folder} ] || mkdir -p ${folder}`,
      replaceFile({
        dest: now.file,
        content: Blob.of(Buffer.from(now.after!, 'latin1')),
        now: null,
        adjust: { mode: 0o600, owner: uid, group: gid },
      }),
    ])
  },
  result: ({ now, want }): JsonObject => ({
    ...Object.fromEntries(Object.entries(want).map(([name, value]) => [name, value ?? null])),
    keyfile: now.file,
  }),
})

function read(fields: Fields, want: Args): Now {
  const [uid, gid] = [fields.text('uid'), fields.text('gid')]
  const text = readBytes(fields, 'text')?.toString('latin1') ?? ''
  if (uid === '') throw new Failure(`Failed to lookup user ${want.user}: no such user`)
  const source = isUrl(want.key) ? fields.text('fetched') : want.key
  if (source === '' && isUrl(want.key)) throw new Failure(`Error getting key from: ${want.key}`)
  return {
    account: { uid, gid },
    file: fields.text('file'),
    text,
    exists: fields.has('text'),
    after: editKeys({ ...want, key: source }, text),
  }
}

function isUrl(key: string): boolean {
  return key.startsWith('http')
}
