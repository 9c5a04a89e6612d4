import { PACKAGE_FORMAT, type QuestionKind } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'
import { PATH_KINDS } from './path-questions.ts'
import { type Asked, type Kind, linesOf, wordsOf } from './question-kind.ts'
import { unitFiles } from './unit-files.ts'

const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/
/** No number: that may be asked for as well, and the answer begins with a name. */
const ACCOUNT = /^[A-Za-z_][\w.-]*\$?$/

const DPKG = `dpkg-query -W -f ${quote(PACKAGE_FORMAT)}`

/** How each kind of question is asked, alone and for many subjects by one process. */
export const KINDS: { readonly [kind in QuestionKind]: Kind } = {
  ...PATH_KINDS,
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

/** dpkg-query(1) sorts its answer, and may have several lines for a name. */
function packages(asked: readonly Asked[]): string {
  const branches = asked.map(
    ({ subject, variable }) => `*${quote(`|${subject}|`)}*) ${variable}=\${${variable}:+"$${variable}\n"}$_s ;;\n`,
  )
  return [
    ...asked.map(({ variable }) => `${variable}=\n`),
    linesOf(`${DPKG} ${wordsOf(asked).join(' ')}`),
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
    linesOf(command),
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
