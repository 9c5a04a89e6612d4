import type { Change } from '../../../kernel/change.ts'
import { Failure } from '../../../kernel/module.ts'
import type { UserWant } from './arguments.ts'
import type { UserNow } from './user-state.ts'

const HIDDEN = '********'

/** The differences of an account. Raises Ansible's failure for a group that does not exist. */
export function planUser(now: UserNow, want: UserWant): readonly Change[] {
  const { account } = now
  const what = `user ${want.name}`
  if (want.state === 'absent') return account === null ? [] : [{ what, before: 'present', after: null }]
  for (const group of [...(want.group === undefined ? [] : [want.group]), ...wantedNames(want)]) groupOf(now, group)
  const changes: Change[] = account === null ? [{ what, before: null, after: 'present' }] : modifications(now, want)
  const moves = want.move_home && changes.some(({ what: changed }) => changed === 'home')
  if (account !== null && want.create_home && !now.homeExists && !moves)
    changes.push({ what: 'home directory', before: null, after: want.home ?? account.home })
  if (want.generate_ssh_key === true && needsKey(now, want))
    changes.push({ what: 'SSH key', before: now.keyExists ? 'present' : null, after: want.ssh_key_type })
  return [...changes, ...ageChanges(now, want)]
}

function needsKey(now: UserNow, want: UserWant): boolean {
  return want.force || (!now.keyExists && now.publicKey === null)
}

function modifications(now: UserNow, want: UserWant): Change[] {
  const account = now.account!
  const changes: Change[] = []
  const compare = (what: string, before: string | number, after: string | number | undefined) => {
    if (after !== undefined && before !== after) changes.push({ what, before: String(before), after: String(after) })
  }
  compare('uid', account.uid, want.uid)
  compare('group', account.gid, want.group === undefined ? undefined : groupOf(now, want.group).gid)
  const groups = groupChange(now, want)
  if (groups !== null) changes.push(groups)
  compare('comment', account.comment, want.comment)
  compare('home', account.home, want.home)
  compare('shell', account.shell, want.shell)
  compare('expires', showExpiry(now.expires), want.expires === undefined ? undefined : showExpiry(dayOf(want.expires)))
  return [...changes, ...passwordChanges(now, want)]
}

/** A locked user without a password can't be unlocked, so that is no difference; Ansible says "changed" every time. */
function passwordChanges(now: UserNow, want: UserWant): Change[] {
  const changes: Change[] = []
  const due = want.update_password === 'always' ? !now.passwordMatches : now.pending
  if (want.password !== undefined && due) changes.push({ what: 'password', before: HIDDEN, after: HIDDEN })
  if (want.password_lock === true && !now.locked) changes.push({ what: 'password lock', before: 'no', after: 'yes' })
  const unlocks = want.password_lock === false && now.locked && (now.hasPassword || want.password !== undefined)
  if (unlocks && !now.pending) changes.push({ what: 'password lock', before: 'yes', after: 'no' })
  return changes
}

/** Supplementary groups, without the empty name that an empty text gives. */
export function wantedNames(want: UserWant): readonly string[] {
  return (want.groups ?? []).map((name) => name.trim()).filter((name) => name !== '')
}

function groupChange(now: UserNow, want: UserWant): Change | null {
  if (want.groups === undefined) return null
  const current = currentGroups(now, want)
  const wanted = finalGroups(now, want)
  const same = wanted.length === current.length && wanted.every((name) => current.includes(name))
  return same ? null : { what: 'groups', before: current.join(','), after: wanted.join(',') }
}

function currentGroups(now: UserNow, want: UserWant): string[] {
  const member = now.groups.filter(({ members }) => members.includes(want.name)).map(({ name }) => name)
  return [...new Set(member)].sort()
}

/** The groups the user is in afterwards. */
export function finalGroups(now: UserNow, want: UserWant): string[] {
  const named = wantedNames(want).map((name) => groupOf(now, name).name)
  return [...new Set([...named, ...(want.append ? currentGroups(now, want) : [])])].sort()
}

/** A group by number or name, as Ansible looks it up. */
export function groupOf(now: UserNow, group: string): UserNow['groups'][number] {
  const byNumber = /^\d+$/.test(group) ? now.groups.find(({ gid }) => gid === Number(group)) : undefined
  const found = byNumber ?? now.groups.find(({ name }) => name === group)
  if (found === undefined) throw new Failure(`Group ${group} does not exist`, { missing: true })
  return found
}

/** Seconds → days since 1970; -1: never. */
export function dayOf(seconds: number): number {
  return seconds < 0 ? -1 : Math.floor(seconds / 86_400)
}

function showExpiry(day: number): string {
  return day < 0 ? 'never' : `day ${day} since 1970`
}

function ageChanges(now: UserNow, want: UserWant): readonly Change[] {
  const { password_expire_min: min, password_expire_max: max } = want
  const show = (days: number | null) => (now.account === null || days === null ? null : `${days} days`)
  return [
    ...(min !== undefined && min !== now.minDays
      ? [{ what: 'minimum password age', before: show(now.minDays), after: `${min} days` }]
      : []),
    ...(max !== undefined && max !== now.maxDays
      ? [{ what: 'maximum password age', before: show(now.maxDays), after: `${max} days` }]
      : []),
  ]
}
