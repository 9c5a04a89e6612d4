import { Blob } from '../kernel/blob.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, type Ran } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { quote, type Sh, sh } from '../kernel/sh.ts'
import * as part from './parts/command.ts'

const schema = args(
  {
    cmd: arg.str('The shell text to run', { aliases: ['_raw_params', 'free_form'], required: true }),
    creates: arg.path('A file name or glob pattern: when it exists, the text does not run'),
    removes: arg.path('A file name or glob pattern: when it does not exist, the text does not run'),
    chdir: arg.path('The folder to run in'),
    executable: arg.path('The shell that runs the text: an absolute path; /bin/sh when left out'),
    stdin: arg.str('Text for the standard input'),
    stdin_add_newline: arg.bool('Whether the standard input ends with a newline', { default: true }),
  },
  { freeForm: 'cmd' },
)

type Args = ReturnType<typeof schema.check>

export const module = defineModule<Args, Args, part.Guarded>({
  name: 'shell',
  summary: 'Runs text with a shell on the host',
  examples: [
    '- shell: cat < /etc/hostname | tr a-z A-Z\n',
    '- shell: echo made > made\n  args:\n    chdir: /t\n    creates: made\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => {
    if (given.cmd.trim() !== '') return given
    throw part.notStarted('no command given')
  },
  probe: part.probeGuard,
  read: part.readGuard,
  plan: (now, want) => (part.skipReason(now, want) === null ? [part.runChange(want.cmd, want)] : []),
  apply: (_, want) => part.runFramed(want, commandOf(want), sh`${executableOf(want)}`),
  result: ({ now, want, ran }) => {
    if (ran !== null) return resultOf(ran, want)
    const skipped = part.skipReason(now, want)!
    const nothing = { stderr: '', start: null, end: null, delta: null }
    return { ...nothing, ...skipped, rc: 0, cmd: want.cmd, ...part.linesOf(skipped.stdout, '') }
  },
  failure: ({ want, ran }) => part.nonZero({ ...resultOf(ran, want), changed: true }),
})

function executableOf(want: Args): string {
  return want.executable ?? '/bin/sh'
}

function commandOf(want: Args): Sh {
  const run = sh`exec ${executableOf(want)} -c ${want.cmd}`
  if (want.stdin === undefined || want.stdin === '') return run
  return sh`${Blob.of(want.stdin + (want.stdin_add_newline ? '\n' : ''))} | ( ${run} )`
}

function resultOf(ran: Ran, want: Args): JsonObject {
  const output = part.outputOf(ran, want, want.cmd, `${executableOf(want)} -c ${quote(want.cmd)}`)
  const strip = (text: string) => text.replace(/[\r\n]+$/, '')
  const [stdout, stderr] = [strip(output.stdout), strip(output.stderr)]
  return { ...output, cmd: want.cmd, msg: '', stdout, stderr, ...part.linesOf(stdout, stderr) }
}
