import { Blob } from '../../kernel/blob.ts'
import type { Fields } from '../../kernel/fields.ts'
import { Failure } from '../../kernel/module.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { readBytes, SHOWN_UP_TO, showContent } from './content.ts'
import { type FileCopy, probeFile } from './copy-file.ts'
import { hostPath, join } from './paths.ts'
import { promised } from './replace-file.ts'

/** A file that the host makes of fragments in one of its directories: they never leave it. */
export type RemoteFragments = Omit<FileCopy, 'kind' | 'content' | 'sha1' | 'check' | 'shown' | 'md5' | 'src'> & {
  readonly kind: 'remote'
  readonly src: string
  readonly delimiter: Buffer
  /** Names that start with a dot are taken, too. */
  readonly hidden: boolean
  /** Which names a pattern takes; null: all of them. */
  readonly takes: ((name: string) => boolean) | null
  /** Those it took of the names that are there; null: not known yet, or all. */
  readonly names: readonly string[] | null
}

/** The names for the pattern; else the checksum of what is to be made, and the content too where it is new and can be shown. */
export function probeFragments(want: RemoteFragments): Sh {
  const src = hostPath(want.src)
  const choosing = want.takes !== null && want.names === null
  const asked = choosing
    ? eachFragment(want, sh`field fragment "\${fragment##*/}"`)
    : lines([
        joined(want),
        sh`wanted=$(joined | sha1sum); wanted=\${wanted%% *}; field wanted "$wanted"`,
        want.isHeard && sh`sum=$(joined | md5sum); field md5 "\${sum%% *}"`,
        sh`sum=`,
        probeFile(want, sh`"$wanted"`),
        sh`
          if [ "$sum" != "$wanted" ]; then
            size=$(joined | wc -c)
            field size "$size"
            encoded() { joined | base64; }
            [ "$size" -gt ${SHOWN_UP_TO} ] || implied joined encoded
          fi`,
      ])
  return sh`
    if [ -d ${src} ]; then
      field source directory
      ${asked}
    elif [ -e ${src} ]; then field source other; fi`
}

/** The same with the names that the pattern takes, once they are there; null where nothing is to be chosen. */
export function chooseFragments(fields: Fields, want: RemoteFragments): RemoteFragments | null {
  const { takes, names } = want
  if (takes === null || names !== null || fields.text('source') !== 'directory') return null
  return { ...want, names: fields.all('fragment').filter(takes) }
}

/** Raises a failure when there is no such directory. */
export function readFragments(fields: Fields, want: RemoteFragments): FileCopy {
  const source = fields.text('source')
  if (source !== 'directory')
    throw new Failure(`Source (${want.src}) ${source === '' ? 'does not exist' : 'is not a directory'}`)
  const sha1 = fields.text('wanted')
  return {
    ...want,
    kind: 'file',
    content: sh`joined`,
    sha1,
    md5: fields.get('md5') ?? null,
    check: promised(sha1, `the fragments in ${want.src} have changed since they were looked at`),
    shown: showContent(readBytes(fields, '+joined'), fields.int('size') ?? 0, sha1),
  }
}

/** Shell text with a function that writes what the fragments make; the rules are those of `joinedFragments`. */
export function joined(want: RemoteFragments): Sh {
  const { delimiter } = want
  const body = sh`
    emit "$open"
    ${delimiter.length === 0 ? null : sh`[ ! "$later" ] || ${Blob.of(delimiter)}`}
    cat "$fragment" || exit 1
    open= later=1
    case $(tail -c 1 "$fragment" | wc -l) in *0) open=${'\n'} ;; esac`
  return sh`
    joined() {
      open= later=
      ${eachFragment(want, body)}
    }`
}

/** In the order of the names' bytes: a dot comes behind a few other characters. What is being put in place may be among them. */
function eachFragment({ src, names, hidden }: RemoteFragments, body: Sh): Sh {
  const path = hostPath(src)
  if (names !== null) return sh`for fragment in ${names.map((name) => join(path, name))}; do ${body}; done`
  return sh`
    for fragment in ${path}/[\ --]* ${hidden ? sh`${path}/.*` : null} ${path}/[!\ -.]*; do
      [ -f "$fragment" ] || continue
      case $fragment in */.provision.*) continue ;; esac
      ${body}
    done`
}
