import type { Change } from '../kernel/change.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { linesOfText, probeText, readText, type TextFile, textOfLines, writeText } from './parts/text-file.ts'

const schema = args(
  {
    name: arg.str('The kernel parameter', { required: true, aliases: ['key'] }),
    value: arg.str('Its value', { aliases: ['val'] }),
    state: arg.choice(['present', 'absent'], 'Whether it is in the file', { default: 'present' }),
    reload: arg.bool('Whether the file is loaded after a change', { default: true }),
    sysctl_set: arg.bool('Whether the running kernel’s value is compared and set too', { default: false }),
    ignoreerrors: arg.bool('Whether unknown parameters are let pass', { default: false }),
    sysctl_file: arg.path('The file', { default: '/etc/sysctl.conf' }),
  },
  { requiredIf: [['state', 'present', ['value']]] },
)
type Args = ReturnType<typeof schema.check>
type Want = Omit<Args, 'value'> & { readonly value: string }
type Now = { readonly file: TextFile; readonly kernel: string | null }

/** Kernel parameters in a sysctl.conf(5) and in the running kernel. */
export const module = defineModule<Args, Want, Now>({
  name: 'sysctl',
  collection: 'ansible.posix',
  summary: 'Manages kernel parameters',
  examples: [
    "- ansible.posix.sysctl:\n    name: net.ipv4.ip_forward\n    value: '1'\n    sysctl_set: yes",
    "- ansible.posix.sysctl:\n    name: vm.swappiness\n    value: '10'\n    sysctl_file: /etc/sysctl.d/60-memory.conf",
  ],
  args: schema,
  want: (given) => {
    const name = given.name.trim()
    if (name === '') throw new Failure('name cannot be blank')
    if (given.state === 'present' && given.value === '') throw new Failure('value cannot be blank')
    return { ...given, name, value: kernelText(given.value ?? '') }
  },
  probe: (want) =>
    lines([
      probeText('file', want.sysctl_file),
      sh`if value=$(sysctl -e -n ${want.name} 2>/dev/null); then field kernel "$value"; fi`,
    ]),
  read: (fields, want) => ({ file: readText(fields, 'file', want.sysctl_file), kernel: fields.get('kernel') ?? null }),
  plan: (now, want) => {
    const stored = storedValue(now, want.name)
    const change = (what: string, before: string | null, after: string | null): Change => ({ what, before, after })
    if (want.state === 'absent')
      return stored === null ? [] : [change(`${want.name} in ${want.sysctl_file}`, stored, null)]
    const changes: Change[] = []
    if (stored !== want.value) changes.push(change(`${want.name} in ${want.sysctl_file}`, stored, want.value))
    const running = want.reload || want.sysctl_set
    if (running && !sameWords(now.kernel, want.value))
      changes.push(change(`${want.name} in the kernel`, now.kernel, want.value))
    return changes
  },
  apply: (changes, want, now) => {
    const ignore = want.ignoreerrors ? sh`-e` : null
    const sets =
      want.sysctl_set && want.state === 'present' && now.kernel !== null && !sameWords(now.kernel, want.value)
    const writes = changes.some(({ what }) => what.endsWith(want.sysctl_file))
    return lines([
      REFUSED,
      sets
        ? sh`
          words=$(sysctl ${ignore} -w ${`${want.name}=${want.value}`} 2>&1) && ! refused "$words" ||
            { emit ${`setting ${want.name} failed: `} >&2; emit "$words" >&2; exit 1; }`
        : null,
      writes ? writeText(now.file, textOfLines(fileLines(now, want))) : null,
      want.reload
        ? sh`
          words=$(sysctl ${ignore} -p ${want.sysctl_file} 2>&1) && ! refused "$words" ||
            { emit 'Failed to reload sysctl: ' >&2; emit "$words" >&2; exit 1; }`
        : null,
    ])
  },
  result: () => ({}),
  effects: 'network',
})

/** sysctl ends well even when the kernel refuses a value. */
const REFUSED = sh`
  refused() {
    case $1 in *'setting key "'*'": Invalid argument'*|*'setting key "'*'": Read-only file system'*) return 0 ;; esac
    return 1
  }`

const TRUE = ['y', 'yes', 'on', '1', 'true', 't', '1.0']
const FALSE = ['n', 'no', 'off', '0', 'false', 'f', '0.0']

/** Truth values count as 1 and 0. */
function kernelText(text: string): string {
  if (TRUE.includes(text.toLowerCase())) return '1'
  return FALSE.includes(text.toLowerCase()) ? '0' : text.trim()
}

function pair(line: string): readonly [string, string] | null {
  if (/^\s*([#;]|$)/.test(line) || !line.includes('=')) return null
  const [, name, value] = /^([^=]*)=(.*)$/s.exec(line)!
  return [name!.trim(), value!.trim()]
}

/** The value that counts: the last one in the file. */
function storedValue(now: Now, name: string): string | null {
  const found = linesOfText(now.file.text)
    .map(pair)
    .filter((entry) => entry?.[0] === name)
  return found.at(-1)?.[1] ?? null
}

/** Every parameter once, as Ansible rewrites the file. */
function fileLines(now: Now, want: Want): string[] {
  const seen = new Set<string>()
  const kept: string[] = []
  for (const line of linesOfText(now.file.text)) {
    const entry = pair(line)
    if (entry === null) kept.push(line.trim())
    else if (!seen.has(entry[0])) {
      seen.add(entry[0])
      if (entry[0] !== want.name) kept.push(`${entry[0]}=${entry[1]}`)
      else if (want.state === 'present') kept.push(`${want.name}=${want.value}`)
    }
  }
  return seen.has(want.name) || want.state === 'absent' ? kept : [...kept, `${want.name}=${want.value}`]
}

function sameWords(one: string | null, other: string): boolean {
  return one !== null && one.trim().split(/\s+/).join(' ') === other.trim().split(/\s+/).join(' ')
}
