import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { asBytes, type EditNow, type EditWant, editFile, editResult } from './parts/edit-file.ts'
import { changeRules, editPam, insertRule, type PamEdit, pamControl, pamWords, withArguments } from './parts/pam.ts'
import { join } from './parts/paths.ts'

const TYPES = ['account', '-account', 'auth', '-auth', 'password', '-password', 'session', '-session'] as const

const schema = args(
  {
    name: arg.str('The service: a file of the folder', { required: true }),
    type: arg.choice(TYPES, 'The type of the rules to look for', { required: true }),
    control: arg.str('Their control', { required: true }),
    module_path: arg.str('Their module', { required: true }),
    new_type: arg.choice(TYPES, 'The type of the new rule'),
    new_control: arg.str('Its control'),
    new_module_path: arg.str('Its module'),
    module_arguments: arg.list('Arguments of the module'),
    state: arg.choice(
      ['absent', 'after', 'args_absent', 'args_present', 'before', 'updated'],
      'What becomes of the rules',
      { default: 'updated' },
    ),
    path: arg.path('The folder', { default: '/etc/pam.d' }),
    backup: arg.bool('Keep what was there under a name with the time', { default: false }),
  },
  {
    requiredIf: [
      ['state', 'args_present', ['module_arguments']],
      ['state', 'args_absent', ['module_arguments']],
      ['state', 'before', ['new_control', 'new_type', 'new_module_path']],
      ['state', 'after', ['new_control', 'new_type', 'new_module_path']],
    ],
  },
)

type Args = ReturnType<typeof schema.check>

/** Rules of PAM services; follows community.general's `pamd`, without its line that says when the file was changed. */
export const module = defineModule<Args, EditWant, EditNow>({
  name: 'pamd',
  collection: 'community.general',
  summary: 'Manages rules of PAM services',
  examples: [
    '- community.general.pamd:\n    name: su\n    type: auth\n    control: sufficient\n    module_path: pam_rootok.so\n    state: args_present\n    module_arguments: debug\n',
  ],
  ...editFile,
  args: schema,
  want: wanted,
  result: (outcome): JsonObject => ({
    change_count: outcome.now.edited.data?.change_count ?? 0,
    backupdest: editResult(outcome).backup,
  }),
})

function wanted(given: Args): EditWant {
  const path = join(given.path, given.name)
  const target = { type: given.type, control: pamControl(asBytes(given.control)), path: asBytes(given.module_path) }
  const edit = editPam(target, editOf(given))
  return {
    path,
    create: false,
    backup: given.backup,
    validate: undefined,
    attributes: { mode: null, owner: null, group: null },
    missing: `Unable to open/read PAM module file ${path} with error [Errno 2] No such file or directory: '${path}'.`,
    edit: (text) => edit(text ?? ''),
  }
}

function editOf(given: Args): PamEdit {
  const words = given.module_arguments === undefined ? null : pamWords(given.module_arguments.map(asBytes))
  if (given.new_control !== undefined) checkControl(given.new_control)
  const control = given.new_control === undefined ? null : pamControl(asBytes(given.new_control))
  const path = given.new_module_path === undefined ? null : asBytes(given.new_module_path)
  switch (given.state) {
    case 'absent':
      return changeRules(() => null)
    case 'args_absent':
      return changeRules((rule) => ({ ...rule, args: rule.args.filter((word) => !words!.includes(word)) }))
    case 'args_present':
      if (words!.some((word) => word.startsWith('[')))
        throw new Failure(
          "Unable to process bracketed '[' complex arguments with 'args_present'. Please use 'updated'.",
        )
      return changeRules((rule) => ({ ...rule, args: withArguments(rule.args, words!) }))
    case 'updated':
      return changeRules((rule) => ({
        type: given.new_type ?? rule.type,
        control: control ?? rule.control,
        path: path ?? rule.path,
        args: words ?? rule.args,
      }))
    default:
      return insertRule({ type: given.new_type!, control: control!, path: path!, args: words ?? [] }, given.state)
  }
}

const SIMPLE = /^(required|requisite|sufficient|optional|include|substack|definitive)$/
const PAIR = /^[a-z_]+=(ignore|bad|die|ok|done|reset|\d+)$/

/** A rule that PAM does not understand could lock everybody out. */
function checkControl(written: string): void {
  const control = pamControl(written)
  const isValid = control.startsWith('[')
    ? control
        .slice(1, -1)
        .split(' ')
        .every((pair) => PAIR.test(pair))
    : SIMPLE.test(control)
  if (!isValid) throw new Failure(`Rule control, ${written}, is not valid`)
}
