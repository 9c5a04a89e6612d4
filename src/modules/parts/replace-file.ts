import { Blob } from '../../kernel/blob.ts'
import type { NewFile } from '../../kernel/new-file.ts'
import { Problem } from '../../kernel/problem.ts'
import { lines, quote, Sh, sh } from '../../kernel/sh.ts'
import { shlexSplit } from '../../kernel/shlex.ts'
import type { Adjustment } from './attributes.ts'
import { basename, dirname, hostPath, join } from './paths.ts'
import { octal, type Status } from './status.ts'

type Replacement = {
  readonly dest: string
  /** A command that writes the content to standard output. */
  readonly content: Blob | Sh
  /** What is at `dest` now. */
  readonly now: Status | null
  /** What is wanted beyond what is there; a new file without a wanted mode gets 0666 less the umask. */
  readonly adjust: Adjustment
  /** A command with `%s` for the staged file; it must succeed before the file takes its place. */
  readonly validate?: string | undefined
  readonly backup?: boolean
  /** Shell text that judges `$staged`, and ends the apply when it is not right. */
  readonly check?: Sh | null
}

/**
 * Shell text that puts a file in place in one step (rename(2)): staged beside it with its final owner and mode, checked, then moved. What was there
 * keeps its owner and mode. Afterwards `$dest` is the path; a backup's name is the field `backup_file`. No process for staging:
 * `set -C` opens exclusively, so nobody's link can stand in the staged file's place, and the umask gives it its mode.
 */
export function replaceFile({ dest, content, now, adjust, validate, backup, check }: Replacement): Sh {
  const path = hostPath(dest)
  const kept = now?.kind === 'file' ? now : null
  const mode = adjust.mode ?? kept?.mode ?? null
  const byUmask = isByUmask(mode)
  return lines([
    sh`
      dest=${path}
      staged=${join(dirname(path), '.provision')}.$$
      [ ! -e "$staged" ] || rm -f "$staged"
      trap 'rm -f "$staged"' 0`,
    mode === null ? null : sh`umask ${byUmask ? umaskFor(mode) : '077'}`,
    sh`
      set -C
      ${content} >"$staged"
      set +C`,
    content instanceof Blob && content.stream !== null
      ? promised(content.sha1, 'the content that arrived is not the one that was sent')
      : null,
    check ?? null,
    validateScript(validate),
    kept === null ? null : keptOwner(kept),
    ownership(adjust),
    mode === null || byUmask ? null : sh`chmod ${octal(mode)} "$staged"`,
    backup && now !== null ? backupScript : null,
    sh`
      mv -f "$staged" "$dest"
      trap - 0`,
  ])
}

/** What `replaceFile` does, where that is to make a file of content at hand, whose owner is whoever makes it; else null. */
export function newFile(content: Blob, path: string, { mode, owner, group }: Adjustment): NewFile | null {
  if (content.stream !== null || owner !== null || group !== null || !isByUmask(mode)) return null
  return { folder: dirname(path), name: basename(path), content, umask: mode === null ? null : umaskFor(mode) }
}

/** A shell makes files that nobody may run; null: the umask is as it is. */
function isByUmask(mode: number | null): boolean {
  return mode === null || (mode & 0o7111) === 0
}

function umaskFor(mode: number): string {
  return octal(0o666 & ~mode)
}

/** Shell text that reads `$staged` again, and ends the apply with a message when it is not what was promised. */
export function promised(sha1: string, message: string): Sh {
  return sh`
    sum=$(sha1sum <"$staged")
    [ "\${sum%% *}" = ${sha1} ] || { emit ${message} >&2; exit 1; }`
}

/** Shell text that keeps a copy of `$dest` under Ansible's name for backups, given as the field `backup_file`. */
const backupScript: Sh = sh`
  number=$$
  time=$(date +%Y-%m-%d@%H:%M:%S)
  while [ -e "$dest.$number.$time~" ]; do number=$((number + 1)); done
  cp -p "$dest" "$dest.$number.$time~"
  field backup_file "$dest.$number.$time~"`

/** Shell text that runs the validation on `$staged` and ends the apply, in the validator's own words, when it fails. */
function validateScript(validate: string | undefined): Sh | null {
  if (validate === undefined || validate === '') return null
  return sh`
    if words=$(${validateCommand(validate)} 2>&1); then :; else
      code=$?
      emit "failed to validate: rc:$code error:$words" >&2
      exit 1
    fi`
}

/** The command with `"$staged"` in the place of `%s`. Raises `args.validate` when there is none, or an unclosed quotation. */
export function validateCommand(validate: string): Sh {
  if (!validate.includes('%s')) throw wrongValidate(`validate must contain %s: ${validate}`)
  try {
    const words = shlexSplit(validate).map((word) =>
      word
        .split('%s')
        .map((part) => (part === '' ? '' : quote(part)))
        .join('"$staged"'),
    )
    return sh`${words.map((word) => new Sh([word === '' ? "''" : word]))}`
  } catch (error) {
    if (error instanceof RangeError) throw wrongValidate(`${error.message}: ${validate}`)
    throw error
  }
}

function wrongValidate(detail: string): Problem {
  const hint = '%s stands for the file that is to be checked'
  return new Problem({ code: 'args.validate', summary: 'Wrong validate', detail, hint })
}

/** As Ansible does, an owner that we may not give is let go, unless the task asks for it. */
function keptOwner(now: Status): Sh {
  return sh`[ -O "$dest" ] && [ -G "$dest" ] || chown ${`${now.uid}:${now.gid}`} "$staged" 2>/dev/null || :`
}

function ownership({ owner, group }: Adjustment): Sh | null {
  if (owner === null && group === null) return null
  return owner === null
    ? sh`chgrp ${group} "$staged"`
    : sh`chown ${group === null ? owner : `${owner}:${group}`} "$staged"`
}
