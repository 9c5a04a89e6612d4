import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import { type EditNow, type EditWant, editDiff, editFile, editResult } from './parts/edit-file.ts'
import { removeLines, setLine } from './parts/edit-lines.ts'
import { validateCommand } from './parts/replace-file.ts'

const schema = args(
  {
    path: arg.path('The file', { required: true, aliases: ['dest', 'destfile', 'name'] }),
    state: arg.choice(['absent', 'present'], 'Whether the line must be there', { default: 'present' }),
    line: arg.str('The line', { aliases: ['value'] }),
    regexp: arg.str('Pattern (Python) of the line to replace or remove', { aliases: ['regex'] }),
    search_string: arg.str('Text in the line to replace or remove'),
    insertafter: arg.str('Pattern of the line after which a new one goes, or EOF'),
    insertbefore: arg.str('Pattern of the line before which a new one goes, or BOF'),
    backrefs: arg.bool('Fill groups of the match into the line, and do nothing without a match', { default: false }),
    firstmatch: arg.bool('Take the first match, not the last', { default: false }),
    create: arg.bool('Make the file when it is missing', { default: false }),
    backup: arg.bool('Keep what was there under a name with the time', { default: false }),
    validate: arg.str('Command that must accept the new file, which stands for %s'),
    ...attributeArgs,
  },
  {
    exclusive: [
      ['insertbefore', 'insertafter'],
      ['regexp', 'search_string'],
      ['backrefs', 'search_string'],
    ],
  },
)

type Args = ReturnType<typeof schema.check>
type Want = EditWant & { readonly warnings: readonly string[] }

/** Sees to one line of a file; follows Ansible's `lineinfile`, whose patterns work on bytes. */
export const module = defineModule<Args, Want, EditNow>({
  name: 'lineinfile',
  summary: 'Sees to one line of a file',
  examples: ['- lineinfile:\n    path: /t/sshd_config\n    regexp: "^#?Port "\n    line: Port 22\n    create: true\n'],
  ...editFile,
  args: schema,
  want: wanted,
  result: (outcome): JsonObject => {
    if (outcome.now.status === null && outcome.want.missing === '') return { msg: 'file not present' }
    const { msg, backup, data } = editResult(outcome)
    const { warnings } = outcome.want
    return { msg, backup, ...data, ...(warnings.length === 0 ? {} : { warnings }) }
  },
  diff: (outcome, shown) =>
    outcome.now.status === null && outcome.want.missing === '' ? undefined : editDiff(outcome, shown),
})

function wanted(args: Args): Want {
  const { path, regexp, line, search_string, backup, validate } = args
  if (validate !== undefined) validateCommand(validate)
  const common = { path, backup, validate, attributes: attributesOf(args), warnings: warningsOf(args) }
  if (args.state === 'absent') {
    if (regexp === undefined && search_string === undefined && line === undefined)
      throw missing('one of line, search_string, or regexp is required with state=absent')
    return { ...common, create: false, missing: '', edit: removeLines({ regexp, search_string, line }) }
  }
  if (args.backrefs && regexp === undefined) throw missing('regexp is required with backrefs=true')
  if (line === undefined) throw missing('line is required with state=present')
  return {
    ...common,
    create: args.create,
    missing: `Destination ${path} does not exist !`,
    edit: setLine({ ...args, line }),
  }
}

/** Ansible's words about a pattern that every line matches. */
function warningsOf({ regexp, search_string }: Args): readonly string[] {
  if (regexp !== '' && search_string !== '') return []
  const [what, remedy] =
    regexp === ''
      ? ['regular expression', " If this is desired, use '^' to match every line in the file and avoid this warning."]
      : ['search string', '']
  return [
    `The ${what} is an empty string, which will match every line in the file. This may have unintended consequences, such as replacing the last line in the file rather than appending.${remedy}`,
  ]
}

function missing(detail: string): Problem {
  return new Problem({ code: 'args.missing', summary: 'Missing argument', detail })
}
