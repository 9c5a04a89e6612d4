import { FULL_FORMAT, PACKAGE_FORMAT, type Question, type QuestionKind, STATUS_FORMAT } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'
import { unitFiles } from './unit-files.ts'

/** A question, the variable for its answer, and the one of the question whose answer is the same unless the subject is a link. */
export type Asked = Pick<Question, 'kind' | 'subject'> & {
  readonly variable: string
  readonly implied?: string | undefined
}

type Kind = {
  /** The command for one subject, whatever it looks like. */
  alone(subject: string): string
  /** What a subject must look like so that its part of a common answer is told from the others'. */
  readonly shareable: RegExp
  /** Shell text that sets every variable. It leaves them unset when it can't tell the answers apart. Kinds that have it in common share a process. */
  together(asked: readonly Asked[]): string
}

const PATH = /^[\w@%+=:,./-]+$/
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/
/** No number: that may be asked for as well, and the answer begins with a name. */
const ACCOUNT = /^[A-Za-z_][\w.-]*\$?$/

const STATUS = `stat -c '${STATUS_FORMAT} %n'`
const REFERENT = `stat -L -c '${STATUS_FORMAT} %n'`
const DETAILS = `stat -c '${FULL_FORMAT}| %n'`
const REFERENT_DETAILS = `stat -L -c '${FULL_FORMAT}| %n'`
const LSATTR = 'lsattr -vd'
/** Without -N it would fill up its answers to the longest path's. */
const FILE = 'file -N --mime-type --mime-encoding'
const DPKG = `dpkg-query -W -f ${quote(PACKAGE_FORMAT)}`

/** How each kind of question is asked, alone and for many subjects by one process. */
export const KINDS: { readonly [kind in QuestionKind]: Kind } = {
  status: {
    alone: (path) => `${STATUS} ${quote(path)}`,
    shareable: PATH,
    together: (asked) => paths(IS_THERE, STATUS, asked),
  },
  referent: { alone: (path) => `${REFERENT} ${quote(path)}`, shareable: PATH, together: referents },
  details: {
    alone: (path) => `${DETAILS} ${quote(path)}`,
    shareable: PATH,
    together: (asked) => paths(IS_THERE, DETAILS, asked),
  },
  'referent-details': {
    alone: (path) => `${REFERENT_DETAILS} ${quote(path)}`,
    shareable: PATH,
    together: (asked) => paths('[ -e "$_s" ]', REFERENT_DETAILS, asked),
  },
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
    together: checksums,
  },
  'own-sha1': { alone: (path) => `sha1sum <${quote(path)}`, shareable: PATH, together: checksums },
  flags: {
    alone: (path) => `${LSATTR} ${quote(path)} 2>/dev/null`,
    shareable: PATH,
    together: (asked) =>
      ifInstalled('lsattr', paths(`[ ! -L "$_s" ] && { [ -f "$_s" ] || [ -d "$_s" ]; }`, LSATTR, asked)),
  },
  mime: {
    alone: (path) => `${FILE} ${quote(path)} 2>/dev/null`,
    shareable: PATH,
    together: (asked) =>
      ifInstalled(
        'file',
        [answersFor(IS_THERE, FILE, asked), ...asked.map((each) => takeLine(each, startsWith))].join(''),
      ),
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

const IS_THERE = '[ -e "$_s" ] || [ -L "$_s" ]'

function ifInstalled(command: string, text: string): string {
  return `if command -v ${command} >/dev/null; then\n${text}fi\n`
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
  return `set --\n${addThose(test, asked)}${answersForAll(command)}`
}

function addThose(test: string, asked: readonly Asked[]): string {
  if (asked.length === 0) return ''
  return `for _s in ${wordsOf(asked).join(' ')}; do if ${test}; then set -- "$@" "$_s"; fi; done\n`
}

function answersForAll(command: string): string {
  return `_n=$#\nif [ $# -gt 0 ]; then ${splitSimple(`${command} "$@"`)}fi\n`
}

/**
 * Commands that answer for each path that passes the test, in the order asked, with a line that ends in the path. One that gets no
 * line is asked again alone, should its probe come to that.
 */
function paths(test: string, command: string, asked: readonly Asked[]): string {
  return [answersFor(test, command, asked), ...asked.map((each) => takeLine(each))].join('')
}

function takeLine({ subject, variable }: Asked, pattern = endsWith): string {
  return `case \${1-} in ${pattern(subject)}) ${variable}=$1; shift ;; esac\n`
}

function endsWith(subject: string): string {
  return `*${quote(` ${subject}`)}`
}

function startsWith(subject: string): string {
  return `${quote(`${subject}: `)}*`
}

/** What a link leads to, which may be large, is read only where that is asked for. */
function checksums(asked: readonly Asked[]): string {
  const followed = asked.filter(({ kind }) => kind === 'sha1')
  const own = asked.filter(({ kind }) => kind !== 'sha1')
  return [
    `set --\n${addThose('[ -f "$_s" ]', followed)}${addThose('[ -f "$_s" ] && [ ! -L "$_s" ]', own)}`,
    answersForAll('sha1sum'),
    ...[...followed, ...own].map((each) => takeLine(each)),
  ].join('')
}

/** What is no link has been asked for already. */
function referents(asked: readonly Asked[]): string {
  const take = asked.map((each) => {
    const { subject, variable, implied } = each
    return `if [ -L ${quote(subject)} ]; then ${takeLine(each)}else ${variable}=\${${implied!}-}; [ "$${variable}" ] || unset ${variable}; fi\n`
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

/** Cutting a long answer into many costs a shell more than another process. */
const UNITS = 8

function units(asked: readonly Asked[]): string {
  const starts = Array.from({ length: Math.ceil(asked.length / UNITS) }, (_, index) => index * UNITS)
  return starts.map((start) => fewUnits(asked.slice(start, start + UNITS))).join('')
}

/**
 * systemctl(1) writes an empty line between units. From the end, because a shell finds what is in front of the last such line at once, but
 * what is behind one only by trying every length; so the last unit's lines are those that are left without the lines in front.
 */
function fewUnits(asked: readonly Asked[]): string {
  const [first, ...others] = asked.map(({ variable }) => variable)
  const take = others.map(
    (variable) =>
      `_u=\${_s%"$_n$_n"*}; [ "$_u" != "$_s" ] || _u=; set -- $_u; _c=$#; set -- $_s; shift "$_c"; ${variable}="$*"; _s=$_u\n`,
  )
  return [
    `_n='\n'; IFS=$_n; set -f\n_s=$(systemctl show ${wordsOf(asked).join(' ')} </dev/null 2>/dev/null) || :\n`,
    ...take.reverse(),
    `set +f; unset IFS; ${first}=$_s\ncase $_s in '' | *"$_n$_n"*) unset ${[first, ...others].join(' ')} ;; esac\n`,
  ].join('')
}
