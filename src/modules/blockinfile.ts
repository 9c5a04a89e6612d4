import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { pythonRegex } from '../kernel/python-regex.ts'
import { arg, args } from '../kernel/schema.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import {
  asBytes,
  type Edited,
  type EditNow,
  type EditWant,
  editDiff,
  editFile,
  editResult,
  splitLines,
} from './parts/edit-file.ts'
import { validateCommand } from './parts/replace-file.ts'

const schema = args(
  {
    path: arg.path('The file', { required: true, aliases: ['dest', 'destfile', 'name'] }),
    state: arg.choice(['absent', 'present'], 'Whether the block must be there', { default: 'present' }),
    marker: arg.str('Line around the block, with {mark}', { default: '# {mark} ANSIBLE MANAGED BLOCK' }),
    block: arg.str('The text between the markers', { default: '', aliases: ['content'] }),
    insertafter: arg.str('Pattern of the line after which a new block goes, or EOF'),
    insertbefore: arg.str('Pattern of the line before which a new block goes, or BOF'),
    create: arg.bool('Make the file when it is missing', { default: false }),
    backup: arg.bool('Keep what was there under a name with the time', { default: false }),
    validate: arg.str('Command that must accept the new file, which stands for %s'),
    marker_begin: arg.str('What {mark} is in the first marker', { default: 'BEGIN' }),
    marker_end: arg.str('What {mark} is in the last marker', { default: 'END' }),
    ...attributeArgs,
  },
  { exclusive: [['insertbefore', 'insertafter']] },
)

type Args = ReturnType<typeof schema.check>

/** Sees to a block of lines between two markers; follows Ansible's `blockinfile`, whose patterns work on bytes. */
export const module = defineModule<Args, EditWant, EditNow>({
  name: 'blockinfile',
  summary: 'Sees to a block of lines between two markers in a file',
  examples: [
    '- blockinfile:\n    path: /t/hosts\n    create: true\n    block: |\n      192.0.2.1 web01\n      192.0.2.2 web02\n',
  ],
  ...editFile,
  args: schema,
  want: (args) => {
    const { path, backup, validate, create } = args
    if (validate !== undefined) validateCommand(validate)
    const attributes = attributesOf(args)
    return {
      path,
      backup,
      validate,
      create,
      attributes,
      missing: `Path ${path} does not exist !`,
      edit: setBlock(args),
    }
  },
  result: (outcome): JsonObject => {
    const { msg, backup } = editResult(outcome)
    return { msg, ...(backup === '' ? {} : { backup_file: backup }) }
  },
  diff: editDiff,
})

/** Puts the block between its markers, where they are or where the anchor says; takes both out when there is nothing to put. */
function setBlock(args: Args): (text: string | null) => Edited {
  const marker = (mark: string) => `${asBytes(args.marker.replaceAll('{mark}', () => mark))}\n`
  const [begin, end] = [marker(args.marker_begin), marker(args.marker_end)]
  const block = args.state === 'present' ? asBytes(args.block) : ''
  const lines = block === '' ? [] : [begin, ...splitLines(block.endsWith('\n') ? block : `${block}\n`), end]
  const placed = placeOf(args)

  return (text) => {
    const rest = splitLines(text ?? '')
    const first = rest.lastIndexOf(begin)
    const last = rest.lastIndexOf(end)
    let at: number
    if (first === -1 || last === -1) at = placed(rest, text ?? '')
    else {
      at = Math.min(first, last)
      rest.splice(at, Math.abs(last - first) + 1)
    }
    if (at > 0 && !rest[at - 1]!.endsWith('\n')) rest[at - 1] += '\n'
    const result = rest.toSpliced(at, 0, ...lines).join('')
    if (result === text) return { text: null, msg: '' }
    return {
      text: result,
      msg: text === null ? 'File created' : lines.length === 0 ? 'Block removed' : 'Block inserted',
    }
  }
}

/** Where a new block goes; a pattern with (?m) is looked for in the whole text, others line by line, the last match counts. */
function placeOf({ insertafter, insertbefore }: Args): (lines: readonly string[], text: string) => number {
  const pattern = insertafter ?? insertbefore
  if (insertafter === undefined && insertbefore === 'BOF') return () => 0
  if (pattern === undefined || (insertafter ?? '') === 'EOF') return (lines) => lines.length
  const regex = pythonRegex(pattern, { bytes: true })
  const after = insertafter !== undefined ? 1 : 0
  const whole = /^\(\?[aiLsux]*m/.test(pattern)
  return (lines, text) => {
    regex.lastIndex = 0
    if (whole) {
      const match = regex.exec(text)
      if (match === null) return lines.length
      return (
        splitLines(text.slice(0, match.index + (after ? match[0].length : 0))).filter((line) => line.endsWith('\n'))
          .length + after
      )
    }
    const found = lines.findLastIndex((line) => {
      regex.lastIndex = 0
      return regex.test(line)
    })
    return found === -1 ? lines.length : found + after
  }
}
