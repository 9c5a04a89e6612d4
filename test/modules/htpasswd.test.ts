import { module } from '../../src/modules/htpasswd.ts'
import { testModule } from '../support/module.ts'

const PASSWORD = 'a pässword: "quoted"'
/** Made by openssl-passwd(1): `-apr1`, `-1`. */
const KNOWN = ['$apr1$N7iGnzkQ$Tb6OpOgNY.jccSt.xk.IT1', '$1$abcdefgh$ywpTNDTYPzAT3Ohgseebp/'] as const
const user = { path: '/t/users', name: 'jane' }

export const tests = testModule(module, [
  {
    name: 'makes the file with its first user',
    args: { path: '/t/web/users', name: 'jane', password: PASSWORD, mode: '0640' },
    want: {
      changes: [
        { what: 'content', before: null, after: '********' },
        { what: 'mode', before: null, after: '0640' },
      ],
      result: { changed: true, msg: 'Created /t/web/users and added jane' },
      after: `[ "$(stat -c %a web/users)" = 640 ] && hash=$(sed -n 's/^jane://p' web/users) && salt=\${hash#*apr1?} &&
        [ "$hash" = "$(openssl passwd -apr1 -salt "\${salt%%\\$*}" '${PASSWORD}')" ]`,
    },
    secrets: [PASSWORD],
  },
  {
    name: 'adds a user to others',
    given: "printf 'one:x\\n\\ntwo:y' >users",
    args: { ...user, password: PASSWORD, crypt_scheme: 'ldap_sha1' },
    want: {
      result: { changed: true, msg: 'Add/update jane' },
      after: `[ "$(head -n 2 users)" = "$(printf 'one:x\\ntwo:y')" ] && [ "$(tail -n 1 users)" = "jane:{SHA}$(printf %s '${PASSWORD}' | openssl dgst -sha1 -binary | base64)" ]`,
    },
    secrets: [PASSWORD],
  },
  ...KNOWN.map((hash) => ({
    name: `leaves a password that is there: ${hash}`,
    given: `printf '%s\\n' 'jane:${hash}' >users`,
    args: { ...user, password: 'secret1' },
    want: { changes: 'none' as const, result: { changed: false, msg: 'jane already present' } },
  })),
  {
    name: 'changes a password',
    given: `printf '%s\\n' 'jane:${KNOWN[0]}' 'joe:x' >users; chmod 600 users`,
    args: { ...user, password: 'another1', crypt_scheme: 'plaintext' },
    want: { after: '[ "$(cat users)" = "$(printf \'jane:another1\\njoe:x\')" ] && [ "$(stat -c %a users)" = 600 ]' },
    secrets: ['another1'],
  },
  {
    name: 'removes a user',
    given: "printf 'jane:x\\njanet:y\\n' >users",
    args: { ...user, state: 'absent' },
    want: { result: { changed: true, msg: 'Remove jane' }, after: '[ "$(cat users)" = janet:y ]' },
  },
  {
    name: 'leaves a user to remove who is not there',
    given: "printf 'janet:y\\n' >users",
    args: { ...user, state: 'absent' },
    want: { changes: 'none', result: { msg: 'jane not present' } },
  },
  {
    name: 'leaves a file that is not there',
    args: { ...user, state: 'absent' },
    want: { changes: 'none', result: { msg: 'jane not present', warnings: ['/t/users does not exist'] } },
  },
  {
    name: 'makes no file that is not to be made',
    args: { ...user, password: PASSWORD, create: false },
    want: { failure: /Destination \/t\/users does not exist/ },
  },
])
