import { Blob } from '../kernel/blob.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { Secret } from '../kernel/secret.ts'
import { sh } from '../kernel/sh.ts'

/** Answers to the questions that packages ask when they are installed. */
export const module = defineModule({
  name: 'debconf',
  summary: 'Answers questions of packages in advance',
  examples: [
    '- debconf:\n    name: locales\n    question: locales/default_environment_locale\n    value: de_DE.UTF-8\n    vtype: select',
    '- debconf:\n    name: tzdata',
  ],
  args: args(
    {
      name: arg.str('The package', { required: true, aliases: ['pkg'] }),
      question: arg.str('The question', { aliases: ['selection', 'setting'] }),
      vtype: arg.choice(
        ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'],
        'Its type',
      ),
      value: arg.str('The answer', { aliases: ['answer'] }),
      unseen: arg.bool('Whether the question is still asked', { default: false }),
    },
    { together: [['question', 'vtype', 'value']] },
  ),
  want: (given) => ({ ...given, value: given.vtype === 'boolean' ? given.value?.toLowerCase() : given.value }),
  // debconf-show hides passwords; root's own database has them, and they are compared on the host.
  probe: ({ name, question, value, vtype }) => sh`
    field shown "$(debconf-show ${name} 2>/dev/null)"
    ${
      vtype === 'password' && question !== undefined
        ? sh`
        known=$(sed -n ${`/^Name: ${question.replace(/[.*[\]^$\\/]/g, '\\$&')}$/,/^$/s/^Value: //p`} /var/cache/debconf/passwords.dat 2>/dev/null) || :
        if [ "$known" = "$(${Blob.of(new Secret(value ?? ''))})" ]; then field same-password 1; fi`
        : null
    }`,
  read: (fields) => ({ answers: answersOf(fields.text('shown')), samePassword: fields.flag('same-password') }),
  plan: (now, { question, value, vtype }) => {
    if (question === undefined || value === undefined) return []
    const before = now.answers.get(question)
    if (vtype === 'password')
      return now.samePassword
        ? []
        : [{ what: question, before: before === undefined ? null : '********', after: '********' }]
    const known = vtype === 'boolean' ? before?.toLowerCase() : before
    return known === value ? [] : [{ what: question, before: before ?? null, after: value }]
  },
  apply: (_changes, { name, question, vtype, value, unseen }) => {
    const line = `${name} ${question} ${vtype} ${value}\n`
    const answer = vtype === 'password' ? Blob.of(new Secret(line)) : Blob.of(line)
    return sh`${answer} | DEBIAN_FRONTEND=noninteractive debconf-set-selections ${unseen ? sh`-u` : null}`
  },
  result: ({ now, want, changes }) => {
    const { question, value, vtype } = want
    if (changes.length === 0 || question === undefined) return { msg: '', current: Object.fromEntries(now.answers) }
    const shown = vtype === 'password' ? '********' : (value ?? '')
    return { msg: '', current: { [question]: shown }, previous: { [question]: now.answers.get(question) ?? '' } }
  },
  diff: ({ now, want, changes }, shown) => {
    const { question, value, vtype } = want
    if (changes.length === 0 || question === undefined) return undefined
    if (!shown) return {}
    const before = vtype === 'password' ? '********' : (now.answers.get(question) ?? '')
    return { before: { [question]: before }, after: { [question]: vtype === 'password' ? '********' : (value ?? '') } }
  },
  effects: 'host',
})

/** The output of debconf-show: `* question: answer`, the star for a question that was asked. */
function answersOf(shown: string): ReadonlyMap<string, string> {
  const lines = shown.split('\n').map((line) => /^[* ] ([^:]+):(?: (.*))?$/.exec(line))
  return new Map(lines.filter((match) => match !== null).map((match) => [match[1]!, (match[2] ?? '').trim()]))
}
