import { PACKAGE_FORMAT, type QuestionKind, STATUS_FORMAT } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'
import { unitFiles } from './unit-files.ts'

/** A subject, the variable for its answer, and the one of the question whose answer is the same unless the subject is a link. */
export type Asked = { readonly subject: string; readonly variable: string; readonly implied?: string | undefined }

type Kind = {
  /** The command for one subject, whatever it looks like. */
  alone(subject: string): string
  /** What a subject must look like so that its part of a common answer is told from the others'. */
  readonly shareable: RegExp
  /** Shell text that sets every variable. It leaves them unset when it can't tell the answers apart. */
  together(asked: readonly Asked[]): string
}

const PATH = /^[\w@%+=:,./-]+$/
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/
/** No number: that may be asked for as well, and the answer begins with a name. */
const ACCOUNT = /^[A-Za-z_][\w.-]*\$?$/

const STATUS = `stat -c '${STATUS_FORMAT} %n'`
const REFERENT = `stat -L -c '${STATUS_FORMAT} %n'`
const DPKG = `dpkg-query -W -f ${quote(PACKAGE_FORMAT)}`

/** How each kind of question is asked, alone and for many subjects by one process. */
export const KINDS: { readonly [kind in QuestionKind]: Kind } = {
  status: {
    alone: (path) => `${STATUS} ${quote(path)}`,
    shareable: PATH,
    together: (asked) => paths('[ -e "$_s" ] || [ -L "$_s" ]', STATUS, asked),
  },
  referent: { alone: (path) => `${REFERENT} ${quote(path)}`, shareable: PATH, together: referents },
  target: {
    alone: (path) => `readlink ${quote(path)}`,
    shareable: PATH,
    together: (asked) => links('[ -L "$_s" ]', 'readlink', asked),
  },
  real: {
    alone: (path) => `readlink -f ${quote(path)}`,
    shareable: PATH,
    together: (asked) => links('[ -L "$_s" ] && [ -e "$_s" ]', 'readlink -f', asked),
  },
  sha1: {
    // Behind a name with a newline in it sha1sum(1) would write both in another way.
    alone: (path) => `sha1sum <${quote(path)}`,
    shareable: PATH,
    together: (asked) => paths('[ -f "$_s" ]', 'sha1sum', asked),
  },
  package: { alone: (name) => `${DPKG} ${quote(name)}`, shareable: PACKAGE, together: packages },
  automatic: {
    alone: (name) => `${automatic([name])} 2>/dev/null`,
    shareable: PACKAGE,
    together: (asked) => named((word) => word, automatic(asked.map(({ subject }) => subject)), asked),
  },
  passwd: accounts('passwd'),
  group: accounts('group'),
  shadow: accounts('shadow'),
  groups: {
    alone: () => 'getent group',
    shareable: /^all$/,
    together: ([asked]) => `${asked!.variable}=$(getent group </dev/null 2>/dev/null)\n`,
  },
  unit: { alone: (name) => `systemctl show ${quote(name)}`, shareable: /^[\w@.:-]+$/, together: units },
  'unit-files': {
    alone: () => `${unitFiles('_u')}emit "$_u"`,
    shareable: /^system$/,
    together: ([asked]) => unitFiles(asked!.variable),
  },
}

function wordsOf(asked: readonly Asked[]): string[] {
  return asked.map(({ subject }) => quote(subject))
}

/** Lines of an answer as `$1`, `$2`, …: no process but the command's. */
function split(command: string, separator = '\n'): string {
  return `IFS='${separator}'; set -f; set -- $(${command}); set +f; unset IFS\n`
}

/** For a simple command, which a shell runs in place of the subshell. */
function splitSimple(command: string): string {
  return split(`${command} </dev/null 2>/dev/null`)
}

/** Subjects that pass the test as `$1`, `$2`, …, and the lines that the command writes about them in their place. */
function answersFor(test: string, command: string, asked: readonly Asked[]): string {
  const chosen = `set --\nfor _s in ${wordsOf(asked).join(' ')}; do if ${test}; then set -- "$@" "$_s"; fi; done\n`
  return `${chosen}_n=$#\nif [ $# -gt 0 ]; then ${splitSimple(`${command} "$@"`)}fi\n`
}

/**
 * Commands that answer for each path that passes the test, in the order asked, with a line that ends in the path. One that gets no
 * line is asked again alone, should its probe come to that.
 */
function paths(test: string, command: string, asked: readonly Asked[]): string {
  return [answersFor(test, command, asked), ...asked.map((each) => `${takeLine(each)}\n`)].join('')
}

function takeLine({ subject, variable }: Asked): string {
  return `case \${1-} in *${quote(` ${subject}`)}) ${variable}=$1; shift ;; esac`
}

/** What is no link has been asked for already. */
function referents(asked: readonly Asked[]): string {
  const take = asked.map((each) => {
    const { subject, variable, implied } = each
    return `if [ -L ${quote(subject)} ]; then ${takeLine(each)}\nelse ${variable}=\${${implied!}-}; [ "$${variable}" ] || unset ${variable}; fi\n`
  })
  return [answersFor('[ -L "$_s" ] && [ -e "$_s" ]', REFERENT, asked), ...take].join('')
}

/** A line for each link that passes the test, unless there is a newline in one of them. */
function links(test: string, command: string, asked: readonly Asked[]): string {
  const take = asked.map(
    ({ subject, variable }) => `_s=${quote(subject)}; if ${test}; then ${variable}=$1; shift; fi\n`,
  )
  return `${answersFor(test, command, asked)}if [ $# = "$_n" ]; then\n${take.join('')}fi\n`
}

/** dpkg-query(1) sorts its answer, and may have several lines for a name. */
function packages(asked: readonly Asked[]): string {
  const branches = asked.map(
    ({ subject, variable }) => `*${quote(`|${subject}|`)}*) ${variable}=\${${variable}:+"$${variable}\n"}$_s ;;\n`,
  )
  return [
    ...asked.map(({ variable }) => `${variable}=\n`),
    splitSimple(`${DPKG} ${wordsOf(asked).join(' ')}`),
    `for _s in "$@"; do case $_s in\n${branches.join('')}esac; done\n`,
  ].join('')
}

/** The names that apt's file of extended states calls automatic. */
function automatic(names: readonly string[]): string {
  const pattern = names.map((name) => name.replace(/[.*[\]^$\\/]/g, '\\$&')).join('\\|')
  const stanza = `/^Package: \\(${pattern}\\)$/,/^$/`
  return `sed -n ${quote(`${stanza}{/^Package: /{s///;h;};/^Auto-Installed: 1$/{g;p;};}`)} /var/lib/apt/extended_states`
}

function accounts(database: string): Kind {
  const getent = `getent ${database} --`
  return {
    alone: (name) => `${getent} ${quote(name)}`,
    shareable: ACCOUNT,
    together: (asked) => named((word) => `${word}:*`, `${getent} ${wordsOf(asked).join(' ')}`, asked),
  }
}

/** A command that writes a line for each subject that it knows. Should it write another, nothing is certain. */
function named(pattern: (word: string) => string, command: string, asked: readonly Asked[]): string {
  const variables = asked.map(({ variable }) => variable)
  const branches = asked.map(({ subject, variable }) => `${pattern(quote(subject))}) ${variable}=$_s ;;\n`)
  return [
    `${variables.map((variable) => `${variable}=`).join(' ')}\n`,
    splitSimple(command),
    `for _s in "$@"; do case $_s in\n${branches.join('')}*) unset ${variables.join(' ')}; break ;;\nesac; done\n`,
  ].join('')
}

/** systemctl(1) writes an empty line between units. */
function units(asked: readonly Asked[]): string {
  const take = asked.map(({ variable }) => `_s=\${1#"$_n"}; ${variable}=\${_s%"$_n"}; shift\n`)
  return [
    split(`systemctl show ${wordsOf(asked).join(' ')} </dev/null 2>/dev/null | sed 's/^$/\x01/'`, '\x01'),
    `_n='\n'\nif [ $# = ${asked.length} ]; then\n${take.join('')}fi\n`,
  ].join('')
}
