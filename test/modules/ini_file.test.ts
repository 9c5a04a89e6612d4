import { module } from '../../src/modules/ini_file.ts'
import { testModule } from '../support/module.ts'

const GIVEN = 'printf "; top\\n[server]\\n#port = 80\\nhost=a\\n\\n[client]\\nport = 1\\n" >f'

export const tests = testModule(module, [
  {
    name: 'sets an option where it stands commented out',
    given: GIVEN,
    args: { path: '/t/f', section: 'server', option: 'port', value: 8080 },
    want: {
      changes: [
        { what: 'content', before: /#port/, after: '; top\n[server]\nport = 8080\nhost=a\n\n[client]\nport = 1\n' },
      ],
      result: { changed: true, msg: 'option changed', path: '/t/f' },
    },
  },
  {
    name: 'adds an option after the last of its section',
    given: GIVEN,
    args: { path: '/t/f', section: 'server', option: 'x', value: '1', no_extra_spaces: true },
    want: {
      changes: [{ what: 'content', before: /top/, after: /host=a\nx=1\n\n\[client\]/ }],
      result: { msg: 'option added' },
    },
    strings: (text, word) => ({
      args: { path: '/t/f', section: 'server', option: 'x', value: text },
      want: { after: `grep -Fqx -- "x = "${word} f` },
    }),
    texts: ['quotes', 'dash', 'accent'],
  },
  {
    name: 'makes the file and the section',
    args: { path: '/t/d/f', section: 'server', option: 'x', values: ['1', '2'], mode: '0600' },
    want: {
      changes: [
        { what: 'content', before: null, after: '\n[server]\nx = 1\nx = 2\n' },
        { what: 'mode', before: null, after: '0600' },
      ],
      result: { msg: 'section and option added' },
    },
  },
  {
    name: 'leaves what is there',
    given: GIVEN,
    args: { path: '/t/f', section: 'client', option: 'port', value: '1' },
    want: { changes: 'none', result: { msg: 'OK' } },
  },
  {
    name: 'removes a section',
    given: GIVEN,
    args: { path: '/t/f', section: 'server', state: 'absent', backup: true },
    want: {
      changes: [{ what: 'content', before: /server/, after: '; top\n[client]\nport = 1\n' }],
      result: { msg: 'section removed', backup_file: /~$/ },
    },
  },
  {
    name: 'does not make a file when told not to',
    args: { path: '/t/f', option: 'x', value: '1', create: false },
    want: { failure: /^Destination \/t\/f does not exist!$/ },
  },
  { name: 'wants a value', args: { path: '/t/f', option: 'x' }, want: { failure: /must be defined if state=present/ } },
])
