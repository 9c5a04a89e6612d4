import { module } from '../../src/modules/authorized_key.ts'
import { testModule } from '../support/module.ts'

const ONE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOne one@example'
const TWO = 'ssh-rsa AAAAB3NzaC1yc2EAAAADTwo two'
const USER = 'id keyed >/dev/null 2>&1 || useradd -M -d /t/home keyed; mkdir -p home; chown keyed: home\n'

export const tests = testModule(module, [
  {
    name: 'adds keys, and makes the folder',
    given: USER,
    args: { user: 'keyed', key: `${ONE}\n# no key\n${TWO}\n` },
    want: {
      changes: [{ what: 'keys', before: null, after: `${ONE}\n${TWO}\n` }],
      result: { changed: true, keyfile: '/t/home/.ssh/authorized_keys', user: 'keyed', exclusive: false, path: null },
      after: '[ "$(stat -c %a%U%G home/.ssh home/.ssh/authorized_keys | tr -d "\\n")" = 700keyedkeyed600keyedkeyed ]',
    },
  },
  {
    name: 'leaves a key that is there',
    given: `${USER} mkdir home/.ssh; echo "# mine" >home/.ssh/authorized_keys; echo "no-pty ${ONE}" >>home/.ssh/authorized_keys`,
    args: { user: 'keyed', key: `no-pty ${ONE}` },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'removes all other keys',
    given: `${USER} mkdir home/.ssh; echo "${ONE}" >home/.ssh/authorized_keys`,
    args: { user: 'keyed', key: TWO, exclusive: true, key_options: 'no-pty,from="a,b"', comment: 'new' },
    want: {
      changes: [{ what: 'keys', before: `${ONE}\n`, after: 'no-pty,from="a,b" ssh-rsa AAAAB3NzaC1yc2EAAAADTwo new\n' }],
    },
    strings: (text) => ({
      args: { user: 'keyed', key: TWO, exclusive: true, comment: text },
      want: {},
    }),
    texts: ['quotes', 'dash', 'accent'],
  },
  {
    name: 'removes a key from a file elsewhere',
    given: `${USER} printf "${ONE}\\n${TWO}\\n" >keys`,
    args: { user: 'keyed', key: ONE, state: 'absent', path: '/t/keys', manage_dir: false },
    want: {
      changes: [{ what: 'keys', before: `${ONE}\n${TWO}\n`, after: `${TWO}\n` }],
      after: '[ "$(stat -c %U /t)" = root ]',
    },
    strings: (text, word) => ({
      given: `${USER} printf "${ONE}\\n${TWO}\\n" >/t/${word}`,
      args: { user: 'keyed', key: ONE, state: 'absent', path: `/t/${text}`, manage_dir: false },
      want: { after: `[ "$(cat /t/${word})" = "${TWO}" ]` },
    }),
  },
  {
    name: 'refuses what is no key',
    given: USER,
    args: { user: 'keyed', key: 'hello' },
    want: { failure: /^invalid key specified: hello$/ },
  },
  {
    name: 'wants the user to be there',
    args: { user: 'nobody-here', key: ONE },
    want: { failure: /^Failed to lookup user nobody-here/ },
  },
])
