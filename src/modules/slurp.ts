import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'
import { hostPath } from './parts/paths.ts'

const schema = args({
  src: arg.path('The file', { required: true, aliases: ['path'] }),
})

type Args = ReturnType<typeof schema.check>
type Now = { readonly what: string; readonly content: string }

/** Brings a file's content, as base64; follows Ansible's `slurp`. */
export const module = defineModule<Args, Args, Now>({
  name: 'slurp',
  summary: 'Brings the content of a file from the host, as base64',
  examples: ['- slurp:\n    src: /etc/hostname\n  register: hostname\n'],
  args: schema,
  effects: 'host',
  probe: (want) => sh`
    path=${hostPath(want.src)}
    if [ ! -e "$path" ]; then
      folder=\${path%/*}
      if [ -d "\${folder:-/}" ] && [ ! -x "\${folder:-/}" ]; then field what unreadable
      elif [ -e "$folder" ] && [ ! -d "$folder" ]; then field what below-file
      else field what missing; fi
    elif [ ! -r "$path" ]; then field what unreadable
    elif [ -d "$path" ]; then field what directory
    else field what file; field content "$(base64 <"$path")"; fi`,
  read: (fields) => ({ what: fields.text('what'), content: fields.text('content').replaceAll('\n', '') }),
  plan: () => [],
  apply: () => sh``,
  result: ({ now, want }) => {
    if (now.what === 'missing') throw new Failure(`file not found: ${want.src}`)
    if (now.what === 'below-file') throw new Failure(`unable to slurp file: not a directory: ${want.src}`)
    if (now.what === 'unreadable') throw new Failure(`file is not readable: ${want.src}`)
    if (now.what === 'directory') throw new Failure(`source is a directory and must be a file: ${want.src}`)
    return { content: now.content, source: want.src, encoding: 'base64' }
  },
})
