import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { linesOfText, probeText, readText, textOfLines, writeText } from './parts/text-file.ts'

const GEN = '/etc/locale.gen'
const LOCAL = '/var/lib/locales/supported.d/local'

/** Locales that a host has, by locale-gen. */
export const module = defineModule({
  name: 'locale_gen',
  collection: 'community.general',
  summary: 'Makes and removes locales',
  examples: ['- community.general.locale_gen:\n    name: de_DE.UTF-8\n    state: present'],
  args: args({
    name: arg.str('The locale with its encoding', { required: true }),
    state: arg.choice(['absent', 'present'], 'Whether it is there', { default: 'present' }),
  }),
  want: (given) => given,
  probe: () =>
    lines([
      probeText('gen', GEN),
      probeText('local', LOCAL),
      sh`
      if [ -d /var/lib/locales/supported.d ]; then
        field ubuntu 1; field supported "$(cat /usr/share/i18n/SUPPORTED)"
      fi
      field present "$(locale -a 2>/dev/null)" || :`,
    ]),
  read: (fields) => ({
    gen: readText(fields, 'gen', GEN),
    local: readText(fields, 'local', LOCAL),
    ubuntu: fields.flag('ubuntu'),
    supported: fields.text('supported').split('\n'),
    present: fields.text('present').split('\n').map(normalized),
  }),
  plan: (now, { name, state }) => {
    if (!now.ubuntu && now.gen.text === null)
      throw new Failure(`${GEN} and ${LOCAL} are missing. Is the package "locales" installed?`, { missing: true })
    const known = now.ubuntu ? now.supported : linesOfText(now.gen.text)
    if (!known.some((line) => /^#?\s*(\S+_\S+) \S+\s*$/.exec(line)?.[1] === name))
      throw new Failure("The locale you've entered is not available on your system.")
    const there = now.present.includes(normalized(name))
    if (there === (state === 'present')) return []
    return [{ what: `locale ${name}`, before: there ? 'present' : null, after: there ? null : 'present' }]
  },
  apply: (_changes, { name, state }, now) => {
    if (now.ubuntu && state === 'present') return sh`locale-gen ${name} >/dev/null`
    if (now.ubuntu) {
      const kept = linesOfText(now.local.text).filter((line) => line.split(' ')[0] !== name)
      return lines([writeText(now.local, textOfLines(kept)), sh`locale-gen --purge >/dev/null`])
    }
    const marked = linesOfText(now.gen.text).map((line) => {
      const charset = new RegExp(`^#?\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} (.+)$`).exec(line)?.[1]
      return charset === undefined ? line : `${state === 'present' ? '' : '# '}${name} ${charset}`
    })
    return lines([writeText(now.gen, textOfLines(marked)), sh`locale-gen >/dev/null`])
  },
  result: ({ want }) => ({ name: want.name, msg: 'OK' }),
  effects: 'host',
})

/** `locale -a` writes encodings in lower case and without dashes. */
function normalized(name: string): string {
  const [locale, encoding] = name.split('.')
  if (encoding === undefined) return name
  const [charset, modifier] = encoding.split('@')
  const short = charset!.toLowerCase().replaceAll('-', '')
  return `${locale}.${short}${modifier === undefined ? '' : `@${modifier}`}`
}
