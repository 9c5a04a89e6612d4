import { Blob } from '../../../kernel/blob.ts'
import type { Fields } from '../../../kernel/fields.ts'
import { Question } from '../../../kernel/question.ts'
import { lines, plain, type Sh, sh } from '../../../kernel/sh.ts'
import type { UserWant } from './arguments.ts'

type Account = {
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

export type UserNow = {
  readonly account: Account | null
  /** Groups by name and number, as far as the task needs them. */
  readonly groups: readonly { readonly name: string; readonly gid: number; readonly members: readonly string[] }[]
  readonly locked: boolean
  /** A hash to unlock, not only a lock. */
  readonly hasPassword: boolean
  /** Made by us, and cut off before its password was set. */
  readonly pending: boolean
  readonly passwordMatches: boolean
  /** Days since 1970; -1: never. */
  readonly expires: number
  readonly minDays: number | null
  readonly maxDays: number | null
  readonly homeExists: boolean
  readonly keyExists: boolean
  readonly publicKey: string | null
  readonly fingerprint: string
}

/** What a new user's password is until it is set, so that a run that was cut in between can be finished. */
export const PENDING = '!provision'

/**
 * The password is compared on the host, by builtins: neither the hash there nor the one that is wanted is ever printed or an argument.
 */
export function probeUser(want: UserWant): Sh {
  const { name } = want
  const script = lines([
    want.local
      ? sh`entry=$(sed -n ${`/^${pattern(name)}:/p`} /etc/passwd)`
      : sh`entry=${new Question('passwd', name)} || entry=`,
    sh`field passwd "$entry"`,
    want.groups === undefined && want.group === undefined ? null : probeGroups(want),
    sh`
      if [ "$entry" ]; then
        shadow=${new Question('shadow', name)} || shadow=
        rest=\${shadow#*:}; hash=\${rest%%:*}
        field ages "\${rest#*:}"
        case $hash in '!'*) field locked 1 ;; esac
        case $hash in ${PENDING}) field pending 1 ;; esac
        strip() { bare=$1; while :; do case $bare in '!'*) bare=\${bare#?} ;; *) break ;; esac; done; }
        strip "$hash"; hash=$bare
        case $hash in ''|'*') ;; *) field has-password 1 ;; esac`,
    want.password === undefined
      ? null
      : sh`
        strip "$(${Blob.of(want.password)})"
        if [ "$hash" = "$bare" ]; then field password-matches 1; fi`,
    sh`
        rest=\${entry%:*}; home=\${rest##*:}
      else home=/home/${name}; fi`,
    want.home === undefined ? null : sh`home=${want.home}`,
    sh`if [ -e "$home" ]; then field home-exists 1; fi`,
    want.generate_ssh_key === true ? probeKey(want) : null,
  ])
  return plain(script)
}

/** Group numbers and names that the task asks for; all groups, to know which the user is in. */
function probeGroups(want: UserWant): Sh {
  const named = [...(want.groups ?? []), ...(want.group === undefined ? [] : [want.group])].filter(
    (name) => name !== '',
  )
  return lines([
    sh`field groups "${new Question('groups', 'all')}"`,
    ...named.map((name) => sh`field groups "${new Question('group', name)}"`),
  ])
}

function probeKey(want: UserWant): Sh {
  return sh`
    ${keyVariable(want)}
    if [ -e "$key" ]; then
      field key-exists 1
      field fingerprint "$(ssh-keygen -l -f "$key" 2>&1)" || :
    fi
    if [ -e "$key.pub" ]; then field public-key "$(cat "$key.pub")"; fi`
}

/** `$key`, from `$home`. */
export function keyVariable({ ssh_key_file, ssh_key_type }: UserWant): Sh {
  const file = ssh_key_file ?? `.ssh/id_${ssh_key_type}`
  return file.startsWith('/') ? sh`key=${file}` : sh`key=$home/${file}`
}

function pattern(name: string): string {
  return name.replace(/[.*[\]^$\\/]/g, '\\$&')
}

export function readUser(fields: Fields): UserNow {
  const ages = fields.text('ages').split(':')
  const number = (text: string | undefined) => (text === undefined || text === '' ? null : Number(text))
  return {
    account: readAccount(fields.text('passwd')),
    groups: fields
      .all('groups')
      .flatMap((answer) => answer.split('\n'))
      .filter(Boolean)
      .map(readGroup),
    locked: fields.flag('locked'),
    hasPassword: fields.flag('has-password'),
    pending: fields.flag('pending'),
    passwordMatches: fields.flag('password-matches'),
    minDays: number(ages[1]),
    maxDays: number(ages[2]),
    expires: number(ages[5]) ?? -1,
    homeExists: fields.flag('home-exists'),
    keyExists: fields.flag('key-exists'),
    publicKey: fields.get('public-key') ?? null,
    fingerprint: fields.text('fingerprint'),
  }
}

/** A line of passwd(5). */
export function readAccount(entry: string): Account | null {
  const [name, , uid, gid, comment, home, shell] = entry.split(':')
  if (name === undefined || shell === undefined) return null
  return { uid: Number(uid), gid: Number(gid), comment: comment!, home: home!, shell: shell.trimEnd() }
}

function readGroup(entry: string): UserNow['groups'][number] {
  const [name = '', , gid = '', members = ''] = entry.split(':')
  return { name, gid: Number(gid), members: members.split(',').filter(Boolean) }
}
