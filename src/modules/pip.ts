import type { Change } from '../kernel/change.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure, type Outcome, type Ran } from '../kernel/module.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import { hostPath, join } from './parts/paths.ts'
import { type PipArgs, pipSchema } from './parts/pip/arguments.ts'
import { isInstalled, type Package, packagesOf, parseList } from './parts/pip/packages.ts'

type Want = {
  readonly given: PipArgs
  readonly packages: readonly Package[]
  readonly folder: string
  readonly environment: string | null
  /** The words behind `pip`. */
  readonly words: readonly string[]
  /** Only pip can tell whether there is something to do. */
  readonly uncertain: boolean
  /** Only the list of packages tells whether something was done. */
  readonly compares: boolean
}
type Now = { readonly hasEnvironment: boolean; readonly installed: ReadonlyMap<string, string>; readonly list: string }

/**
 * Python packages, by the pip of the host or of a virtual environment; follows Ansible's `pip`. What is installed as wanted is left
 * alone without asking an index.
 */
export const module = defineModule<PipArgs, Want, Now>({
  name: 'pip',
  summary: 'Installs Python packages',
  examples: [
    '- pip:\n    name: [flask, "gunicorn>=20,<21"]\n    virtualenv: /srv/app/venv\n    virtualenv_command: python3 -m venv\n',
    '- pip:\n    requirements: /srv/app/requirements.txt\n    virtualenv: /srv/app/venv\n',
  ],
  args: pipSchema,
  want: wanted,
  probe: (want) =>
    lines([
      enter(want),
      want.environment === null
        ? findPip(want)
        : sh`if [ -e ${`${want.environment}/bin/activate`} ]; then field environment 1`,
      want.environment === null ? null : findPip(want),
      sh`field list "$("$@" --disable-pip-version-check list --format=freeze)"`,
      want.environment === null ? null : sh`fi`,
    ]),
  read: (fields) => {
    const list = fields.text('list')
    return { hasEnvironment: fields.flag('environment'), installed: parseList(list), list }
  },
  plan,
  apply: (_, want, now) => {
    const { given, environment, words, compares } = want
    return lines([
      given.umask === undefined ? null : sh`umask ${given.umask}`,
      enter(want),
      environment === null || now.hasEnvironment ? null : makeEnvironment(want, environment),
      findPip(want),
      environment === null ? null : sh`PATH=${`${environment}/bin`}:$PATH`,
      sh`
        field pip "$*"
        code=0; out=$("$@" ${words}) || code=$?
        field stdout "$out"
        [ "$code" = 0 ] || exit "$code"`,
      compares ? sh`field list "$("$@" --disable-pip-version-check list --format=freeze)"` : null,
    ])
  },
  result,
  failure: ({ want, ran }): Failure => {
    const [out, err] = [ran.fields.text('stdout'), ran.stderr]
    if (!ran.fields.has('pip')) return new Failure(err.trim() || ran.stdout.trim(), { rc: ran.rc })
    const told = out === '' ? '' : `stdout: ${out}`
    return new Failure(`${told}${err === '' ? '' : `\n:stderr: ${err}`}`, { cmd: commandOf(ran, want) })
  },
  effects: 'network',
})

const COMMANDS = {
  present: ['install'],
  absent: ['uninstall', '-y'],
  latest: ['install', '-U'],
  forcereinstall: ['install', '-U', '--force-reinstall'],
} as const

/** Arguments that change nothing about a package which is installed as wanted; those of the second list take a value. */
const HARMLESS =
  /^(-q+|-v+|--(quiet|verbose|no-cache-dir|break-system-packages|no-deps|no-index|disable-pip-version-check|no-input|no-warn-script-location|(index-url|extra-index-url|trusted-host|find-links|proxy|cert|timeout|retries|cache-dir)=.*))$/
const WITH_VALUE =
  /^(-i|-f|--(index-url|extra-index-url|trusted-host|find-links|proxy|cert|timeout|retries|cache-dir))$/

function wanted(given: PipArgs): Want {
  if (given.umask !== undefined && !/^[0-7]+$/.test(given.umask)) throw new Failure('umask must be an octal integer')
  const packages = packagesOf(given)
  const extra = [...shlexSplit(given.extra_args ?? '')]
  if (given.editable && !extra.includes('-e')) extra.push('-e')
  const names = given.requirements === undefined ? packages.map(({ written }) => written) : ['-r', given.requirements]
  const folder = given.chdir ?? '/tmp'
  const { state } = given
  const unlike =
    given.requirements !== undefined || !isHarmless(extra) || state === 'latest' || state === 'forcereinstall'
  return {
    given,
    packages,
    folder,
    environment: given.virtualenv === undefined ? null : within(folder, given.virtualenv),
    words: [...COMMANDS[state], ...extra, ...names],
    uncertain: state !== 'absent' && unlike,
    compares: given.requirements !== undefined || packages.some(({ written }) => /^(svn|git|hg|bzr)\+/.test(written)),
  }
}

function isHarmless(words: readonly string[]): boolean {
  return words.every(
    (word, index) => HARMLESS.test(word) || WITH_VALUE.test(word) || WITH_VALUE.test(words[index - 1] ?? ''),
  )
}

function within(folder: string, path: string): string {
  return path.startsWith('/') ? path : join(folder, path)
}

function plan(now: Now, want: Want): readonly Change[] {
  const { given, environment, packages, uncertain } = want
  const changes: Change[] = []
  if (environment !== null && !now.hasEnvironment)
    changes.push({ what: 'virtualenv', before: null, after: environment })
  const known = packages.map((wish) => ({ ...wish, before: now.installed.get(wish.name ?? '') ?? null }))
  if (given.state === 'absent') {
    const there = known.filter(({ before }) => before !== null)
    return [...changes, ...there.map(({ written, before }) => ({ what: `package ${written}`, before, after: null }))]
  }
  const missing = known.filter((wish) => isInstalled(wish, now.installed) === false)
  changes.push(
    ...missing.map(({ name, specifiers, before }) => ({
      what: `package ${name}`,
      before,
      after: specifiers || 'present',
    })),
  )
  const asks = uncertain || packages.some((wish) => isInstalled(wish, now.installed) === null)
  if (asks) {
    const certain = given.state === 'forcereinstall'
    const run: Change = { what: 'pip', before: null, after: want.words.join(' '), action: true }
    changes.push(certain ? run : { ...run, uncertain: true })
  }
  return changes
}

function enter({ folder }: Want): Sh {
  return sh`cd -- ${hostPath(folder)}`
}

/** Shell text that makes the words of the pip to use `$@`: that of the environment, the one named, or that of the host's Python. */
function findPip({ given: { executable }, environment }: Want): Sh {
  const missing = (name: string) => `Unable to find any of ${name} to use.  pip needs to be installed.`
  if (environment !== null) {
    const words = `Unable to find pip in the virtualenv, ${environment}, under any of these names: pip3, pip. Make sure pip is present in the virtualenv.`
    return sh`
      set --
      for name in pip pip3; do [ ! -x ${environment}/bin/"$name" ] || set -- ${environment}/bin/"$name"; done
      [ "$#" -gt 0 ] || { emit ${words} >&2; exit 1; }`
  }
  if (executable !== undefined)
    return sh`found=$(command -v ${executable}) || { emit ${missing(executable)} >&2; exit 1; }; set -- "$found"`
  return sh`
    if found=$(command -v python3) && "$found" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pip") is None)'
    then set -- "$found" -m pip
    else found=$(command -v pip3) || { emit ${missing('pip3')} >&2; exit 1; }; set -- "$found"; fi`
}

function makeEnvironment({ given }: Want, environment: string): Sh {
  const words = shlexSplit(given.virtualenv_command)
  const isOther = /pyvenv|-m venv/.test(given.virtualenv_command)
  if (isOther && given.virtualenv_python !== undefined)
    throw new Failure('virtualenv_python should not be used when using the venv module or pyvenv as virtualenv_command')
  const options = [
    ...(given.virtualenv_site_packages ? ['--system-site-packages'] : []),
    ...(given.virtualenv_python === undefined ? [] : [`-p${given.virtualenv_python}`]),
  ]
  return sh`
    command -v ${words[0] ?? ''} >/dev/null || { emit ${`Failed to find required executable "${words[0]}"`} >&2; exit 1; }
    made=$(${words} ${options} ${environment}) || { emit "$made" >&2; exit 1; }
    field made "$made"`
}

function result({ now, want, changes, ran }: Outcome<Now, Want>): JsonObject {
  const { given, environment } = want
  const base = {
    name: given.name === undefined ? null : [...given.name],
    version: given.version ?? null,
    state: given.state,
    requirements: given.requirements ?? null,
    virtualenv: environment,
  }
  if (ran === null) return { ...base, stdout: '', stderr: '' }
  const out = ran.fields.text('stdout')
  const said = given.state === 'absent' ? 'Successfully uninstalled' : 'Successfully installed'
  const did = want.compares ? ran.fields.text('list') !== now.list : out.includes(said)
  const made = changes.some(({ what }) => what === 'virtualenv')
  const stdout = [ran.fields.text('made'), out].filter((text) => text !== '').join('\n')
  return { ...base, changed: did || made, cmd: commandOf(ran, want), stdout, stderr: ran.stderr }
}

function commandOf(ran: Ran, { words }: Want): string[] {
  return [...ran.fields.text('pip').split(' '), ...words]
}
