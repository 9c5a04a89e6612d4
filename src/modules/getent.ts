import type { Json } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'

const FAILURES: { readonly [code: number]: string } = {
  1: 'Missing arguments, or database unknown.',
  2: 'One or more supplied key could not be found in the database.',
  3: 'Enumeration not supported on this database.',
}
const COLON = ['passwd', 'shadow', 'group', 'gshadow']

/** The host's name service databases, by getent(1), as facts. */
export const module = defineModule({
  name: 'getent',
  summary: 'Reads passwd, group, hosts and other databases',
  examples: ['- getent:\n    database: passwd\n    key: root', '- getent:\n    database: group\n    split: ":"'],
  args: args({
    database: arg.str('Which database', { required: true }),
    key: arg.str('Which entry; all when left out'),
    service: arg.str('Which service of nsswitch.conf answers'),
    split: arg.str('What separates the fields of an entry'),
    fail_key: arg.bool('Whether a missing key is a failure', { default: true }),
  }),
  want: (given) => given,
  probe: ({ database, key, service }) => {
    const options = service === undefined ? null : sh`-s ${service}`
    return sh`
      answer=$(getent ${options} ${database} ${key ?? null} 2>&1) && code=0 || code=$?
      field code "$code"; field answer "$answer"`
  },
  read: (fields) => ({ code: fields.int('code') ?? 1, answer: fields.text('answer') }),
  plan: () => [],
  apply: () => {
    throw new Error('getent changes nothing')
  },
  result: ({ now, want }) => {
    const name = `getent_${want.database}`
    if (now.code === 0) {
      const separator = want.split ?? (COLON.includes(want.database) ? ':' : null)
      return { ansible_facts: { [name]: entries(now.answer, separator) } }
    }
    const msg = FAILURES[now.code] ?? 'Unexpected failure!'
    if (now.code === 2 && !want.fail_key && want.key !== undefined)
      return { ansible_facts: { [name]: { [want.key]: null } }, msg }
    throw new Failure(msg)
  },
  effects: 'host',
})

/** By their first field; an entry that comes again turns into a list of entries. */
function entries(answer: string, separator: string | null): { [key: string]: Json } {
  const found = new Map<string, string[][]>()
  for (const line of answer.split('\n')) {
    if (line === '') continue
    const [key = '', ...rest] = separator === null ? line.trim().split(/\s+/) : line.split(separator)
    found.set(key, [...(found.get(key) ?? []), rest])
  }
  return Object.fromEntries([...found].map(([key, records]) => [key, records.length === 1 ? records[0]! : records]))
}
