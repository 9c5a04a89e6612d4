/**
 * What probes of many tasks ask in the same way, so that one process answers all those of a message. In a script a question stands
 * for its answer, as `$(…)` does: the end of a line of its own is gone, and it may be split into words unless it is quoted.
 */
export class Question {
  readonly kind: QuestionKind
  readonly subject: string

  constructor(kind: QuestionKind, subject: string) {
    this.kind = kind
    this.subject = subject
  }

  get key(): string {
    return `${this.kind} ${this.subject}`
  }
}

/**
 * - `status`, `referent`: a line in STATUS_FORMAT and the path, of what is there or of what a link there points to; nothing when it is missing
 * - `details`, `referent-details`: the same with a line in FULL_FORMAT, and so with an access time; for what is only told
 * - `target`, `real`: what is written in a link, and the path that it leads to with all links resolved
 * - `sha1`: the checksum of a file, and more behind a space; `own-sha1` is not to be asked about a link
 * - `flags`, `mime`: what lsattr(1) and file(1) say of a path; nothing when they can't
 * - `package`: lines in PACKAGE_FORMAT; nothing for a name that dpkg does not know
 * - `automatic`: the name of a package that was installed because of others; nothing for another
 * - `passwd`, `group`, `shadow`: the line that getent(1) has for a name; nothing when there is none
 * - `groups`: every line that it has for groups
 * - `unit`: what `systemctl show` says of a unit of the system
 * - `unit-files`: `read` when systemd has read all files of the system's units since they changed; else nothing, also when that can't be told
 */
export type QuestionKind =
  | ('status' | 'referent' | 'details' | 'referent-details' | 'target' | 'real')
  | ('sha1' | 'own-sha1' | 'flags' | 'mime' | 'package' | 'automatic')
  | ('passwd' | 'group' | 'shadow' | 'groups' | 'unit' | 'unit-files')

/** For stat(1). */
export const STATUS_FORMAT = '%f %u %g %s %h %i %d %Y %U %G'

/** For stat(1) as well, with everything that Ansible's `stat` and `find` tell; times twice, as seconds and for their fractions. */
export const FULL_FORMAT = '%f %u %g %s %h %i %d %b %o %t %T %X %Y %Z|%x|%y|%z|%U|%G'

/** For dpkg-query(1). */
export const PACKAGE_FORMAT = '${db:Status-Abbrev}|${Package}|${Architecture}|${Version}\\n'
