import { module } from '../../src/modules/ping.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  { name: 'answers', args: {}, want: { changes: 'none', result: { ping: 'pong' } } },
  {
    name: 'answers what it is told',
    args: { data: 'hello' },
    want: { result: { ping: 'hello' } },
    strings: (text) => ({ args: { data: text }, want: { result: { ping: text } } }),
  },
  { name: 'fails when it is told to', args: { data: 'crash' }, want: { failure: /^boom$/ } },
])
