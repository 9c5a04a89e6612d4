import type { Blob } from '../../kernel/blob.ts'
import { Problem } from '../../kernel/problem.ts'
import { lines, quote, Sh, sh } from '../../kernel/sh.ts'
import type { Adjustment } from './attributes.ts'
import { dirname, hostPath, join } from './paths.ts'
import { octal, type Status } from './status.ts'
import { splitWords } from './words.ts'

export type Replacement = {
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
}

/**
 * Shell text that puts a file in place in one step (rename(2)): staged beside it with its final owner and mode, checked, then moved. What
 * was there keeps its owner and mode. Afterwards `$dest` is the path; a backup's name is the field `backup_file`.
 */
export function replaceFile({ dest, content, now, adjust, validate, backup }: Replacement): Sh {
  const path = hostPath(dest)
  return lines([
    sh`
      dest=${path}
      staged=$(mktemp ${join(dirname(path), '.provision.XXXXXX')})
      trap 'rm -f "$staged"' 0
      ${content} >"$staged"`,
    validateScript(validate),
    now === null || now.kind !== 'file' ? newAttributes(adjust) : keptAttributes(now, adjust),
    backup && now !== null ? backupScript() : null,
    sh`
      mv -f "$staged" "$dest"
      trap - 0`,
  ])
}

/** Shell text that keeps a copy of `$dest` under Ansible's name for backups, given as the field `backup_file`. */
export function backupScript(): Sh {
  return sh`
    number=$$
    time=$(date +%Y-%m-%d@%H:%M:%S)
    while [ -e "$dest.$number.$time~" ]; do number=$((number + 1)); done
    cp -p "$dest" "$dest.$number.$time~"
    field backup_file "$dest.$number.$time~"`
}

function validateScript(validate: string | undefined): Sh | null {
  if (validate === undefined || validate === '') return null
  const command = validateCommand(validate)
  return sh`
    if words=$(${command} 2>&1); then :; else
      code=$?
      emit "failed to validate: rc:$code error:$words" >&2
      exit 1
    fi`
}

/** The command with `"$staged"` in the place of `%s`. Raises `args.validate` when there is none. */
export function validateCommand(validate: string): Sh {
  if (!validate.includes('%s')) {
    throw new Problem({
      code: 'args.validate',
      summary: 'Wrong validate',
      detail: `validate must contain %s: ${validate}`,
      hint: '%s stands for the file that is to be checked',
    })
  }
  const words = splitWords(validate).map((word) =>
    word
      .split('%s')
      .map((part) => (part === '' ? '' : quote(part)))
      .join('"$staged"'),
  )
  return sh`${words.map((word) => new Sh([word === '' ? "''" : word]))}`
}

function newAttributes(adjust: Adjustment): Sh {
  return lines([
    ownership(adjust.owner, adjust.group),
    adjust.mode === null ? sh`chmod =rw "$staged"` : sh`chmod ${octal(adjust.mode)} "$staged"`,
  ])
}

/** As Ansible does, an owner that we may not give is let go, unless the task asks for it. */
function keptAttributes(now: Status, adjust: Adjustment): Sh {
  return lines([
    sh`[ -O "$dest" ] && [ -G "$dest" ] || chown ${`${now.uid}:${now.gid}`} "$staged" 2>/dev/null || :`,
    ownership(adjust.owner, adjust.group),
    sh`chmod ${octal(adjust.mode ?? now.mode)} "$staged"`,
  ])
}

function ownership(owner: string | null, group: string | null): Sh | null {
  if (owner === null && group === null) return null
  return owner === null
    ? sh`chgrp ${group} "$staged"`
    : sh`chown ${group === null ? owner : `${owner}:${group}`} "$staged"`
}
