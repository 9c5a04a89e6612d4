import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { compileTemplate, pythonRegex, substitute } from '../kernel/python-regex.ts'
import { arg, args } from '../kernel/schema.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import { contentDiff, type Edited, type EditNow, type EditWant, editFile, editResult } from './parts/edit-file.ts'
import { validateCommand } from './parts/replace-file.ts'

const schema = args({
  path: arg.path('The file', { required: true, aliases: ['dest', 'destfile', 'name'] }),
  regexp: arg.str('Pattern (Python, multi-line) of what to replace', { required: true }),
  replace: arg.str('What to put there, with \\1 and \\g<name> for groups', { default: '' }),
  after: arg.str('Pattern: only what stands after it'),
  before: arg.str('Pattern: only what stands before it'),
  backup: arg.bool('Keep what was there under a name with the time', { default: false }),
  validate: arg.str('Command that must accept the new file, which stands for %s'),
  encoding: arg.str('Encoding of the file', { default: 'utf-8' }),
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>
type Encoding = 'utf8' | 'latin1' | 'utf16le'

/** Replaces every match of a pattern in a file; follows Ansible's `replace`, whose patterns work on text. */
export const module = defineModule<Args, EditWant, EditNow>({
  name: 'replace',
  summary: 'Replaces every match of a pattern in a file',
  examples: [
    '- replace:\n    path: /t/hosts\n    regexp: "(\\\\s+)old\\\\.example(\\\\s+.*)?$"\n    replace: "\\\\1new.example\\\\2"\n',
  ],
  ...editFile,
  args: schema,
  want: (args) => {
    const { path, backup, validate } = args
    if (validate !== undefined) validateCommand(validate)
    const attributes = attributesOf(args)
    return {
      path,
      backup,
      validate,
      create: false,
      attributes,
      missing: `Path ${path} does not exist !`,
      edit: replaceIn(args),
    }
  },
  result: (outcome): JsonObject => {
    const { msg, backup } = editResult(outcome)
    return { rc: 0, msg, ...(backup === '' ? {} : { backup_file: backup }) }
  },
  diff: (outcome, shown) => {
    const { now, want } = outcome
    if (!shown || now.edited.text === null) return undefined
    return { ...contentDiff(outcome, shown), before_header: want.path, after_header: want.path }
  },
})

function replaceIn({ regexp, replace, after, before, encoding }: Args): (text: string | null) => Edited {
  const code = encodingOf(encoding)
  const pattern = pythonRegex(regexp, { flags: 'm' })
  const section = sectionPattern(after, before)
  compileTemplate(replace)
  return (bytes) => {
    const text = Buffer.from(bytes ?? '', 'latin1').toString(code)
    let [start, end] = [0, text.length]
    if (section !== null) {
      section.regex.lastIndex = 0
      const match = section.regex.exec(text)
      if (match === null)
        return { text: null, msg: `Pattern for before/after params did not match the given file: ${section.source}` }
      ;[start, end] = match.indices!.groups!.subsection!
    }
    const part = text.slice(start, end)
    const { text: changed, count } = substitute(pattern, replace, part)
    if (changed === part) return { text: null, msg: '' }
    const whole = text.slice(0, start) + changed + text.slice(end)
    return { text: Buffer.from(whole, code).toString('latin1'), msg: `${count} replacements made` }
  }
}

/** The part of the text between `after` and `before`; the pattern tells where its group stands. */
function sectionPattern(
  after: string | undefined,
  before: string | undefined,
): { regex: RegExp; source: string } | null {
  const [head, tail] = [after || '', before || '']
  if (head === '' && tail === '') return null
  const source = `${head}${head !== '' && tail !== '' ? '(?P<subsection>.*?)' : '(?P<subsection>.*)'}${tail}`
  const { source: pattern, flags } = pythonRegex(source, { flags: 's' })
  return { regex: new RegExp(pattern, `${flags}d`), source }
}

function encodingOf(encoding: string): Encoding {
  const name = encoding.toLowerCase().replaceAll(/[-_]/g, '')
  if (['utf8', 'ascii', 'usascii', 'utf8sig'].includes(name)) return 'utf8'
  if (['latin1', 'iso88591', 'l1'].includes(name)) return 'latin1'
  if (['utf16le'].includes(name)) return 'utf16le'
  throw new Problem({
    code: 'args.encoding',
    summary: 'Encoding not supported',
    detail: `"${encoding}" is not supported`,
    hint: 'utf-8, latin-1 and utf-16-le are',
  })
}
