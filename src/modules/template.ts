import { Blob } from '../kernel/blob.ts'
import { encodeText } from '../kernel/encoding.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import {
  applyFileCopy,
  type FileCopy,
  type FileCopyNow,
  fileCopy,
  fileCopyDiff,
  fileCopyResult,
  planFileCopy,
  probeFileCopy,
  readFileCopy,
} from './parts/copy-file.ts'
import { basename } from './parts/paths.ts'

const schema = args({
  src: arg.str('Template on the controller', { required: true }),
  dest: arg.path('Where the rendered text goes on the host', { required: true }),
  backup: arg.bool('Keep what was there under a name with the time', { default: false }),
  force: arg.bool('Replace what is there when it differs', { default: true }),
  validate: arg.str('Command that must accept the new file, which stands for %s'),
  follow: arg.bool('Write to what a link at `dest` points to', { default: false }),
  trim_blocks: arg.bool('Take out the newline after a block', { default: true }),
  lstrip_blocks: arg.bool('Take out the blanks before a block', { default: false }),
  newline_sequence: arg.choice(['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'], 'How lines end', { default: '\n' }),
  block_start_string: arg.str('Start of a block'),
  block_end_string: arg.str('End of a block'),
  variable_start_string: arg.str('Start of a variable'),
  variable_end_string: arg.str('End of a variable'),
  comment_start_string: arg.str('Start of a comment'),
  comment_end_string: arg.str('End of a comment'),
  output_encoding: arg.str('Encoding of the file', { default: 'utf-8' }),
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>

/** Renders a template on the controller and copies the text to the host; follows Ansible's `template`. */
export const module = defineModule<Args, FileCopy, FileCopyNow>({
  name: 'template',
  summary: 'Renders a template and copies the text to the host',
  examples: ['- template:\n    src: app.conf.j2\n    dest: /t/app.conf\n    mode: "0644"\n'],
  args: schema,
  effects: 'host',
  want: async (args, controller) => {
    const found = await controller.find(args.src, 'templates')
    const text = await controller.render(found, renderOptions(args))
    const preserved = args.mode === 'preserve' ? ((await controller.stat(found))?.mode ?? null) : null
    const attributes = attributesOf({ ...args, mode: args.mode === 'preserve' ? preserved : args.mode })
    const { dest, force, follow, backup, validate } = args
    return fileCopy({
      ...{ dest, force, follow, backup, validate, attributes },
      directoryAttributes: { ...attributes, mode: null },
      blob: Blob.of(encodeText(text, args.output_encoding || 'utf-8')),
      isHeard: true,
      name: basename(found),
      src: found,
    })
  },
  probe: probeFileCopy,
  read: readFileCopy,
  plan: planFileCopy,
  apply: (_, want, now) => applyFileCopy(want, now),
  result: fileCopyResult,
  diff: fileCopyDiff,
})

function renderOptions(args: Args) {
  const { trim_blocks, lstrip_blocks } = args
  const newline_sequence = args.newline_sequence.replace('\\r', '\r').replace('\\n', '\n')
  const strings = Object.entries({
    block_start_string: args.block_start_string,
    block_end_string: args.block_end_string,
    variable_start_string: args.variable_start_string,
    variable_end_string: args.variable_end_string,
    comment_start_string: args.comment_start_string,
    comment_end_string: args.comment_end_string,
  }).filter(([, text]) => text !== undefined)
  return { trim_blocks, lstrip_blocks, newline_sequence, ...Object.fromEntries(strings) }
}
