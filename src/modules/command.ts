import { Blob } from '../kernel/blob.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, type Failure, type Ran } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, quote, type Sh, sh } from '../kernel/sh.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import * as part from './parts/command.ts'

const schema = args(
  {
    cmd: arg.str('The command line, split into words as a POSIX shell would, but not interpreted by one', {
      aliases: ['_raw_params', 'free_form'],
    }),
    argv: arg.list('The command as a list of words'),
    creates: arg.path('A file name or glob pattern: when it exists, the command does not run'),
    removes: arg.path('A file name or glob pattern: when it does not exist, the command does not run'),
    chdir: arg.path('The folder to run in'),
    stdin: arg.str('Text for the command’s standard input'),
    stdin_add_newline: arg.bool('Whether the standard input ends with a newline', { default: true }),
    strip_empty_ends: arg.bool('Whether empty lines at the end of the output are left out', { default: true }),
    expand_argument_vars: arg.bool('Whether $NAME and ~ in words are expanded on the host', { default: true }),
    executable: arg.str('Ignored, as Ansible does: for a shell use the shell module'),
  },
  { freeForm: 'cmd' },
)

type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly words: readonly string[] }

export const module = defineModule<Args, Want, part.Guarded>({
  name: 'command',
  summary: 'Runs a command without a shell',
  examples: [
    '- command: cat /etc/hostname\n',
    '- command: /usr/bin/touch /t/made\n  args:\n    creates: /t/made\n',
    '- command:\n    argv: [echo, "two  words"]\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => ({ ...given, words: wordsOf(given) }),
  probe: part.probeGuard,
  read: part.readGuard,
  plan: (now, want) => (part.skipReason(now, want) === null ? [part.runChange(want.words.join(' '), want)] : []),
  apply: (_, want) => part.runFramed(want, commandOf(want), programOf(want)),
  result: ({ now, want, ran }) => {
    const skipped = ran === null ? part.skipReason(now, want) : null
    if (ran === null) return { ...NOTHING, ...skipped, rc: 0, cmd: want.words, ...part.linesOf(skipped!.stdout, '') }
    return resultOf(ran, want)
  },
  failure: ({ want, ran }): Failure => part.nonZero({ ...resultOf(ran, want), changed: true }),
})

const NOTHING = { stdout: '', stderr: '', start: null, end: null, delta: null }

function wordsOf({ cmd, argv }: Args): readonly string[] {
  if (argv !== undefined && cmd !== undefined) throw part.notStarted('only command or argv can be given, not both')
  const words = argv ?? split(cmd ?? '')
  if (words.length > 0) return words
  throw part.notStarted('no command given')
}

function split(text: string): string[] {
  try {
    return shlexSplit(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Problem({
      code: 'args.command',
      summary: 'A command that can’t be split into words',
      detail: `${error.message} in: ${text}`,
    })
  }
}

function expanded(want: Want): { readonly lookup: Sh | null; readonly words: readonly Sh[] } {
  if (want.expand_argument_vars) return part.expandWords(want.words)
  return { lookup: null, words: want.words.map((word) => sh`${word}`) }
}

function commandOf(want: Want): Sh {
  const { lookup, words } = expanded(want)
  const run = lines([lookup, part.execWords(words)])
  return want.stdin === undefined || want.stdin === ''
    ? run
    : sh`
        ${Blob.of(want.stdin + (want.stdin_add_newline ? '\n' : ''))} | (
        ${run}
        )`
}

/** The program's name as the command itself saw it. */
function programOf(want: Want): Sh {
  const { lookup, words } = expanded({ ...want, words: want.words.slice(0, 1) })
  return lookup === null ? words[0]! : sh`"$(${lookup}; emit ${words[0]!})"`
}

function resultOf(ran: Ran, want: Want): JsonObject {
  const output = part.outputOf(ran, want, want.words, want.words.map(quote).join(' '))
  const strip = (text: string) => (want.strip_empty_ends ? text.replace(/[\r\n]+$/, '') : text)
  const [stdout, stderr] = [strip(output.stdout), strip(output.stderr)]
  return { ...output, cmd: want.words, msg: '', ...warningsOf(want), stdout, stderr, ...part.linesOf(stdout, stderr) }
}

function warningsOf({ executable }: Want): { warnings?: string[] } {
  if (executable === undefined) return {}
  const text = `As of Ansible 2.4, the parameter 'executable' is no longer supported with the 'command' module. Not using '${executable}'.`
  return { warnings: [text] }
}
