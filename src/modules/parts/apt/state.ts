import type { Fields } from '../../../kernel/fields.ts'
import { PACKAGE_FORMAT, Question } from '../../../kernel/question.ts'
import { lines, type Sh, sh } from '../../../kernel/sh.ts'
import { globWord } from '../glob.ts'
import type { AptWant } from './want.ts'

/** What is installed and what could be. */
export type AptState = {
  /** By the name it was asked for. */
  readonly installed: ReadonlyMap<string, Installed>
  /** Known packages; `null` when nobody had to ask. */
  readonly available: ReadonlyMap<string, Available> | null
  /** Packages that provide a name which is no package. */
  readonly providers: ReadonlyMap<string, readonly string[]>
  /** Names that a pattern stands for. */
  readonly matched: ReadonlyMap<string, readonly string[]>
  /** Installed because of others, by name. */
  readonly automatic: ReadonlySet<string>
  /** What apt-get says it would do. */
  readonly simulated: string
  readonly simulationFailed: string | null
  readonly cacheTime: number
  readonly now: number
  readonly deb: { readonly name: string; readonly version: string; readonly installed: string | null } | null
  readonly debError: string
  /** A policy-rc.d of ours that a run which was cut off left behind. */
  readonly policyLeft: boolean
}

type Installed = {
  /** dpkg's two letters: wanted state, actual state. */
  readonly status: string
  readonly version: string
}
type Available = { readonly candidate: string | null; readonly versions: readonly string[] }

/**
 * Reading with apt's tools as root writes their cache when it is out of date; a probe does without it then.
 */
export const APT_READ: Sh = sh`
  apt_read() {
    cache=/var/cache/apt/pkgcache.bin
    if [ "$cache" -nt /var/lib/dpkg/status ] && [ "$cache" -nt /var/lib/apt/lists ]; then "$@"
    else "$@" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=; fi
  }`

/**
 * dpkg-query is asked for all names; apt is asked only when one of them is not installed or a version matters. dpkg's answer is enough for a
 * host that has what it should.
 */
export function probePackages(want: AptWant): Sh | null {
  if (want.packages.length === 0 && want.patterns.length === 0) return null
  const versions = want.state === 'latest' || want.packages.some(({ operator }) => operator !== '')
  const release = want.default_release === undefined ? null : sh`-o ${`APT::Default-Release=${want.default_release}`}`
  return lines([
    sh`
      newline='
      '
      known= ask=
      set --`,
    ...want.packages.map(probeNamed),
    ...want.patterns.map(probePattern),
    sh`
      field dpkg "$known"
      case $newline$known in *"$newline"?[!i]*) ask=1 ;; esac`,
    versions ? sh`ask=1` : null,
    want.state === 'absent' ? sh`ask=` : null,
    sh`
      if [ "$ask" ]; then
        policy=$(apt_read apt-cache ${release} policy "$@" 2>/dev/null) || :
        field policy "$policy"
        case $policy in *'Candidate: (none)'*)
          set -- $(emit "$policy" | sed -n '/^[^ ]/h; /^  Candidate: (none)/{x;s/:$//p;}')
          provides=$(apt_read apt-cache showpkg "$@" 2>/dev/null) || :
          field provides "$provides"
          set -- $(emit "$provides" | sed -n '/^Reverse Provides:/,/^Package: /{/^[A-Z]/!s/ .*//p;}')
          [ $# = 0 ] || field providers "$(dpkg-query -W -f ${PACKAGE_FORMAT} "$@" 2>/dev/null)" || : ;;
        esac
      fi`,
    want.state === 'absent' ? null : probeAutomatic(want),
  ])
}

/** Adds a name, and what dpkg knows of it. */
function probeNamed({ name }: { readonly name: string }): Sh {
  return sh`
    answer=${new Question('package', name)} || :
    set -- "$@" ${name}; known=$known$answer$newline; [ "$answer" ] || ask=1`
}

function probePattern(pattern: string): Sh {
  const prefix = /^[^*?[\]!]*/.exec(pattern)![0]
  return sh`
    for name in $(apt_read apt-cache pkgnames ${prefix}); do
      case $name in ${globWord(pattern)})
        answer=$(dpkg-query -W -f ${PACKAGE_FORMAT} "$name" 2>/dev/null) || :
        set -- "$@" "$name"; known=$known$answer$newline; [ "$answer" ] || ask=1
        field ${`match ${pattern}`} "$name" ;;
      esac
    done`
}

/** Which of the names apt calls automatic. */
function probeAutomatic(want: AptWant): Sh {
  return lines(want.packages.map(({ name }) => sh`field automatic "${new Question('automatic', name)}"`))
}

/** How old the package lists are, and the time on the host where their age matters. */
export function probeCache(want: AptWant): Sh {
  const [stamp, lists] = ['/var/lib/apt/periodic/update-success-stamp', '/var/lib/apt/lists'].map(
    (path) => sh`[ -e ${path} ]; then set -- ${new Question('status', path)}`,
  )
  return lines([
    sh`
      set --
      if ${stamp!}
      elif ${lists!}; fi
      [ $# = 0 ] || field cache-time "$8"`,
    want.refreshes && want.cache_valid_time > 0 ? sh`field now "$(date +%s)"` : null,
  ])
}

/** The name and version in a package file, and which version of it is installed. `dpkg-deb -f` would unpack into /tmp. */
export function probeDeb(path: string): Sh {
  return sh`
    if words=$(dpkg-deb --ctrl-tarfile ${path} 2>&1 >/dev/null); then
      control=$(dpkg-deb --ctrl-tarfile ${path} | tar -xOf - ./control)
      name=$(emit "$control" | sed -n 's/^Package: *//p')
      field deb-name "$name"; field deb-version "$(emit "$control" | sed -n 's/^Version: *//p')"
      installed=$(dpkg-query -W -f ${PACKAGE_FORMAT} "$name" 2>/dev/null) && field deb-installed "$installed" || :
    else field deb-error "$words"; fi`
}

export function readState(fields: Fields, want: AptWant): AptState {
  const installed = readInstalled(fields.text('dpkg'))
  const debInstalled = [...readInstalled(fields.text('deb-installed')).values()].find(isInstalled)
  return {
    installed: new Map([...readInstalled(fields.text('providers')), ...installed]),
    available: fields.has('policy') ? readPolicy(fields.text('policy')) : null,
    providers: readProviders(fields.text('provides')),
    matched: new Map(want.patterns.map((pattern) => [pattern, fields.all(`match ${pattern}`)])),
    automatic: new Set(fields.all('automatic')),
    simulated: fields.text('simulated'),
    simulationFailed: fields.get('simulation-failed') ?? null,
    cacheTime: fields.int('cache-time') ?? 0,
    now: fields.int('now') ?? 0,
    deb: fields.has('deb-name')
      ? { name: fields.text('deb-name'), version: fields.text('deb-version'), installed: debInstalled?.version ?? null }
      : null,
    debError: fields.text('deb-error'),
    policyLeft: fields.flag('policy-left'),
  }
}

export function isInstalled(entry: Installed | undefined): boolean {
  return entry?.status[1] === 'i'
}

/** Packages of a foreign architecture are found as `name:arch` only. */
function readInstalled(answer: string): Map<string, Installed> {
  const found = new Map<string, Installed>()
  for (const line of answer.split('\n')) {
    const [status, name, architecture, version] = line.split('|')
    if (version === undefined) continue
    const entry = { status: status!, version }
    found.set(`${name}:${architecture}`, entry)
    if (!isInstalled(found.get(name!))) found.set(name!, entry)
  }
  return found
}

/** The output of `apt-cache policy`. */
function readPolicy(answer: string): ReadonlyMap<string, Available> {
  const found = new Map<string, Available>()
  let name = ''
  let candidate: string | null = null
  let versions: string[] = []
  const close = () => {
    if (name !== '') found.set(name, { candidate, versions })
  }
  for (const line of answer.split('\n')) {
    const header = /^(\S.*):$/.exec(line)
    const version = /^ (?:\*\*\*| {3}) (\S+) -?\d+/.exec(line)
    if (header !== null) {
      close()
      ;[name, candidate, versions] = [header[1]!, null, []]
    } else if (line.startsWith('  Candidate: ')) {
      const text = line.slice('  Candidate: '.length)
      candidate = text === '(none)' ? null : text
    } else if (version !== null) versions.push(version[1]!)
  }
  close()
  return found
}

/** The output of `apt-cache showpkg`: who provides what is no package itself. */
function readProviders(answer: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const part of answer.split(/^Package: /m).slice(1)) {
    const name = part.split('\n')[0]!
    const [, listed = ''] = part.split(/^Reverse Provides: *\n/m)
    found.set(name, [
      ...new Set(
        listed
          .split('\n')
          .map((line) => line.split(' ')[0]!)
          .filter((word) => word !== ''),
      ),
    ])
  }
  return found
}
