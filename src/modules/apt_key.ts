import { Blob } from '../kernel/blob.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { dearmored, keyIds } from './parts/apt/openpgp.ts'

const schema = args(
  {
    id: arg.str('The key’s id or fingerprint; saves a download when the key is there'),
    url: arg.str('Where the key is fetched from, by the host'),
    data: arg.str('The key itself'),
    file: arg.path('A file on the host that holds the key'),
    keyserver: arg.str('The key server to ask'),
    keyring: arg.path('The keyring; a file of the key’s own below trusted.gpg.d when left out'),
    validate_certs: arg.bool('Whether a server must prove who it is', { default: true }),
    state: arg.choice(['absent', 'present'], 'Whether the key is trusted', { default: 'present' }),
  },
  { exclusive: [['data', 'file', 'keyserver', 'url']] },
)
type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly keyId: string | null; readonly source: string | null }
type Now = { readonly ids: readonly string[]; readonly holders: readonly string[]; readonly id: string | null }

/** Keys that apt trusts, without apt-key and without gpg: a keyring is a file of OpenPGP packets. */
export const module = defineModule<Args, Want, Now>({
  name: 'apt_key',
  summary: 'Manages keys that apt trusts',
  examples: [
    '- apt_key:\n    url: https://packages.example.org/key.asc\n    id: 0123456789ABCDEF0123456789ABCDEF01234567',
    '- apt_key:\n    id: 0123456789ABCDEF\n    state: absent',
  ],
  args: schema,
  want: (given) => {
    if (given.keyserver !== undefined && given.id === undefined)
      throw new Failure('Missing key_id, required with keyserver.')
    return { ...given, keyId: idOf(given), source: sourceOf(given) }
  },
  probe: (want) => sh`
    for ring in ${want.keyring ?? sh`/etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc`}; do
      if [ -f "$ring" ]; then field ring "$ring"; field keys "$(base64 <"$ring")"; fi
    done
    ${want.file === undefined ? null : sh`if [ -f ${want.file} ]; then field file "$(base64 <${want.file})"; fi`}`,
  read: (fields, want) => {
    const rings = fields.all('ring')
    const ids = fields.all('keys').map((text) => keyIds(Buffer.from(text, 'base64')))
    const own = want.keyId ?? keyIds(Buffer.from(fields.text('file'), 'base64'))[0] ?? null
    return { ids: ids.flat(), holders: rings.filter((_, index) => own !== null && holds(ids[index]!, own)), id: own }
  },
  plan: (now, want) => {
    const what = `key ${now.id ?? want.url}`
    if (now.id === null) {
      if (want.url === undefined)
        throw new Failure(
          'Unable to continue as we could not extract a valid fingerprint to compare against existing keys.',
        )
      return [{ what, before: null, after: 'trusted', action: true }]
    }
    const there = holds(now.ids, now.id)
    if (there === (want.state === 'present')) return []
    return [{ what, before: there ? 'trusted' : null, after: there ? null : 'trusted' }]
  },
  apply: (_changes, want, now) => (want.state === 'absent' ? remove(now) : add(want, now)),
  result: ({ now, want, ran, changes }): JsonObject => {
    const fetched = ran === null ? null : (keyIds(Buffer.from(ran.fields.text('key'), 'base64'))[0] ?? null)
    const id = now.id ?? fetched
    return {
      changed: ran === null ? changes.length > 0 : !ran.fields.flag('unchanged'),
      before: now.ids,
      ...(id === null
        ? {}
        : {
            id: want.id ?? id,
            key_id: want.id?.toUpperCase().replace(/^0X/, '') ?? id,
            fp: id,
            short_id: id.slice(-8),
          }),
    }
  },
  effects: 'host',
})

/** The id that a task gives or that its data holds, as 16 or 8 digits. */
function idOf({ id, data }: Args): string | null {
  if (id === undefined) return data === undefined ? null : (keyIds(Buffer.from(data))[0] ?? null)
  const digits = id.toUpperCase().replace(/\s/g, '').replace(/^0X/, '')
  if (!/^[0-9A-F]+$/.test(digits) || (digits.length !== 8 && digits.length < 16))
    throw new Failure('Invalid key_id', { id })
  return digits.length > 16 ? digits.slice(-16) : digits
}

function holds(ids: readonly string[], id: string): boolean {
  return ids.some((known) => known.endsWith(id))
}

/** Where to download from; a key server answers over HTTP. */
function sourceOf({ url, keyserver, id }: Args): string | null {
  if (url !== undefined) return url
  if (keyserver === undefined) return null
  const host = keyserver.replace(/^(hkps?|https?|ldap):\/\//, '').replace(/\/+$/, '')
  const secure = /^(hkps|https):/.test(keyserver)
  const port = secure || /:\d+$/.test(host) ? '' : ':11371'
  const search = `0x${(id ?? '').replace(/^0x/i, '').replace(/\s/g, '')}`
  return `${secure ? 'https' : 'http'}://${host}${port}/pks/lookup?op=get&options=mr&search=${search}`
}

/** A key file is named by its key's id, or by where it came from; apt reads it armored or binary. */
function add(want: Want, now: Now): Sh {
  const name = now.id ?? want.url!.replace(/[^A-Za-z0-9]+/g, '_')
  const verify = want.validate_certs
    ? null
    : sh`-o Acquire::https::Verify-Peer=false -o Acquire::https::Verify-Host=false`
  const fetch =
    want.source !== null
      ? sh`/usr/lib/apt/apt-helper ${verify} -q download-file ${want.source} "$staged/key" >/dev/null`
      : want.file !== undefined
        ? sh`cat -- ${want.file} >"$staged/key"`
        : sh`${Blob.of(dearmored(Buffer.from(want.data ?? '')))} >"$staged/key"`
  return lines([
    sh`
      staged=$(mktemp -d); trap 'rm -rf "$staged"' 0; chmod 755 "$staged"; chown _apt "$staged" 2>/dev/null || :
      ${fetch}
      field key "$(base64 <"$staged/key")"
      if grep -q 'BEGIN PGP PUBLIC' "$staged/key"; then end=asc; else end=gpg; fi`,
    want.keyring === undefined
      ? sh`ring=/etc/apt/trusted.gpg.d/${name}.$end`
      : sh`
        ring=${want.keyring}
        if [ "$end" = asc ]; then sed -n '/^$/,/^=/p' "$staged/key" | grep -v '^=' | base64 -d >"$staged/binary"; mv "$staged/binary" "$staged/key"; fi
        if [ -f "$ring" ]; then cat "$ring" "$staged/key" >"$staged/all"; mv "$staged/all" "$staged/key"; fi`,
    sh`
      if cmp -s "$staged/key" "$ring"; then field unchanged 1
      else chmod 644 "$staged/key"; cp "$staged/key" "$ring.provision"; mv -f "$ring.provision" "$ring"; fi`,
  ])
}

/** A file with this key alone goes away; from a keyring with more of them only gpg can take one out. */
function remove({ holders, id }: Now): Sh {
  return lines(
    holders.map((ring) =>
      ring.startsWith('/etc/apt/trusted.gpg.d/')
        ? sh`rm -f -- ${ring}`
        : sh`gpg --no-default-keyring --keyring ${ring} --batch --yes --delete-keys ${id!} 2>/dev/null`,
    ),
  )
}
