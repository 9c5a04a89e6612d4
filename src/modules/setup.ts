import type { Facts } from '../facts/fact-source.ts'
import { gatherScript, groupsOf, readFacts } from '../facts/gather.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { matchesName } from './parts/name-pattern.ts'

/** Facts of a host, named as Ansible names them, from a POSIX shell. */
export const module = defineModule({
  name: 'setup',
  summary: 'Gathers facts about a host',
  examples: [
    '- name: Gather what is needed to choose packages\n  setup:\n    gather_subset: min',
    '- name: Only network facts whose name begins with default\n  setup:\n    gather_subset: [network]\n    filter: default_*',
  ],
  args: args({
    gather_subset: arg.list('Groups of facts: all, min, hardware, network, virtual, …; `!` excludes', {
      default: ['all'],
    }),
    gather_timeout: arg.int('Accepted for compatibility: gathering waits for nothing', { default: 10 }),
    filter: arg.list('Only facts whose name matches one of these shell patterns', { default: [] }),
    fact_path: arg.path('Folder of facts of your own (*.fact)', { default: '/etc/ansible/facts.d' }),
  }),
  want: (given) => ({ ...given, groups: groupsOf(given.gather_subset) }),
  probe: (want) => gatherScript(want.groups, want.fact_path),
  read: (fields, want) => readFacts(fields, want.groups),
  plan: () => [],
  apply: () => {
    throw new Error('setup changes nothing')
  },
  result: ({ now, want }) => ({
    ansible_facts: filtered(
      {
        ...Object.fromEntries(Object.entries(now).map(([name, value]) => [`ansible_${name}`, value])),
        gather_subset: want.gather_subset,
        module_setup: true,
      },
      want.filter,
    ),
  }),
  effects: 'host',
})

function filtered(facts: Facts, filter: readonly string[]): Facts {
  if (filter.length === 0) return facts
  const wanted = (name: string) =>
    filter.some(
      (pattern) =>
        pattern === '' ||
        matchesName(name, pattern) ||
        (!/^(ansible_|facter|ohai)/.test(pattern) && matchesName(name, `ansible_${pattern}`)),
    )
  return Object.fromEntries(Object.entries(facts).filter(([name]) => wanted(name)))
}
