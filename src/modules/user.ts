import type { JsonObject } from '../kernel/json.ts'
import { defineModule, type Outcome } from '../kernel/module.ts'
import { type UserWant, userSchema } from './parts/account/arguments.ts'
import { applyUser } from './parts/account/user-apply.ts'
import { planUser } from './parts/account/user-plan.ts'
import { probeUser, readAccount, readUser, type UserNow } from './parts/account/user-state.ts'

/** Users, by shadow-utils; a password is a hash and never an argument of a command. */
export const module = defineModule({
  name: 'user',
  summary: 'Manages users',
  examples: [
    '- user:\n    name: deploy\n    shell: /bin/bash\n    groups: [sudo, www-data]\n    append: yes',
    '- user:\n    name: app\n    system: yes\n    create_home: no\n    home: /srv/app',
    '- user:\n    name: old\n    state: absent\n    remove: yes',
  ],
  args: userSchema,
  want: (given) => given,
  probe: probeUser,
  read: readUser,
  plan: planUser,
  apply: applyUser,
  // shadow-utils touch no account that still has processes.
  leaves: (changes, { name, state }) =>
    state === 'absent' || changes.some(({ what }) => what === 'uid' || what === 'home') ? name : null,
  result: resultOf,
  effects: 'host',
})

function resultOf({ now, want, changes, ran }: Outcome<UserNow, UserWant>): JsonObject {
  const base = { name: want.name, state: want.state, ...warningsOf(want) }
  if (want.state === 'absent') return changes.length === 0 ? base : { ...base, force: want.force, remove: want.remove }
  const account = ran === null ? now.account : readAccount(ran.fields.text('passwd'))
  const created = now.account === null
  return {
    ...base,
    ...(created
      ? { system: want.system, create_home: want.create_home }
      : { append: want.append, move_home: want.move_home }),
    ...(want.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
    ...(account === null
      ? {}
      : { uid: account.uid, group: account.gid, comment: account.comment, home: account.home, shell: account.shell }),
    ...(want.groups === undefined ? {} : { groups: want.groups.join(',') }),
    ...keyResult(now, want, account?.home ?? '', ran?.fields.text('fingerprint'), ran?.fields.get('public-key')),
  }
}

/** What Ansible 2.14 warns of. A password of `*` or `!` disables the account on purpose. */
function warningsOf({ append, groups, password }: UserWant): { warnings?: string[] } {
  const warnings: string[] = []
  if (append && groups === undefined)
    warnings.push(
      "'append' is set, but no 'groups' are specified. Use 'groups' for appending new groups.This will change to an error in Ansible 2.14.",
    )
  if (password !== undefined && !isHash(password.reveal()))
    warnings.push(
      "The input password appears not to have been hashed. The 'password' argument must be encrypted for this module to work properly.",
    )
  return warnings.length === 0 ? {} : { warnings }
}

const LENGTHS: { readonly [method: string]: number } = { 1: 22, 5: 43, 6: 86 }

function isHash(password: string): boolean {
  if (/^(\*|!|\*{13})$/.test(password)) return true
  const parts = password.split('$')
  if (parts.length < 3 || /[:*!]/.test(password)) return false
  const digest = parts.at(-1)!
  return /^[A-Za-z0-9./=]*$/.test(digest) && digest.length === (LENGTHS[parts[1]!] ?? digest.length)
}

function keyResult(
  now: UserNow,
  want: UserWant,
  home: string,
  fingerprint: string | undefined,
  publicKey: string | undefined,
): JsonObject {
  if (want.generate_ssh_key !== true) return {}
  const file = want.ssh_key_file ?? `.ssh/id_${want.ssh_key_type}`
  return {
    ssh_fingerprint: (fingerprint ?? now.fingerprint).trim(),
    ssh_key_file: file.startsWith('/') ? file : `${home}/${file}`,
    ssh_public_key: publicKey?.trim() ?? now.publicKey?.trim() ?? null,
  }
}
