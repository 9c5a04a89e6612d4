import { PACKAGE_FORMAT, Question, type QuestionKind, STATUS_FORMAT } from '../kernel/question.ts'
import { quote, type Sh } from '../kernel/sh.ts'

/** Shell text that asks questions together, and the variables that hold the answers, by the questions' keys. */
export type Folded = { readonly text: string; readonly variables: ReadonlyMap<string, string> }

type Asked = { readonly subject: string; readonly variable: string }

type Kind = {
  /** The command that answers, without its subjects. */
  readonly command: string
  /** The command for one subject, when it is more than both words. */
  alone?(command: string, subject: string): string
  /** What a subject must look like so that its part of a common answer is told from the others'. */
  readonly shareable: RegExp
  /** Shell text that sets every variable. It leaves them unset when it can't tell the answers apart. */
  together(command: string, asked: readonly Asked[]): string
}

const PATH = /^[\w@%+=:,./-]+$/

const KINDS: { readonly [kind in QuestionKind]: Kind } = {
  status: {
    command: `stat -c '${STATUS_FORMAT} %n'`,
    shareable: PATH,
    together: pathsWith('[ -e "$_s" ] || [ -L "$_s" ]'),
  },
  referent: { command: `stat -L -c '${STATUS_FORMAT} %n'`, shareable: PATH, together: pathsWith('[ -e "$_s" ]') },
  sha1: {
    command: 'sha1sum',
    // Behind a name with a newline in it sha1sum(1) would write both in another way.
    alone: (command, subject) => `${command} <${quote(subject)}`,
    shareable: PATH,
    together: pathsWith('[ -f "$_s" ]'),
  },
  package: {
    command: `dpkg-query -W -f ${quote(PACKAGE_FORMAT)}`,
    shareable: /^[a-z0-9][a-z0-9+.-]+$/,
    together: packages,
  },
  unit: { command: 'systemctl show', shareable: /^[\w@.:-]+$/, together: units },
  'unit-files': {
    command: '',
    alone: () => `${unitFiles('_u')}emit "$_u"`,
    shareable: /^system$/,
    together: (_, [asked]) => unitFiles(asked!.variable),
  },
}

/** A question asked alone. */
export function alone({ kind, subject }: Question): string {
  const { command, alone = behind } = KINDS[kind]
  return `$(${alone(command, subject)})`
}

function behind(command: string, subject: string): string {
  return `${command} ${quote(subject)}`
}

/** Whether `fold` finds its part of a common answer. */
export function isShareable({ kind, subject }: Question): boolean {
  return KINDS[kind].shareable.test(subject)
}

export function questionsOf(script: Sh): Question[] {
  return script.parts.filter((part) => part instanceof Question)
}

/** Questions asked together, each kind in one command. */
export function fold(questions: readonly Question[]): Folded {
  const variables = new Map<string, string>()
  const kinds = new Map<QuestionKind, Asked[]>()
  for (const question of questions) {
    const { kind, subject, key } = question
    if (variables.has(key) || !isShareable(question)) continue
    const asked = kinds.get(kind) ?? []
    asked.push({ subject, variable: `_q${variables.size}` })
    variables.set(key, asked.at(-1)!.variable)
    kinds.set(kind, asked)
  }
  const texts = [...kinds].map(([kind, asked]) => KINDS[kind].together(KINDS[kind].command, asked))
  if (texts.length === 0) return { text: '', variables }
  return { text: `unset ${[...variables.values()].join(' ')}\n${texts.join('')}set --\n`, variables }
}

/** Lines of an answer as `$1`, `$2`, …: no process but the command's. */
function split(command: string, separator = '\n'): string {
  return `IFS='${separator}'; set -f; set -- $({ ${command}; } </dev/null 2>/dev/null); set +f; unset IFS\n`
}

/**
 * Commands that answer for each path that passes the test, in the order asked, with a line that ends in the path. One that gets no
 * line is asked again alone, should its probe come to that.
 */
function pathsWith(test: string) {
  return (command: string, asked: readonly Asked[]): string => {
    const words = asked.map(({ subject }) => quote(subject)).join(' ')
    return [
      `set --\nfor _s in ${words}; do if ${test}; then set -- "$@" "$_s"; fi; done\n`,
      `if [ $# -gt 0 ]; then ${split(`${command} "$@"`)}fi\n`,
      ...asked.map(
        ({ subject, variable }) => `case \${1-} in *${quote(` ${subject}`)}) ${variable}=$1; shift ;; esac\n`,
      ),
    ].join('')
  }
}

/** dpkg-query(1) sorts its answer, and may have several lines for a name. */
function packages(command: string, asked: readonly Asked[]): string {
  const words = asked.map(({ subject }) => quote(subject)).join(' ')
  const branches = asked.map(
    ({ subject, variable }) => `*${quote(`|${subject}|`)}*) ${variable}=\${${variable}:+"$${variable}\n"}$_s ;;\n`,
  )
  return [
    ...asked.map(({ variable }) => `${variable}=\n`),
    split(`${command} ${words}`),
    `for _s in "$@"; do case $_s in\n${branches.join('')}esac; done\n`,
  ].join('')
}

/** systemctl(1) writes an empty line between units. */
function units(command: string, asked: readonly Asked[]): string {
  const words = asked.map(({ subject }) => quote(subject)).join(' ')
  const take = asked.map(({ variable }) => `_s=\${1#"$_n"}; ${variable}=\${_s%"$_n"}; shift\n`)
  return [
    split(`${command} ${words} | sed 's/^$/\x01/'`, '\x01'),
    `_n='\n'\nif [ $# = ${asked.length} ]; then\n${take.join('')}fi\n`,
  ].join('')
}

/** Where systemd looks for files of units (systemd.unit(5)), without what it and its generators write. */
const UNIT_FOLDERS = [
  ...['/etc/systemd/system.control', '/run/systemd/system.control', '/etc/systemd/system'],
  ...['/etc/systemd/system.attached', '/run/systemd/system', '/run/systemd/system.attached'],
  ...['/usr/local/lib/systemd/system', '/usr/lib/systemd/system'],
].join(' ')

/**
 * Each time that systemd is to read the files of units, its generators first write those in /run/systemd/generator (systemd.generator(7)):
 * what has not changed since has been read, unless that was in the future, as a clock that was set back tells it. Links are followed,
 * but not to devices, whose status changes without them: a link to /dev/null masks a unit.
 */
function unitFiles(variable: string): string {
  return `${variable}= _g=/run/systemd/generator
if [ -d "$_g" ]; then
set -- $(grep -rhs '^SourcePath=' "$_g" "$_g.early" "$_g.late")
for _s in "$@"; do shift; set -- "$@" "\${_s#SourcePath=}"; done
for _s in ${UNIT_FOLDERS}; do [ ! -d "$_s" ] || set -- "$@" "$_s"; done
[ -L /lib ] || [ ! -d /lib/systemd/system ] || set -- "$@" /lib/systemd/system
if _s=$(find -L "$_g" "$@" '(' -path "$_g" -prune -newermt now -o ! -path "$_g" ! -type b ! -type c -newercm "$_g" ')' -print -quit 2>&1) && [ -z "$_s" ]; then ${variable}=read; fi
fi
`
}
