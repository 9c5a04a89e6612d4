import type { JsonObject } from '../kernel/json.ts'
import { defineModule, type Ran } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'
import * as part from './parts/command.ts'

const schema = args(
  {
    cmd: arg.str('The text, run by the login shell’s /bin/sh', {
      aliases: ['_raw_params', 'free_form'],
      required: true,
    }),
    executable: arg.path('The shell that runs the text: an absolute path; /bin/sh when left out'),
  },
  { freeForm: 'cmd' },
)

type Args = ReturnType<typeof schema.check>

export const module = defineModule<Args, Args, null>({
  name: 'raw',
  summary: 'Runs text with a shell on the host, without any checks',
  examples: ['- raw: uptime\n'],
  args: schema,
  effects: 'network',
  probe: () => null,
  read: () => null,
  plan: (_, want) => [{ what: 'command', before: null, after: want.cmd, action: true, uncertain: true }],
  apply: (_, want) =>
    part.runFramed({ chdir: undefined }, sh`exec ${want.executable ?? '/bin/sh'} -c ${want.cmd}`, null),
  result: ({ ran }) => resultOf(ran!),
  failure: ({ ran }) => part.nonZero({ ...resultOf(ran), changed: true }),
})

function resultOf(ran: Ran): JsonObject {
  const { rc, stdout, stderr } = part.outputOf(ran, { chdir: undefined }, null, '')
  return { rc, stdout, stderr, ...part.linesOf(stdout, stderr) }
}
