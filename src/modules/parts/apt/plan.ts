import type { Change } from '../../../kernel/change.ts'
import { Failure } from '../../../kernel/module.ts'
import { matchesName } from '../name-pattern.ts'
import { type AptState, isInstalled } from './state.ts'
import { compareVersions } from './version.ts'
import { type AptWant, hasTargets, type Wanted } from './want.ts'

/** A package that is to be installed, and how apt-get is told so. */
type Target = {
  readonly name: string
  readonly spec: string
  readonly before: string | null
  readonly after: string | null
}

/** Whether the package lists are too old. */
export function isStale(now: AptState, want: AptWant): boolean {
  return want.refreshes && (want.cache_valid_time <= 0 || now.cacheTime + want.cache_valid_time < now.now)
}

/** The lists; counted as a change only when they are all the task is about. */
export function cacheChanges(now: AptState, want: AptWant): readonly Change[] {
  if (!isStale(now, want)) return []
  const change: Change = { what: 'package lists', before: 'old', after: 'fetched', action: true }
  return [hasTargets(want) || want.clean ? { ...change, quiet: true } : change]
}

export function packageChanges(now: AptState, want: AptWant): readonly Change[] {
  if (want.state === 'absent') return removals(now, want)
  const targets = targetsOf(now, want)
  if (want.state === 'build-dep' || want.state === 'fixed') return simulatedChanges(now)
  const changes: Change[] = targets.map(({ name, before, after }) => ({ what: `package ${name}`, before, after }))
  for (const { name } of want.packages) {
    const known = isInstalled(now.installed.get(name)) && now.automatic.has(name)
    if (known) changes.push({ what: `mark of ${name}`, before: 'automatic', after: 'manual', quiet: true })
  }
  return changes
}

/** What is to be installed or upgraded. Raises the failures of Ansible's `apt` for what can't be had. */
export function targetsOf(now: AptState, want: AptWant): readonly Target[] {
  const named = [...want.packages, ...expanded(now, want)]
  return named.map((wanted) => targetOf(wanted, now, want)).filter((target) => target !== null)
}

function expanded(now: AptState, want: AptWant): readonly Wanted[] {
  return want.patterns.flatMap((pattern) => {
    const names = now.matched.get(pattern) ?? []
    if (names.length === 0) throw new Failure(`No package(s) matching '${pattern}' available`)
    return names.map((name) => ({ spec: name, name, operator: '' as const, version: '' }))
  })
}

function targetOf(wanted: Wanted, now: AptState, want: AptWant): Target | null {
  const { name, spec, operator } = wanted
  const entry = now.installed.get(name)
  const installed = isInstalled(entry) ? entry!.version : null
  const stale = isStale(now, want)
  if (installed === null && want.only_upgrade) return null
  if (now.available === null) return null
  const available = now.available.get(name)
  const unknown =
    installed === null && (available === undefined || (available.candidate === null && available.versions.length === 0))
  if (unknown) return virtualTarget(wanted, now, stale)
  const best = bestVersion(wanted, now)
  const fits = installed !== null && matches(wanted, installed)
  const installable = best !== null && best !== installed ? best : null
  if (!fits && installable === null) {
    if (stale) return { name, spec: operator === '>=' ? name : spec, before: installed, after: null }
    throw new Failure(`no available installation candidate for ${spec}`)
  }
  if (installable === null) return null
  const wants = installed === null || want.state === 'latest' || !fits || operator === '='
  return wants
    ? { name, spec: stale ? looseSpec(wanted) : `${name}=${installable}`, before: installed, after: installable }
    : null
}

/** After new lists the version that was seen may be gone, so apt-get picks it anew. */
function looseSpec({ name, spec, operator }: Wanted): string {
  return operator === '=' ? spec : name
}

/** A name that is no package: what provides it may be there, else apt-get has to choose. */
function virtualTarget({ name, spec, version }: Wanted, now: AptState, stale: boolean): Target | null {
  const providers = now.providers.get(name) ?? []
  if (providers.length === 0 && !stale) throw new Failure(`No package matching '${name}' is available`)
  if (providers.some((provider) => isInstalled(now.installed.get(provider)))) return null
  return { name, spec: version === '' ? name : spec, before: null, after: null }
}

function bestVersion({ name, operator, version }: Wanted, now: AptState): string | null {
  const available = now.available?.get(name)
  if (available === undefined) return null
  if (operator === '=') return available.versions.find((candidate) => matchesName(candidate, version)) ?? null
  const { candidate } = available
  if (operator === '>=' && candidate !== null && compareVersions(candidate, version) < 0) return null
  return candidate
}

function matches({ operator, version }: Wanted, installed: string): boolean {
  if (operator === '=') return matchesName(installed, version)
  return operator === '' || compareVersions(installed, version) >= 0
}

function removals(now: AptState, want: AptWant): readonly Change[] {
  return [...want.packages, ...expanded(now, want)].flatMap((wanted): readonly Change[] => {
    const entry = now.installed.get(wanted.name)
    if (isInstalled(entry) && matches(wanted, entry!.version))
      return [{ what: `package ${wanted.name}`, before: entry!.version, after: null }]
    const leftovers = want.purge && entry?.status[1] === 'c'
    return leftovers ? [{ what: `configuration of ${wanted.name}`, before: 'present', after: null }] : []
  })
}

/** What `apt-get -s` would install, remove or drop. */
export function simulatedChanges(now: AptState): readonly Change[] {
  if (now.simulationFailed !== null) throw new Failure(now.simulationFailed)
  return now.simulated.split('\n').flatMap((line): readonly Change[] => {
    const [verb, name = '', ...rest] = line.split(' ')
    const before = /\[([^\]]+)\]/.exec(line)?.[1] ?? null
    if (verb === 'Inst')
      return [
        {
          what: `package ${name}`,
          before: /\[/.test(rest[0] ?? '') ? before : null,
          after: /\((\S+)/.exec(line)?.[1] ?? null,
        },
      ]
    if (verb === 'Remv' || verb === 'Purg') return [{ what: `package ${name}`, before, after: null }]
    return verb === 'Del' ? [{ what: `package file of ${name}`, before: rest[0] ?? '', after: null }] : []
  })
}

/** A package file: installed when that very version is not. */
export function debChanges(now: AptState, want: AptWant): readonly Change[] {
  const path = want.deb!
  if (path.includes('://')) return urlChanges(now, path)
  if (now.deb === null) throw new Failure(`Unable to install package: ${now.debError}`)
  const { name, version, installed } = now.deb
  if (installed === version) return []
  if (installed !== null && compareVersions(version, installed) < 0 && !want.allow_downgrade && !want.force)
    throw new Failure('A later version is already installed')
  return [{ what: `package ${name}`, before: installed, after: version }]
}

/** What is in a file elsewhere only fetching it tells, unless its name says a version that is installed. */
function urlChanges(now: AptState, url: string): readonly Change[] {
  const named = fileNameOf(url)
  if (named !== null && now.deb !== null && now.deb.installed?.replace(/^\d+:/, '') === named.version) return []
  return [
    {
      what: `package ${named?.name ?? url}`,
      before: now.deb?.installed ?? null,
      after: named?.version ?? null,
      action: true,
    },
  ]
}

/** `name_version_architecture.deb`, as Debian's archives name files. */
export function fileNameOf(url: string): { readonly name: string; readonly version: string } | null {
  const match = /\/([a-z0-9][a-z0-9+.-]+)_([^_/]+)_[a-z0-9]+\.deb$/.exec(decodeURIComponent(url))
  return match === null ? null : { name: match[1]!, version: match[2]! }
}
