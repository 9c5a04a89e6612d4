import { module } from '../../src/modules/apt_key.ts'
import { testModule } from '../support/module.ts'
import { ARMORED_KEY, FINGERPRINT, KEY_ID } from '../support/openpgp-key.ts'

const CLEAN = `rm -f /etc/apt/trusted.gpg.d/*${KEY_ID}* /etc/apt/trusted.gpg.d/file_* /etc/apt/trusted.gpg.d/demo*\n`
const FILE = `cat >/srv/demo-key.asc <<'END'\n${ARMORED_KEY}END\n`
const PATHS = ['/etc/apt/trusted.gpg.d']

export const tests = testModule(module, [
  {
    name: 'trusts a key given as text',
    given: CLEAN,
    args: { data: ARMORED_KEY },
    want: {
      changes: [{ what: `key ${KEY_ID}`, before: null, after: 'trusted' }],
      result: { changed: true, id: KEY_ID, fp: KEY_ID, short_id: '3E6D1D09' },
      after: `[ -s /etc/apt/trusted.gpg.d/${KEY_ID}.gpg ]; [ "$(stat -c %a /etc/apt/trusted.gpg.d/${KEY_ID}.gpg)" = 644 ]`,
    },
    paths: PATHS,
  },
  {
    name: 'leaves a key that is trusted, by its fingerprint, without a download',
    given: `${CLEAN}${FILE}cp /srv/demo-key.asc /etc/apt/trusted.gpg.d/demo.asc`,
    args: { id: `0x${FINGERPRINT}`, url: 'https://never.example.org/key' },
    want: { changes: 'none', result: { changed: false, fp: KEY_ID } },
    paths: PATHS,
  },
  {
    name: 'fetches a key',
    given: CLEAN + FILE,
    args: { id: FINGERPRINT, url: 'file:/srv/demo-key.asc' },
    want: {
      changes: [{ what: `key ${KEY_ID}`, before: null, after: 'trusted' }],
      after: `cmp /srv/demo-key.asc /etc/apt/trusted.gpg.d/${KEY_ID}.asc`,
    },
  },
  {
    name: 'fetches a key to find out its id',
    given: CLEAN + FILE,
    args: { url: 'file:/srv/demo-key.asc' },
    want: {
      changes: [{ what: 'key file:/srv/demo-key.asc', before: null, after: 'trusted' }],
      result: { changed: true, id: KEY_ID },
    },
    always: true,
  },
  {
    name: 'takes a file of the host’s into a keyring',
    given: CLEAN + FILE,
    args: { file: '/srv/demo-key.asc', keyring: '/etc/apt/trusted.gpg.d/demo.gpg' },
    want: { result: { changed: true, id: KEY_ID }, after: '[ -s /etc/apt/trusted.gpg.d/demo.gpg ]' },
  },
  {
    name: 'takes trust away',
    given: `${CLEAN}${FILE}cp /srv/demo-key.asc /etc/apt/trusted.gpg.d/demo.asc`,
    args: { id: KEY_ID, state: 'absent' },
    want: {
      changes: [{ what: `key ${KEY_ID}`, before: 'trusted', after: null }],
      after: '! [ -e /etc/apt/trusted.gpg.d/demo.asc ]',
    },
  },
  {
    name: 'knows what is no id',
    args: { id: 'none' },
    want: { failure: /^Invalid key_id$/ },
  },
  {
    name: 'wants an id for a key server',
    args: { keyserver: 'keys.example.org' },
    want: { failure: /^Missing key_id, required with keyserver\.$/ },
  },
])
