import type { Blob } from '../../kernel/blob.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import type { Adjustment } from './attributes.ts'
import { hostPath } from './paths.ts'
import type { Status } from './status.ts'
import { archiveOf } from './tar-archive.ts'
import { adjustTreeScript, chunks } from './tree.ts'

/** A folder that is there, as a path below the base (`.`: the base itself), and what comes into it: each folder before what is in it. */
export type Batch = { readonly folder: string; readonly items: readonly Item[] }

/** A new folder (no content), or a file that is new or takes the place of `now`. */
type Item = {
  /** Below the folder that is there. */
  readonly path: string
  readonly content: Blob | null
  readonly now: Status | null
  /** What is wanted beyond what is there, as for `replaceFile`. */
  readonly adjust: Adjustment
}

type Staged = Item & { readonly at: string; readonly dest: string }

/**
 * Shell text that does for many small files what `replaceFile` does for one, in few processes: one archive brings all. Each is staged in a
 * folder beside where it belongs, so on the same file system, that nobody else may enter; has its final owner and mode there; and is moved with the
 * others of its folder by one mv(1). A new folder is moved with all that is in it. One folder of links leads tar(1) to where things are staged.
 * What went wrong is said last: a shell whose connection is lost dies of saying it.
 */
export function placeTogether(base: string, batches: readonly Batch[]): Sh {
  const items = batches.flatMap(({ folder, items }, index) =>
    items.map((item) => ({ ...item, at: `./${index}/${item.path}`, dest: `../${folder}/${item.path}` })),
  )
  const stages = batches.map(({ folder }) => sh`${`./${folder}/.provision`}.$$.new`)
  return lines([
    sh`
      (
      cd ${hostPath(base)}
      base=$PWD
      staged=.provision.$$
      set -- ${stages}
      [ ! -e "$staged" ] || rm -rf "$staged" "$@"
      words=
      trap 'cd "$base"; rm -rf "$staged" "$@"; emit "$words" >&2' 0
      trap 'exit 1' TERM
      (umask 077; mkdir "$staged" "$@")`,
    ...batches.map(({ folder }, index) => sh`ln -s ${`../${folder}/.provision`}.$$.new "$staged"/${index}`),
    sh`cd "$staged"`,
    ...chunks(items.filter(({ content }) => content === null).map(({ at }) => at)).map((chunk) => sh`mkdir ${chunk}`),
    unpack(items),
    ...keptOwners(items),
    // What is in a folder first: its mode may not let us in.
    adjustTreeScript(
      items.toReversed().map(({ at, now, adjust }) => ({ path: at, adjust: { ...adjust, mode: modeOf(adjust, now) } })),
    ),
    ...batches.flatMap(({ folder, items }, index) =>
      chunks(items.filter(({ path }) => !path.includes('/')).map(({ path }) => `./${index}/${path}`)).map(
        (chunk) => sh`mv -f ${chunk} ${`../${folder}/`}`,
      ),
    ),
    sh`)`,
  ])
}

/** The first that tar(1) says is enough: on a full disk it says the same of each file. */
function unpack(items: readonly Staged[]): Sh | null {
  const members = items.flatMap(({ at, content, now, adjust }) => {
    const mode = modeOf(adjust, now) === null ? 0o666 : 0o600
    return content === null ? [] : [{ name: at.slice(2), mode, content }]
  })
  if (members.length === 0) return null
  return sh`
    words=$(${archiveOf(members)} | tar --no-same-permissions -xomf - 2>&1) || { words=\${words%%
    *}; exit 1; }
    words='the files that arrived are not all that were sent'
    [ -e ${members.at(-1)!.name} ]
    words=`
}

/** What is there keeps its mode; null: the umask gives it. */
function modeOf({ mode }: Adjustment, now: Status | null): number | null {
  return mode ?? (now?.kind === 'file' ? now.mode : null)
}

/** As for one file: an owner that we may not give is let go, unless the task asks for it. */
function keptOwners(items: readonly Staged[]): Sh[] {
  const owners = new Map<string, Staged[]>()
  for (const item of items) {
    if (item.now?.kind !== 'file') continue
    const owner = `${item.now.uid}:${item.now.gid}`
    const others = owners.get(owner)
    if (others === undefined) owners.set(owner, [item])
    else others.push(item)
  }
  return [...owners].flatMap(([owner, group]) => {
    const { dest } = group[0]!
    return chunks(group.map(({ at }) => at)).map(
      (chunk) => sh`[ -O ${dest} ] && [ -G ${dest} ] || chown ${owner} ${chunk} 2>/dev/null || :`,
    )
  })
}
