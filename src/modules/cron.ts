import { Blob } from '../kernel/blob.ts'
import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { type Sh, sh } from '../kernel/sh.ts'
import * as crontab from './parts/crontab.ts'
import { textDiff } from './parts/diff.ts'
import { linesOfText, probeText, readText, type TextFile, textOfLines, writeText } from './parts/text-file.ts'

const schema = args(
  {
    name: arg.str('By what the job is found again, or the variable', { required: true }),
    job: arg.str('The command, or the variable’s value', { aliases: ['value'] }),
    user: arg.str('Whose crontab; with cron_file: who runs the job'),
    cron_file: arg.path('A file below /etc/cron.d, or any by its absolute path, instead of a user’s crontab'),
    state: arg.choice(['present', 'absent'], 'Whether it is there', { default: 'present' }),
    backup: arg.bool('Whether to keep a copy of what was there', { default: false }),
    minute: arg.str('0–59, *, */2 …', { default: '*' }),
    hour: arg.str('0–23, *, …', { default: '*' }),
    day: arg.str('1–31, *, …', { default: '*', aliases: ['dom'] }),
    month: arg.str('1–12, *, …', { default: '*' }),
    weekday: arg.str('0–6 from Sunday, *, …', { default: '*', aliases: ['dow'] }),
    special_time: arg.choice(
      ['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly'],
      'A name instead of times',
    ),
    disabled: arg.bool('Whether the job is only a comment', { default: false }),
    env: arg.bool('Whether this is a variable', { default: false }),
    insertafter: arg.str('Behind which variable a new one goes'),
    insertbefore: arg.str('Before which variable a new one goes'),
  },
  { exclusive: [['insertafter', 'insertbefore']] },
)

type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly path: string | null; readonly line: string }
type Now = { readonly file: TextFile; readonly lines: readonly string[]; readonly complete: boolean }

/** Jobs and variables of crontab(5), in Ansible's format. */
export const module = defineModule<Args, Want, Now>({
  name: 'cron',
  summary: 'Manages jobs of cron',
  examples: [
    '- cron:\n    name: backup\n    minute: "0"\n    hour: "5,2"\n    job: /usr/local/bin/backup >/dev/null',
    '- cron:\n    name: PATH\n    env: yes\n    job: /opt/bin:/usr/bin:/bin',
    '- cron:\n    name: report\n    special_time: daily\n    user: root\n    job: report\n    cron_file: report',
  ],
  args: schema,
  want: wantOf,
  probe: (want) =>
    want.path === null
      ? sh`
        ${userOption(want)}
        text=$(crontab "$@" -l 2>/dev/null || :; emit .); field crontab "$text"`
      : probeText('file', want.path),
  read: (fields, want) => {
    const file =
      want.path === null
        ? { path: '', text: fields.text('crontab').replace(/\.$/, ''), status: null }
        : readText(fields, 'file', want.path)
    const text = file.text ?? ''
    const lines = linesOfText(text)
    return {
      file,
      lines: want.path === null ? crontab.withoutHeader(lines) : lines,
      complete: text === '' || text.endsWith('\n'),
    }
  },
  plan: (now, want) => {
    const before = describe(now.lines, want)
    const after = linesAfter(now, want)
    if (after.length !== now.lines.length || after.some((line, index) => line !== now.lines[index]))
      return [{ what: `${want.env ? 'variable' : 'job'} ${want.name}`, before, after: describe(after, want) }]
    return now.complete ? [] : [{ what: 'end of the last line', before: null, after: 'newline' }]
  },
  apply: (_changes, want, now) => write(linesAfter(now, want), want, now),
  result: ({ now, want, changes, ran }) => {
    const lines = changes.length === 0 ? now.lines : linesAfter(now, want)
    const backup = ran?.fields.get('backup_file')
    const file = want.cron_file === undefined ? {} : { cron_file: want.cron_file }
    if (removesFile(lines, want, changes)) return { ...file, state: want.state }
    return {
      jobs: crontab.jobNames(lines),
      envs: crontab.variableNames(lines),
      ...file,
      ...(backup === undefined ? {} : { backup_file: backup }),
    }
  },
  diff: ({ now, want, changes }, shown) => {
    if (!shown) return undefined
    const after = changes.length === 0 ? now.lines : linesAfter(now, want)
    const whose = want.user === undefined ? 'crontab' : `crontab for user "${want.user}"`
    const name = want.cron_file ?? whose
    const gone = removesFile(after, want, changes)
    return textDiff(
      { before: textOfLines(now.lines), after: textOfLines(after) },
      { before: name, after: gone ? '/dev/null' : name },
      shown,
    )
  },
  effects: 'host',
})

function wantOf(given: Args): Want {
  const fail = (message: string) => {
    throw new Failure(message)
  }
  const times = [given.minute, given.hour, given.day, given.month, given.weekday]
  if (given.cron_file === '/etc/crontab') fail('Will not manage /etc/crontab via cron_file, see documentation.')
  if (given.special_time !== undefined && times.some((time) => time !== '*'))
    fail('You must specify time and date fields or special time.')
  if (given.env && given.name.includes(' ')) fail('Invalid name for environment variable')
  if (given.state === 'present') {
    if (given.cron_file !== undefined && given.user === undefined)
      fail('To use cron_file=... parameter you must specify user=... as well')
    if (given.job === undefined) fail("You must specify 'job' to install a new cron job or variable")
    if ((given.insertafter ?? given.insertbefore) !== undefined && !given.env)
      fail('Insertafter and insertbefore parameters are valid only with env=yes')
  }
  const path = given.cron_file === undefined ? null : given.cron_file
  return {
    ...given,
    path: path === null || path.startsWith('/') ? path : `/etc/cron.d/${path}`,
    line: crontab.jobLine({
      times,
      special: given.special_time,
      user: path === null ? null : (given.user ?? ''),
      command: given.job ?? '',
      disabled: given.disabled,
    }),
  }
}

/** `$@` names the user, unless it is the one the task runs as: only root may name one. */
function userOption({ user }: Args): Sh {
  return user === undefined ? sh`set --` : sh`set --; [ ${user} = "$(id -un)" ] || set -- -u ${user}`
}

function linesAfter(now: Now, want: Want): readonly string[] {
  const { lines } = now
  if (want.env) {
    if (want.state === 'absent') return crontab.dropVariable(lines, want.name)
    const place = { before: want.insertbefore, after: want.insertafter }
    const after = crontab.putVariable(lines, want.name, want.job!, place)
    if (after === null) throw new Failure(`Variable named '${place.after ?? place.before}' not found.`)
    return after
  }
  return want.state === 'absent' ? crontab.dropJob(lines, want.name) : crontab.putJob(lines, want.name, want.line)
}

function describe(lines: readonly string[], want: Want): string | null {
  if (!want.env) return crontab.findJob(lines, want.name)
  return lines.find((line) => line.startsWith(`${want.name}=`)) ?? null
}

/** A file of its own that has nothing in it any more goes away. */
function removesFile(lines: readonly string[], want: Want, changes: readonly Change[]): boolean {
  const empty = lines.every((line) => line.trim() === '')
  return want.path !== null && want.state === 'absent' && !want.env && empty && changes.length > 0
}

function write(lines: readonly string[], want: Want, now: Now): Sh {
  const text = textOfLines(lines)
  if (want.path !== null) {
    if (removesFile(lines, want, [{ what: '', before: null, after: null }])) return sh`rm -f -- ${want.path}`
    return writeText(now.file, text, { backup: want.backup })
  }
  return sh`
    ${want.backup ? sh`backup=$(mktemp "\${TMPDIR:-/tmp}/crontabXXXXXX"); ${Blob.of(textOfLines(now.lines))} >"$backup"; field backup_file "$backup"` : null}
    ${userOption(want)}
    ${Blob.of(text)} | crontab "$@" -`
}
