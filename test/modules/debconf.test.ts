import { module } from '../../src/modules/debconf.ts'
import { testModule } from '../support/module.ts'

const CLEAN = 'echo PURGE | debconf-communicate demo >/dev/null 2>&1 || :\n'
const set = (line: string) => `echo '${line}' | debconf-set-selections\n`
const PATHS = ['/var/cache/debconf']

export const tests = testModule(module, [
  {
    name: 'answers a question',
    given: CLEAN,
    args: { name: 'demo', question: 'demo/colour', vtype: 'string', value: 'blue sky' },
    want: {
      changes: [{ what: 'demo/colour', before: null, after: 'blue sky' }],
      result: { changed: true, current: { 'demo/colour': 'blue sky' }, previous: { 'demo/colour': '' } },
      after: 'debconf-show demo | grep -q "demo/colour: blue sky"',
    },
    paths: PATHS,
    strings: (text) => ({
      args: { name: 'demo', question: 'demo/colour', vtype: 'string', value: text.replaceAll('\n', ' ').trim() },
      want: { result: { current: { 'demo/colour': text.replaceAll('\n', ' ').trim() } } },
    }),
  },
  {
    name: 'leaves an answer, however its truth value is written',
    given: CLEAN + set('demo demo/sure boolean true'),
    args: { name: 'demo', question: 'demo/sure', vtype: 'boolean', value: true },
    want: { changes: 'none', result: { changed: false } },
    paths: PATHS,
  },
  {
    name: 'changes an answer',
    given: CLEAN + set('demo demo/colour string red'),
    args: { name: 'demo', question: 'demo/colour', vtype: 'string', value: 'blue' },
    want: {
      changes: [{ what: 'demo/colour', before: 'red', after: 'blue' }],
      result: { previous: { 'demo/colour': 'red' } },
    },
  },
  {
    name: 'keeps a password to itself',
    given: CLEAN,
    args: { name: 'demo', question: 'demo/word', vtype: 'password', value: 'swordfish' },
    want: {
      changes: [{ what: 'demo/word', before: null, after: '********' }],
      after: 'grep -q swordfish /var/cache/debconf/passwords.dat',
    },
    secrets: ['swordfish'],
  },
  {
    name: 'knows a password that is set',
    given: CLEAN + set('demo demo/word password swordfish'),
    args: { name: 'demo', question: 'demo/word', vtype: 'password', value: 'swordfish' },
    want: { changes: 'none' },
    secrets: ['swordfish'],
  },
  {
    name: 'reads all answers',
    given: CLEAN + set('demo demo/colour string red'),
    args: { name: 'demo' },
    want: { changes: 'none', result: { current: { 'demo/colour': 'red' } } },
  },
])
