import type { Fields } from '../../kernel/fields.ts'
import { lines, quote, type Sh, sh } from '../../kernel/sh.ts'
import { basename, dirname, hostPath, join } from './paths.ts'
import { parseStatus, probeStatus, type Status } from './status.ts'

export type GitWant = {
  readonly repo: string
  readonly dest: string
  readonly version: string
  readonly remote: string
  readonly refspec: string | undefined
  readonly reference: string | undefined
  readonly force: boolean
  readonly depth: number | undefined
  readonly clone: boolean
  readonly update: boolean
  readonly key_file: string | undefined
  readonly ssh: string
  readonly executable: string | undefined
  readonly bare: boolean
  readonly recursive: boolean
  readonly single_branch: boolean
  readonly track_submodules: boolean
  readonly umask: string | undefined
}

export type GitNow = {
  readonly installed: boolean
  /** There is a repository at the destination. */
  readonly exists: boolean
  /** The destination holds something else. */
  readonly full: boolean
  readonly status: Status | null
  readonly before: string | null
  readonly url: string | null
  readonly modified: boolean
  readonly submodules: boolean
  /** What the wanted version is in the clone, if it knows it. */
  readonly local: string | null
  readonly branch: string | null
  readonly tag: string | null
  readonly head: string | null
  /** Why the remote did not answer. */
  readonly refused: string | null
}

/** Shell text that reads the clone and asks the remote for the version. No optional locks: a look must not write the index. */
export function probeGit(want: GitWant): Sh {
  const git = gitCommand(want)
  const dest = hostPath(want.dest)
  const { version } = want
  const refs =
    version === 'HEAD' ? ['HEAD'] : [`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`]
  return lines([
    environment(want),
    sh`
      command -v ${git} >/dev/null || exit 0
      field installed 1`,
    probeStatus('status', dest),
    sh`
      ask=1
      if [ -e ${join(dest, want.bare ? 'config' : '.git')} ]; then
        field exists 1
        field before "$(${git} -C ${dest} rev-parse -q --verify HEAD 2>/dev/null)"
        field url "$(${git} -C ${dest} config --get ${`remote.${want.remote}.url`})"
        ${want.update ? sh`:` : sh`ask=`}
        ${want.bare ? sh`:` : workingCopy(git, dest)}
        field local "$(${git} -C ${dest} rev-parse -q --verify ${`${version}^{commit}`} 2>/dev/null)"
      elif [ -d ${dest} ] && [ -n "$(ls -A ${dest})" ]; then field full 1; fi
      if [ -n "$ask" ]; then
        if answer=$(${git} ls-remote ${want.repo} ${refs} 2>&1); then field refs "$answer"; else field refused "$answer"; fi
      fi`,
  ])
}

function workingCopy(git: string, dest: string): Sh {
  return sh`
    changes=$(${git} -C ${dest} status --porcelain --untracked-files=no --ignore-submodules 2>/dev/null)
    [ -z "$changes" ] || field modified 1
    if [ -f ${join(dest, '.gitmodules')} ]; then
      case $(${git} -C ${dest} submodule status --recursive 2>/dev/null) in -* | +* | *'
      '[-+]*) field submodules 1 ;; esac
    fi`
}

export function readGit(fields: Fields, want: GitWant): GitNow {
  const refs = new Map(
    fields
      .text('refs')
      .split('\n')
      .map((line) => line.split('\t').reverse() as [string, string]),
  )
  const orNull = (text: string | undefined) => (text === undefined || text === '' ? null : text)
  return {
    installed: fields.flag('installed'),
    exists: fields.flag('exists'),
    full: fields.flag('full'),
    status: parseStatus(fields.text('status')),
    before: orNull(fields.get('before')),
    url: orNull(fields.get('url')),
    modified: fields.flag('modified'),
    submodules: fields.flag('submodules'),
    local: orNull(fields.get('local')),
    head: refs.get('HEAD') ?? null,
    branch: refs.get(`refs/heads/${want.version}`) ?? null,
    tag: refs.get(`refs/tags/${want.version}^{}`) ?? refs.get(`refs/tags/${want.version}`) ?? null,
    refused: fields.get('refused') ?? null,
  }
}

/** The commit that is wanted; null when neither the remote nor the clone knows it. A full hash is one that the remote may know. */
export function target(now: GitNow, { version }: GitWant): string | null {
  if (version === 'HEAD') return now.head
  return now.branch ?? now.tag ?? now.local ?? (/^[0-9a-f]{40}$/.test(version) ? version : null)
}

/** Shell text that clones, or fetches and checks out; the commit then is the field `after`. */
export function applyGit(want: GitWant, now: GitNow): Sh {
  return lines([
    environment(want),
    want.umask === undefined ? null : sh`umask ${want.umask}`,
    now.exists ? update(want, now) : clone(want, now),
    sh`field after "$(${gitCommand(want)} -C ${hostPath(want.dest)} rev-parse HEAD)"`,
  ])
}

/** A clone is made beside its place and moved there whole: one that was cut off would look like a repository. */
function clone(want: GitWant, now: GitNow): Sh {
  const git = gitCommand(want)
  const dest = hostPath(want.dest)
  const parent = dirname(dest)
  const staged = join(parent, `.provision.${basename(dest)}`.slice(0, 200))
  const named = (now.branch ?? now.tag) !== null
  const options = [
    ...(want.bare ? ['--bare'] : ['--origin', want.remote]),
    ...(named ? ['--branch', want.version] : []),
    ...(want.depth === undefined ? [] : ['--depth', String(want.depth)]),
    ...(want.single_branch ? ['--single-branch'] : []),
    ...(want.reference === undefined ? [] : ['--reference', want.reference]),
  ]
  return lines([
    sh`
      [ -d ${parent} ] || mkdir -p ${parent}
      staged=${staged}
      rm -rf "$staged"
      trap 'rm -rf "$staged"' 0
      ${git} clone --quiet ${options} -- ${want.repo} ${staged}`,
    want.bare ? sh`${git} -C ${staged} config ${`remote.${want.remote}.url`} ${want.repo}` : null,
    want.refspec === undefined ? null : sh`${git} -C ${staged} fetch --quiet ${want.remote} ${want.refspec}`,
    named || want.version === 'HEAD' || want.bare ? null : checkoutCommit(want, staged),
    want.bare ? null : submodules(want, staged),
    now.status === null
      ? null
      : sh`
        chown ${`${now.status.uid}:${now.status.gid}`} ${staged}
        chmod ${now.status.mode.toString(8)} ${staged}`,
    sh`
      mv -T ${staged} ${dest}
      trap - 0`,
  ])
}

function update(want: GitWant, now: GitNow): Sh {
  const git = gitCommand(want)
  const dest = hostPath(want.dest)
  const { remote, version } = want
  const depth = want.depth === undefined ? [] : ['--depth', String(want.depth)]
  const specs = want.bare ? ['+refs/heads/*:refs/heads/*'] : [`+refs/heads/*:refs/remotes/${remote}/*`]
  const fetched = sh`
    ${git} -C ${dest} config ${`remote.${remote}.url`} ${want.repo}
    ${git} -C ${dest} fetch --quiet --force --tags ${depth} ${remote} ${specs} ${want.refspec === undefined ? [] : [want.refspec]}`
  if (want.bare) return fetched
  const reset = now.modified ? sh`${git} -C ${dest} reset --quiet --hard HEAD` : null
  return lines([reset, fetched, switchTo(want, now, dest, version), submodules(want, dest)])
}

function switchTo(want: GitWant, now: GitNow, dest: string, version: string): Sh {
  const git = gitCommand(want)
  const { remote } = want
  if (version === 'HEAD') {
    return sh`
      ${git} -C ${dest} remote set-head ${remote} --auto >/dev/null
      branch=$(${git} -C ${dest} symbolic-ref --short ${`refs/remotes/${remote}/HEAD`})
      ${git} -C ${dest} checkout --quiet --force -B "\${branch#${remote}/}" --track "$branch"`
  }
  if (now.branch !== null)
    return sh`${git} -C ${dest} checkout --quiet --force -B ${version} --track ${`${remote}/${version}`}`
  if (now.tag !== null) return sh`${git} -C ${dest} checkout --quiet --force ${`refs/tags/${version}`}`
  return checkoutCommit(want, dest)
}

/** A commit that the branches fetched do not hold is asked for by its hash. */
function checkoutCommit(want: GitWant, dest: string): Sh {
  const git = gitCommand(want)
  const depth = want.depth === undefined ? [] : ['--depth', String(want.depth)]
  return sh`
    ${git} -C ${dest} rev-parse -q --verify ${`${want.version}^{commit}`} >/dev/null || ${git} -C ${dest} fetch --quiet ${depth} ${want.remote} ${want.version}
    ${git} -C ${dest} checkout --quiet --force ${want.version}`
}

function submodules(want: GitWant, dest: string): Sh | null {
  if (!want.recursive) return null
  const git = gitCommand(want)
  const options = [...(want.force ? ['--force'] : []), ...(want.track_submodules ? ['--remote'] : [])]
  return sh`
    if [ -f ${join(dest, '.gitmodules')} ]; then
      ${git} -C ${dest} submodule --quiet sync --recursive
      ${git} -C ${dest} submodule --quiet update --init --recursive ${options}
    fi`
}

function gitCommand(want: GitWant): string {
  return want.executable ?? 'git'
}

function environment(want: GitWant): Sh {
  const key = want.key_file === undefined ? [] : ['-i', quote(want.key_file), '-o', 'IdentitiesOnly=yes']
  const ssh = ['ssh', '-o', 'BatchMode=yes', ...key, ...(want.ssh === '' ? [] : [want.ssh])]
  return sh`
    GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND=${ssh.join(' ')}
    export GIT_OPTIONAL_LOCKS GIT_TERMINAL_PROMPT GIT_SSH_COMMAND`
}
