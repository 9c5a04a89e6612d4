import type { Change } from '../../../kernel/change.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { Failure, type Outcome, type Ran } from '../../../kernel/module.ts'
import { lines, plain, type Sh, sh } from '../../../kernel/sh.ts'
import { linesOf } from '../command.ts'
import { aptGet, CACHE_TIME, PROBE_POLICY, preparation, updateLists } from './commands.ts'
import { cacheChanges, debChanges, fileNameOf, isStale, packageChanges, simulatedChanges, targetsOf } from './plan.ts'
import { APT_READ, type AptState, probeCache, probeDeb, probePackages } from './state.ts'
import { type AptWant, hasTargets } from './want.ts'

type AptOutcome = Outcome<AptState, AptWant>

/** What both `apt` and `package` do on a host with dpkg. */
export function aptProbe(want: AptWant): Sh {
  const script = lines([
    APT_READ,
    probeCache(want),
    want.policy_rc_d === undefined ? null : PROBE_POLICY,
    probePackages(want),
    want.deb === undefined ? null : debProbe(want.deb),
    simulation(want),
  ])
  return plain(script)
}

function debProbe(path: string): Sh | null {
  if (!path.includes('://')) return probeDeb(path)
  const named = fileNameOf(path)
  return named === null
    ? null
    : sh`
      installed=$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}|\${Architecture}|\${Version}\n' ${named.name} 2>/dev/null) || :
      field deb-name ${named.name}; field deb-version ${named.version}; field deb-installed "$installed"`
}

/** What only apt-get can tell: the upgrades, and what is no longer needed. */
function simulation(want: AptWant): Sh | null {
  const command = simulated(want)
  if (command === null) return null
  return sh`
    if words=$(apt_read ${aptGet(want, sh`-s ${command}`)} 2>&1); then field simulated "$words"
    else field simulation-failed "$words"; fi`
}

function simulated(want: AptWant): Sh | null {
  const names = want.packages.map(({ spec }) => spec)
  const purge = want.purge ? sh`--purge` : null
  if (want.upgrade !== null) return upgradeCommand(want)
  if (want.state === 'build-dep') return sh`build-dep ${names}`
  if (want.state === 'fixed') return sh`install ${names}`
  if (hasTargets(want)) return null
  if (want.autoremove) return sh`autoremove ${purge}`
  return want.autoclean ? sh`autoclean` : null
}

function upgradeCommand(want: AptWant): Sh {
  const auto = want.autoremove ? sh`--auto-remove` : null
  return want.upgrade === 'dist-upgrade' ? sh`dist-upgrade ${auto}` : sh`upgrade --with-new-pkgs ${auto}`
}

export function aptPlan(now: AptState, want: AptWant): readonly Change[] {
  const clean: Change = { what: 'downloaded package files', before: 'present', after: null, action: true }
  return [
    ...(want.clean ? [hasTargets(want) ? { ...clean, quiet: true as const } : clean] : []),
    ...(now.policyLeft ? [{ what: 'policy-rc.d', before: 'temporary', after: 'restored', quiet: true as const }] : []),
    ...cacheChanges(now, want),
    ...mainChanges(now, want),
  ]
}

function mainChanges(now: AptState, want: AptWant): readonly Change[] {
  if (want.deb !== undefined) return debChanges(now, want)
  if (simulated(want) !== null) return simulatedChanges(now)
  return packageChanges(now, want)
}

/** Commands write what Ansible calls stdout; before it stand fields. */
export function aptApply(changes: readonly Change[], want: AptWant, now: AptState): Sh {
  const stale = isStale(now, want)
  const marks = changes
    .filter(({ what }) => what.startsWith('mark of '))
    .map(({ what }) => what.slice('mark of '.length))
  const open = changes.some((change) => !change.quiet)
  return lines([
    preparation(want),
    want.clean ? sh`apt-get clean` : null,
    stale ? updateLists(want) : null,
    stale ? CACHE_TIME : null,
    marks.length > 0 ? sh`apt-mark manual ${marks} >/dev/null` : null,
    open || (stale && mayFindMore(want)) ? mainCommand(changes, want, now) : null,
  ])
}

/** New lists may hold versions the plan could not know. */
function mayFindMore(want: AptWant): boolean {
  return want.upgrade !== null || want.state === 'latest'
}

function mainCommand(changes: readonly Change[], want: AptWant, now: AptState): Sh | null {
  const purge = want.purge ? sh`--purge` : null
  if (want.deb !== undefined) return installDeb(want, want.deb)
  const command = simulated(want)
  if (command !== null) return aptGet(want, command)
  if (want.packages.length === 0 && want.patterns.length === 0) return null
  const auto = want.autoremove ? sh`--auto-remove` : null
  if (want.state === 'absent') {
    const names = changes.filter((change) => !change.quiet).map(({ what }) => what.split(' ').at(-1)!)
    return aptGet(want, sh`-q ${purge} ${auto} remove ${names}`)
  }
  const specs = targetsOf(now, want).map(({ spec }) => spec)
  const named = isStale(now, want) && want.state === 'latest' ? want.packages.map(({ spec }) => spec) : specs
  return named.length === 0 ? null : aptGet(want, sh`${auto} install ${named}`)
}

/** apt-get resolves what a package file depends on; from elsewhere the file comes by apt's own downloader. */
function installDeb(want: AptWant, deb: string): Sh {
  if (!deb.includes('://')) return aptGet(want, sh`install ${deb.startsWith('/') ? deb : `./${deb}`}`)
  return sh`
    folder=$(mktemp -d); trap 'rm -rf "$folder"' 0; chmod 755 "$folder"
    /usr/lib/apt/apt-helper -q download-file ${deb} "$folder/package.deb" >/dev/null
    name=$(dpkg-deb -f "$folder/package.deb" Package); version=$(dpkg-deb -f "$folder/package.deb" Version)
    status=$(dpkg-query -W -f '\${db:Status-Abbrev}\${Version}' "$name" 2>/dev/null) || status=
    if [ "$status" = "ii $version" ]; then field unchanged 1
    else ${aptGet(want, sh`install "$folder/package.deb"`)}; fi`
}

const NOTHING = '0 upgraded, 0 newly installed, 0 to remove'

/** The keys Ansible's module gives. */
export function aptResult({ now, want, changes, ran }: AptOutcome): JsonObject {
  const stdout = ran === null ? '' : output(ran)
  const cacheTime = ran?.fields.int('cache-time') ?? now.cacheTime
  const fetched = ran?.fields.has('cache-time') === true && cacheTime !== now.cacheTime
  const cache = { cache_updated: fetched, cache_update_time: cacheTime }
  if (!hasTargets(want) && !want.autoremove && !want.autoclean && want.state !== 'fixed') {
    if (want.clean) return { changed: changes.length > 0, msg: stdout, stdout, stderr: '', ...linesOf(stdout, '') }
    return { changed: ran !== null && fetched, ...cache }
  }
  const changed = ran === null ? changes.some((change) => !change.quiet) : didChange(changes, ran, stdout)
  const kept = want.state === 'absent' || want.deb !== undefined || want.upgrade !== null ? {} : cache
  const spoken =
    stdout === '' && !changed ? {} : { stdout, stderr: ran?.stderr ?? '', ...linesOf(stdout, ran?.stderr ?? '') }
  return { changed, ...kept, ...spoken, ...(want.upgrade === null ? {} : { msg: stdout }) }
}

function didChange(changes: readonly Change[], ran: Ran, stdout: string): boolean {
  if (ran.fields.flag('unchanged')) return false
  const planned = changes.some((change) => !change.quiet)
  return stdout.includes(NOTHING) ? false : planned || stdout.includes(' upgraded, ')
}

/** What the commands printed: the text behind the last field. */
function output(ran: Ran): string {
  return ran.stdout.slice(ran.stdout.lastIndexOf('\0') + 1)
}

/** A package that apt-get does not know is named in Ansible's words; everything else in apt-get's. */
export function aptFailure({ want, ran }: AptOutcome & { readonly ran: Ran }): Failure {
  const stdout = output(ran)
  const said = { rc: ran.rc, stdout, stderr: ran.stderr, ...linesOf(stdout, ran.stderr) }
  const missing = /Unable to locate package (\S+)/.exec(ran.stderr)?.[1]
  if (missing !== undefined) return new Failure(`No package matching '${missing}' is available`, said)
  if (/^Failed to /.test(ran.stderr)) return new Failure(ran.stderr.trim(), said)
  const verb = want.state === 'absent' ? 'remove' : (want.upgrade ?? 'install')
  return new Failure(`'apt-get ${verb}' failed: ${ran.stderr}`, said)
}
