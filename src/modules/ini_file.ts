import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines } from '../kernel/sh.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import { contentDiff, type EditNow, type EditWant, editFile, editResult } from './parts/edit-file.ts'
import { editIni } from './parts/edit-ini.ts'
import { hostPath } from './parts/paths.ts'
import { pathInfo, probeStatus, readStatus } from './parts/status.ts'

const schema = args(
  {
    path: arg.path('The file', { required: true, aliases: ['dest'] }),
    section: arg.str('The section; the lines before the first one when left out'),
    option: arg.str('The option; the whole section when left out'),
    value: arg.str('Its value'),
    values: arg.list('Its values, each on a line of its own'),
    backup: arg.bool('Keep what was there under a name with the time', { default: false }),
    state: arg.choice(['absent', 'present'], 'Whether it must be there', { default: 'present' }),
    exclusive: arg.bool('The option has no other values', { default: true }),
    no_extra_spaces: arg.bool('No blanks around =', { default: false }),
    allow_no_value: arg.bool('The option may stand without a value', { default: false }),
    create: arg.bool('Make the file when it is missing', { default: true }),
    ...attributeArgs,
  },
  { exclusive: [['value', 'values']] },
)

type Args = ReturnType<typeof schema.check>

/** Sees to an option in an INI file; follows community.general's `ini_file`. */
export const module = defineModule<Args, EditWant, EditNow>({
  name: 'ini_file',
  collection: 'community.general',
  summary: 'Sees to an option in an INI file',
  examples: [
    '- community.general.ini_file:\n    path: /t/app.ini\n    section: server\n    option: port\n    value: "8080"\n',
  ],
  ...editFile,
  args: schema,
  want: (args) => {
    const values = args.value === undefined ? (args.values ?? []) : [args.value]
    if (args.state === 'present' && !args.allow_no_value && values.length === 0) {
      throw new Problem({
        code: 'args.missing',
        summary: 'Missing argument',
        detail: "Parameter 'value(s)' must be defined if state=present and allow_no_value=False.",
      })
    }
    const { path, backup, create } = args
    const attributes = attributesOf(args)
    const edit = editIni({ ...args, values })
    return {
      path,
      backup,
      create,
      attributes,
      validate: undefined,
      missing: `Destination ${path} does not exist!`,
      edit,
    }
  },
  apply: (changes, want, now) => lines([editFile.apply(changes, want, now), probeStatus('status', hostPath(now.real))]),
  result: (outcome): JsonObject => {
    const { now, want, ran } = outcome
    const { backup } = editResult(outcome)
    const info = pathInfo(ran === null ? now.status : readStatus(ran.fields, 'status'))
    return { msg: now.edited.msg, path: want.path, ...info, ...(backup === '' ? {} : { backup_file: backup }) }
  },
  diff: contentDiff,
})
