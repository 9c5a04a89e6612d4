import { FULL_FORMAT, type QuestionKind, STATUS_FORMAT } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'
import { type Asked, type Kind, linesOf, wordsOf } from './question-kind.ts'

const PATH = /^[\w@%+=:,./-]+$/

const STATUS = `stat -c '${STATUS_FORMAT} %n'`
const REFERENT = `stat -L -c '${STATUS_FORMAT} %n'`
const DETAILS = `stat -c '${FULL_FORMAT}| %n'`
const REFERENT_DETAILS = `stat -L -c '${FULL_FORMAT}| %n'`
const LSATTR = 'lsattr -vd'
/** Without -N it would fill up its answers to the longest path's. */
const FILE = 'file -N --mime-type --mime-encoding'

/** Questions about paths. */
export const PATH_KINDS = {
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
} as const satisfies { readonly [kind in QuestionKind]?: Kind }

const IS_THERE = '[ -e "$_s" ] || [ -L "$_s" ]'

function ifInstalled(command: string, text: string): string {
  return `if command -v ${command} >/dev/null; then\n${text}fi\n`
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
  return `_n=$#\nif [ $# -gt 0 ]; then ${linesOf(`${command} "$@"`)}fi\n`
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
