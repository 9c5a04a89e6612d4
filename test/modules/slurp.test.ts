import { module } from '../../src/modules/slurp.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'brings every byte',
    given: 'printf "a\\0b\\377" >f',
    args: { src: '/t/f' },
    want: { changes: 'none', result: { changed: false, content: 'YQBi/w==', encoding: 'base64', source: '/t/f' } },
    strings: (text, word) => ({
      given: `printf "a\\0b\\377" >/t/${word}`,
      args: { src: `/t/${text}` },
      want: { result: { content: 'YQBi/w==' } },
    }),
  },
  {
    name: 'brings a long file',
    given: 'head -c 100000 /dev/zero >f',
    args: { src: '/t/f' },
    want: { result: { content: /^A{133333,}=*$/ } },
  },
  { name: 'says that the file is missing', args: { src: '/t/x' }, want: { failure: /^file not found: \/t\/x$/ } },
  {
    name: 'says that a file is no directory',
    given: ': >f',
    args: { src: '/t/f/x' },
    want: { failure: /^unable to slurp file: not a directory: \/t\/f\/x$/ },
  },
  {
    name: 'says that it is a directory',
    args: { src: '/t' },
    want: { failure: /^source is a directory and must be a file: \/t$/ },
  },
])
