import type { Blob } from '../kernel/blob.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, type Ran } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { shlexWords } from '../kernel/shlex.ts'
import * as part from './parts/command.ts'

const schema = args(
  {
    cmd: arg.str('The script on the controller, and its arguments', {
      aliases: ['_raw_params', 'free_form'],
      required: true,
    }),
    creates: arg.str('A file on the host: when it exists, the script does not run'),
    removes: arg.str('A file on the host: when it does not exist, the script does not run'),
    chdir: arg.str('The folder on the host to run in: an absolute path'),
    executable: arg.str('The program that runs the script'),
    decrypt: arg.bool('Whether a vault file is decrypted first', { default: true }),
  },
  { freeForm: 'cmd' },
)

type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly content: Blob; readonly rest: string }

export const module = defineModule<Args, Want, part.Guarded>({
  name: 'script',
  summary: 'Runs a script of the controller on the host',
  examples: ['- script: hello.sh --once\n', '- script:\n    cmd: hello.sh\n    creates: /t/made\n'],
  args: schema,
  effects: 'network',
  want: async (given, controller) => {
    if (given.chdir !== undefined && !given.chdir.startsWith('/')) throw notAbsolute(given.chdir)
    const { source, rest } = sourceOf(given.cmd)
    return { ...given, rest, content: await controller.file(await controller.find(source, 'files'), given.decrypt) }
  },
  probe: (want) => part.probeGuard({ ...want, chdir: undefined }),
  read: part.readGuard,
  plan: (now, want) => (part.skipReason(now, want) === null ? [part.runChange(want.cmd, want)] : []),
  apply: (_, want) => applyOf(want),
  result: ({ now, want, ran }) => {
    if (ran !== null) return resultOf(ran, want)
    const reason = now.created
      ? `${want.creates} exists, matching creates option`
      : `${want.removes} does not exist, matching removes option`
    return { skipped: true, msg: reason }
  },
  failure: ({ want, ran }) => part.nonZero({ ...resultOf(ran, want), changed: true }),
})

function sourceOf(cmd: string): { source: string; rest: string } {
  const text = cmd.trim()
  const first = shlexWords(text)[0]
  if (first !== undefined) return { source: first.word, rest: text.slice(first.end) }
  throw new Problem({ code: 'args.missing', summary: 'Missing argument', detail: 'no script given' })
}

function notAbsolute(chdir: string): Problem {
  return new Problem({
    code: 'args.path',
    summary: 'A path that must be absolute',
    detail: `chdir ${chdir} must be an absolute path for a Unix-aware remote node`,
  })
}

/** The arguments are shell text, as with Ansible. A file in /tmp can't be run where /tmp is mounted noexec: then home is the place. */
function applyOf(want: Want): Sh {
  const text = `${want.executable === undefined ? '' : `${want.executable} `}"$0"${want.rest}`
  return lines([
    sh`
      for folder in "\${TMPDIR:-/tmp}" "$HOME" /var/tmp; do
        script=$(mktemp "$folder/provision.XXXXXX") || continue
        trap 'rm -f "$script"' EXIT
        ${want.content} >"$script"
        chmod 700 "$script"
        [ ! -x "$script" ] || break
        rm -f "$script"
      done`,
    part.runFramed(want, sh`exec /bin/sh -c ${text} "$script"`, null),
  ])
}

function resultOf(ran: Ran, want: Want): JsonObject {
  const { rc, stdout, stderr } = part.outputOf(ran, want, want.cmd, want.cmd)
  return { rc, stdout, stderr, ...part.linesOf(stdout, stderr) }
}
