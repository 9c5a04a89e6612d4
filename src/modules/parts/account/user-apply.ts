import { Blob } from '../../../kernel/blob.ts'
import type { Change } from '../../../kernel/change.ts'
import { Secret } from '../../../kernel/secret.ts'
import { lines, type Sh, sh } from '../../../kernel/sh.ts'
import type { UserWant } from './arguments.ts'
import { dayOf, finalGroups, groupOf, wantedNames } from './user-plan.ts'
import { keyVariable, PENDING, type UserNow } from './user-state.ts'

/** The commands of shadow-utils that make the changes; secrets go to their standard input. */
export function applyUser(changes: readonly Change[], want: UserWant, now: UserNow): Sh {
  const has = (what: string) => changes.some((change) => change.what === what)
  if (want.state === 'absent')
    return sh`userdel ${want.force ? sh`-f` : null} ${want.remove ? sh`-r` : null} -- ${want.name}`
  return lines([
    now.account === null ? create(want, now) : modify(changes, want, now),
    setPassword(want, now.account === null || has('password'), has('password lock')),
    now.account === null && want.expires !== undefined ? sh`chage -E ${dayOf(want.expires)} -- ${want.name}` : null,
    has('minimum password age') ? sh`chage -m ${want.password_expire_min!} -- ${want.name}` : null,
    has('maximum password age') ? sh`chage -M ${want.password_expire_max!} -- ${want.name}` : null,
    sh`
      entry=$(getent passwd -- ${want.name}); field passwd "$entry"
      rest=\${entry%:*}; home=\${rest##*:}; rest=\${entry#*:*:}; uid=\${rest%%:*}; rest=\${rest#*:}; gid=\${rest%%:*}`,
    has('home directory') ? createHome(want) : null,
    want.generate_ssh_key === true ? lines([has('SSH key') ? createKey(want) : keyVariable(want), showKey()]) : null,
  ])
}

function create(want: UserWant, now: UserNow): Sh {
  const groups = wantedNames(want).length === 0 ? [] : ['-G', finalGroups(now, want).join(',')]
  const words = [
    ...(want.uid === undefined ? [] : ['-u', String(want.uid), ...(want.non_unique ? ['-o'] : [])]),
    ...(want.seuser === undefined ? [] : ['-Z', want.seuser]),
    ...(want.group === undefined ? [] : ['-g', want.group]),
    ...groups,
    ...(want.comment === undefined ? [] : ['-c', want.comment]),
    ...(want.home === undefined ? [] : ['-d', want.home]),
    ...(want.shell === undefined ? [] : ['-s', want.shell]),
    ...(want.password === undefined ? [] : ['-p', PENDING]),
    ...(want.create_home ? ['-m'] : ['-M']),
    ...(want.create_home && want.skeleton !== undefined ? ['-k', want.skeleton] : []),
    ...(want.create_home && want.umask !== undefined ? ['-K', `UMASK=${want.umask}`] : []),
    ...(want.system ? ['-r'] : []),
  ]
  // A group of the user's name that is there already becomes the primary one, instead of a failure of useradd.
  const own = want.group === undefined ? sh`$(getent group -- ${want.name} >/dev/null && emit -N || :)` : null
  const parent = want.home === undefined || !want.create_home ? null : parentOf(want.home)
  return lines([parent === null ? null : sh`mkdir -p -- ${parent}`, sh`useradd ${words} ${own} -- ${want.name}`])
}

function parentOf(path: string): string {
  return path.replace(/\/+$/, '').replace(/\/[^/]*$/, '') || '/'
}

function modify(changes: readonly Change[], want: UserWant, now: UserNow): Sh | null {
  const has = (what: string) => changes.some((change) => change.what === what)
  const words = [
    ...(has('uid') ? ['-u', String(want.uid), ...(want.non_unique ? ['-o'] : [])] : []),
    ...(has('group') ? ['-g', String(groupOf(now, want.group!).gid)] : []),
    ...(has('groups') ? ['-G', finalGroups(now, want).join(',')] : []),
    ...(has('comment') ? ['-c', want.comment!] : []),
    ...(has('home') ? ['-d', want.home!, ...(want.move_home ? ['-m'] : [])] : []),
    ...(has('shell') ? ['-s', want.shell!] : []),
  ]
  return lines([
    words.length === 0 ? null : sh`usermod ${words} -- ${want.name}`,
    has('expires') ? sh`chage -E ${dayOf(want.expires!)} -- ${want.name}` : null,
  ])
}

/** A lock is a `!` before the hash, so that a new password of a locked user is set and locked in one step. */
function setPassword(want: UserWant, sets: boolean, locks: boolean): Sh | null {
  if (want.password !== undefined && sets) {
    const hash = `${want.password_lock === true ? '!' : ''}${want.password.reveal()}`
    return sh`${Blob.of(new Secret(`${want.name}:${hash}\n`))} | chpasswd -e`
  }
  if (!locks) return null
  return want.password_lock === true ? sh`usermod -L -- ${want.name}` : sh`usermod -U -- ${want.name}`
}

/** What useradd would have made: a copy of the skeleton, the user's own, with the permissions of login.defs(5); whole or not at all. */
function createHome(want: UserWant): Sh {
  const mask = want.umask === undefined ? sh`$(sed -n 's/^UMASK[[:space:]]*//p' /etc/login.defs)` : sh`${want.umask}`
  return sh`
    staged=$home.provision
    rm -rf -- "$staged"; mkdir -p -- "$staged"
    if [ -d ${want.skeleton ?? '/etc/skel'} ]; then cp -R -- ${want.skeleton ?? '/etc/skel'}/. "$staged"; fi
    chown -R "$uid:$gid" -- "$staged"
    mask=${mask}; mask=\${mask:-022}
    (umask "$mask"; chmod =rwx "$staged")
    mv -- "$staged" "$home"`
}

function createKey(want: UserWant): Sh {
  const comment =
    want.ssh_key_comment === undefined ? sh`"ansible-generated on $(uname -n)"` : sh`${want.ssh_key_comment}`
  const size = want.ssh_key_bits > 0 ? sh`-b ${want.ssh_key_bits}` : null
  const keygen = sh`ssh-keygen -q -t ${want.ssh_key_type} ${size} -C ${comment} -f "$staged/\${key##*/}"`
  // Both halves are made aside and moved by one command: half a pair would count as one.
  return sh`
    ${keyVariable(want)}
    folder=\${key%/*}
    if [ ! -e "$folder" ]; then install -d -m 700 -o "$uid" -g "$gid" -- "$folder"; fi
    staged=$(mktemp -d "$folder/.provision.XXXXXX"); trap 'rm -rf "$staged"' 0
    ${want.ssh_key_passphrase === undefined ? sh`${keygen} -N ''` : askingForPassphrase(keygen, want.ssh_key_passphrase)}
    chown "$uid:$gid" -- "$staged/\${key##*/}" "$staged/\${key##*/}.pub"
    mv -f -- "$staged/\${key##*/}" "$staged/\${key##*/}.pub" "$folder"
    rm -rf -- "$staged"; trap - 0`
}

/** ssh-keygen asks a program of ours for the passphrase, which would else be one of its arguments. */
function askingForPassphrase(keygen: Sh, passphrase: Secret): Sh {
  return sh`
    asking=$staged/asking; mkdir -m 700 "$asking"
    (umask 077; ${Blob.of(passphrase)} >"$asking/answer"; emit '#!/bin/sh
    exec cat "\${0%/*}/answer"
    ' >"$asking/ask"; chmod 700 "$asking/ask")
    DISPLAY=:0 SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$asking/ask setsid ${keygen} </dev/null`
}

function showKey(): Sh {
  return sh`
    field key "$key"; field fingerprint "$(ssh-keygen -l -f "$key" 2>&1)" || :
    if [ -e "$key.pub" ]; then field public-key "$(cat "$key.pub")"; fi`
}
