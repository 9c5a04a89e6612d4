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
  result: resultOf,
  effects: 'host',
})

function resultOf({ now, want, changes, ran }: Outcome<UserNow, UserWant>): JsonObject {
  const base = { name: want.name, state: want.state }
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
