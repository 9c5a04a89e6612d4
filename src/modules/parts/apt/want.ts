import { Failure } from '../../../kernel/module.ts'
import type { AptArgs } from './arguments.ts'

/** One package as a task names it: `nginx`, `nginx=1.2*`, `nginx>=1.2`, `lib*`. */
export type Wanted = {
  readonly spec: string
  readonly name: string
  readonly operator: '' | '=' | '>='
  readonly version: string
}

export type AptWant = Omit<AptArgs, 'state' | 'upgrade'> & {
  readonly state: 'absent' | 'build-dep' | 'fixed' | 'latest' | 'present'
  /** Packages by plain name. */
  readonly packages: readonly Wanted[]
  /** Shell patterns for names. */
  readonly patterns: readonly string[]
  readonly upgrade: 'upgrade' | 'dist-upgrade' | null
  /** Whether the lists may have to be fetched. */
  readonly refreshes: boolean
}

/** What a task wants, from its arguments. Raises Ansible's own failures for what makes no sense. */
export function wantOf(given: AptArgs): AptWant {
  const names = (given.package ?? []).map((name) => name.trim()).filter((name) => name !== '')
  const every = names.includes('*')
  const others = names.filter((name) => name !== '*')
  const wrong = others.find((name) => name.split('=').length > 2)
  if (wrong !== undefined) throw new Failure(`invalid package spec: ${wrong}`)
  if (every && given.state === 'latest' && others.length > 0)
    throw new Failure('unable to install additional packages when upgrading all installed packages')
  if (given.deb !== undefined && !['present', 'installed'].includes(given.state))
    throw new Failure('deb only supports state=present')
  return {
    ...given,
    state: given.state === 'installed' ? 'present' : given.state === 'removed' ? 'absent' : given.state,
    packages: others.filter((name) => !isPattern(name)).map(parseSpec),
    patterns: others.filter(isPattern),
    upgrade: every && given.state === 'latest' ? 'upgrade' : upgradeOf(given.upgrade),
    refreshes: given.update_cache === true || given.cache_valid_time > 0,
  }
}

/** What to do when nothing is named. */
export function hasTargets(want: AptWant): boolean {
  return want.packages.length > 0 || want.patterns.length > 0 || want.upgrade !== null || want.deb !== undefined
}

function upgradeOf(kind: AptArgs['upgrade']): AptWant['upgrade'] {
  if (kind === 'no') return null
  return kind === 'dist' || kind === 'full' ? 'dist-upgrade' : 'upgrade'
}

function isPattern(name: string): boolean {
  return /[*?[\]!]/.test(parseSpec(name).name)
}

function parseSpec(spec: string): Wanted {
  const match = /^(.*?)(>?=)(.*)$/s.exec(spec)
  if (match === null) return { spec, name: spec, operator: '', version: '' }
  return { spec, name: match[1]!, operator: match[2] as '=' | '>=', version: match[3]! }
}
