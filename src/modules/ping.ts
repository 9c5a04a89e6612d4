import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'

/** Answers when a host can be reached and has a shell that works. */
export const module = defineModule({
  name: 'ping',
  summary: 'Checks that a host can be reached',
  examples: ['- ping:', '- ping:\n    data: hello'],
  args: args({ data: arg.str('What to answer', { default: 'pong' }) }),
  want: (given) => given,
  probe: () => sh`:`,
  read: () => null,
  plan: (_, want) => {
    if (want.data === 'crash') throw new Failure('boom')
    return []
  },
  apply: () => {
    throw new Error('ping changes nothing')
  },
  result: ({ want }) => ({ ping: want.data }),
  effects: 'host',
})
