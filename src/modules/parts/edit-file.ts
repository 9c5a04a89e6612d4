import { Blob } from '../../kernel/blob.ts'
import type { Change } from '../../kernel/change.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { Json, JsonObject } from '../../kernel/json.ts'
import { applyFailure, Failure, type Outcome, type Ran } from '../../kernel/module.ts'
import { Question, STATUS_FORMAT } from '../../kernel/question.ts'
import { lines, plain, type Sh, sh } from '../../kernel/sh.ts'
import {
  type Adjustment,
  type Attributes,
  adjustmentChanges,
  adjustScript,
  fileAdjustment,
  isSettled,
  probeUmask,
  readUmask,
} from './attributes.ts'
import { readBytes, showContent } from './content.ts'
import { attributeDiff, textDiff } from './diff.ts'
import { dirname, hostPath } from './paths.ts'
import { replaceFile } from './replace-file.ts'
import { required } from './require.ts'
import { parseStatus, type Status } from './status.ts'

/** What an edit makes of a file's bytes (as latin1 text, so that every byte survives). */
export type Edited = {
  /** null: as it is. */
  readonly text: string | null
  readonly msg: string
  readonly data?: JsonObject
}

/** A file on the host whose text is changed in part: what `lineinfile`, `blockinfile`, `replace`, `ini_file` have in common. */
export type EditWant = {
  readonly path: string
  readonly create: boolean
  readonly backup: boolean
  readonly validate: string | undefined
  readonly attributes: Attributes
  /** The failure's text when there is no file, in the module's own words. */
  readonly missing: string
  /** Shell text that sets `$path`, where only the host knows it. */
  readonly locate?: Sh
  /** `text` is null when there is no file. Pure. */
  edit(text: string | null): Edited
}

export type EditNow = {
  readonly real: string
  readonly status: Status | null
  readonly text: string | null
  readonly edited: Edited
  readonly umask: number
}

const READ_UP_TO = 64 * 1024 * 1024

/** What every such module does from probe to failure; each says for itself what it wants and what it answers. */
export const editFile = {
  effects: 'host',
  probe: probeEdit,
  read: readEdit,
  plan: planEdit,
  apply: (_: readonly Change[], want: EditWant, now: EditNow): Sh => applyEdit(want, now),
  failure: editFailure,
} as const

/** Shell text that brings the file's status and its text: two processes. Links are followed. */
function probeEdit(want: EditWant): Sh {
  const own = sh`info=$(stat -c ${STATUS_FORMAT} "$path")`
  const shared = sh`info=${new Question('status', hostPath(want.path))}`
  const info =
    want.locate === undefined ? sh`if [ "$path" = ${hostPath(want.path)} ]; then ${shared}; else ${own}; fi` : own
  const script = lines([
    want.locate ?? sh`path=${hostPath(want.path)}`,
    sh`
      [ ! -L "$path" ] || path=$(readlink -f "$path")
      field real "$path"
      if [ -e "$path" ]; then
        ${info}
        field status "$info"
        if [ -f "$path" ]; then
          set -- $info
          [ "$4" -gt ${READ_UP_TO} ] || field text "$(base64 <"$path")"
        fi
      fi`,
    probeUmask(want.attributes),
  ])
  return want.locate === undefined ? plain(script) : script
}

function readEdit(fields: Fields, want: EditWant): EditNow {
  const status = parseStatus(fields.text('status'))
  if (status?.kind === 'directory') throw new Failure(`Path ${want.path} is a directory !`, { rc: 256 })
  const text = readBytes(fields, 'text')?.toString('latin1') ?? null
  if (status !== null && text === null) {
    throw new Failure(
      `${want.path} has ${status.size} bytes; files of more than ${READ_UP_TO} bytes can not be edited: use sed with the command module`,
    )
  }
  const absent = status === null && !want.create
  const edited = absent && !removesOnly(want) ? { text: null, msg: '' } : want.edit(text)
  return { real: fields.text('real'), status, text, edited, umask: readUmask(fields) }
}

/** A missing file is no failure for an edit that has nothing to do in it. */
function removesOnly(want: EditWant): boolean {
  return want.missing === ''
}

function planEdit(now: EditNow, want: EditWant): readonly Change[] {
  if (now.status === null && !want.create)
    return removesOnly(want) ? [] : [{ what: 'content', before: null, after: '(edited once it is there)' }]
  const changes: Change[] = []
  if (now.edited.text !== null) {
    const show = (text: string) => showContent(Buffer.from(text, 'latin1'), text.length, null)
    changes.push({ what: 'content', before: now.text === null ? null : show(now.text), after: show(now.edited.text) })
  }
  if (now.status === null && changes.length === 0) return []
  return [...changes, ...adjustmentChanges(now.status, adjustOf(now, want))]
}

function applyEdit(want: EditWant, now: EditNow): Sh {
  const path = hostPath(now.real)
  if (now.status === null && !want.create) return required(sh`[ -e ${path} ]`, want.missing)
  const adjust = adjustOf(now, want)
  if (now.edited.text === null) return adjustScript(path, adjust, true)
  const content = Blob.of(Buffer.from(now.edited.text, 'latin1'))
  return lines([
    now.status === null ? sh`[ -d ${dirname(path)} ] || mkdir -p ${dirname(path)}` : null,
    replaceFile({ dest: now.real, content, now: now.status, adjust, validate: want.validate, backup: want.backup }),
  ])
}

/** The message as Ansible words it, which also tells when attributes changed; and the backup's name. */
export function editResult({ now, want, ran }: Outcome<EditNow, EditWant>): {
  msg: string
  backup: string
  data: JsonObject
} {
  const settled = now.edited.text === null && now.status === null ? true : isSettled(adjustOf(now, want))
  const attributes = settled ? '' : 'ownership, perms or SE linux context changed'
  return {
    msg: [now.edited.msg, attributes].filter((text) => text !== '').join(' and '),
    backup: ran?.fields.get('backup_file') ?? '',
    data: now.edited.data ?? {},
  }
}

/** The file's text before and after, under a header that names its content. */
export function contentDiff({ now, want }: Outcome<EditNow, EditWant>, shown: boolean): JsonObject {
  const [before, after] = [now.text ?? '', now.edited.text ?? now.text ?? '']
  return textDiff({ before: asText(before), after: asText(after) }, `${want.path} (content)`, shown)
}

/** Its text and its attributes: what `lineinfile` and `blockinfile` tell, also when nothing changes. */
export function editDiff(outcome: Outcome<EditNow, EditWant>, shown: boolean): Json {
  const header = `${outcome.want.path} (file attributes)`
  return [
    contentDiff(outcome, shown),
    { ...attributeDiff(outcome.changes), before_header: header, after_header: header },
  ]
}

/** `rc` 257 for a file that is missing, as in Ansible. */
function editFailure({ now, want, ran }: Outcome<EditNow, EditWant> & { readonly ran: Ran }): Failure {
  const failure = applyFailure(ran)
  return now.status === null && !want.create ? new Failure(failure.message, { rc: 257 }) : failure
}

function adjustOf(now: EditNow, want: EditWant): Adjustment {
  return fileAdjustment(now.status, want.attributes, now.umask)
}

/** The lines of a text, each with its newline. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function asText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Text of an argument as latin1 text of its UTF-8 bytes. */
export function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
