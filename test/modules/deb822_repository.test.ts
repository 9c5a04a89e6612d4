import { module } from '../../src/modules/deb822_repository.ts'
import { testModule } from '../support/module.ts'
import { ARMORED_KEY } from '../support/openpgp-key.ts'

const CLEAN = 'rm -f /etc/apt/sources.list.d/my-archive.sources /etc/apt/keyrings/my-archive.*\n'
const FILE = '/etc/apt/sources.list.d/my-archive.sources'
const TEXT = `Components: main extra
Enabled: yes
X-Repolib-Name: my archive
Signed-By: /usr/share/keyrings/mine.gpg
Suites: stable
Types: deb
URIs: https://archive.example.org/debian
`
const ARGS = {
  name: 'my archive',
  uris: 'https://archive.example.org/debian',
  suites: ['stable'],
  components: ['main', 'extra'],
  enabled: true,
}
const PATHS = ['/etc/apt']

export const tests = testModule(module, [
  {
    name: 'writes a source',
    given: CLEAN,
    args: { ...ARGS, signed_by: '/usr/share/keyrings/mine.gpg' },
    want: {
      changes: [{ what: FILE, before: null, after: TEXT }],
      result: { changed: true, repo: TEXT, dest: FILE, key_filename: null },
      after: `printf '%s' '${TEXT}' | cmp - ${FILE}`,
    },
    paths: PATHS,
  },
  {
    name: 'leaves a source',
    given: `${CLEAN}printf '%s' '${TEXT}' >${FILE}`,
    args: { ...ARGS, signed_by: '/usr/share/keyrings/mine.gpg' },
    want: { changes: 'none', result: { changed: false, repo: TEXT } },
    paths: PATHS,
  },
  {
    name: 'sets the mode alone',
    given: `${CLEAN}printf '%s' '${TEXT}' >${FILE}`,
    args: { ...ARGS, signed_by: '/usr/share/keyrings/mine.gpg', mode: '0600' },
    want: { changes: [{ what: 'mode', before: '0644', after: '0600' }], after: `[ "$(stat -c %a ${FILE})" = 600 ]` },
  },
  {
    name: 'puts a key in the source',
    given: CLEAN,
    args: { ...ARGS, signed_by: ARMORED_KEY },
    want: { after: `grep -qx ' \\.' ${FILE}; grep -q '^ mDMEawBD6hYJ' ${FILE}` },
  },
  {
    name: 'fetches the key',
    given: `${CLEAN}cat >/srv/demo-key.asc <<'END'\n${ARMORED_KEY}END`,
    args: { ...ARGS, signed_by: 'file:///srv/demo-key.asc' },
    want: {
      changes: [
        { what: 'key', before: null, after: 'file:///srv/demo-key.asc' },
        { what: FILE, before: null, after: /Signed-By: \/etc\/apt\/keyrings\/my-archive\.asc/ },
      ],
      result: { key_filename: '/etc/apt/keyrings/my-archive.asc' },
      after: `cmp /srv/demo-key.asc /etc/apt/keyrings/my-archive.asc; grep -qx 'Signed-By: /etc/apt/keyrings/my-archive.asc' ${FILE}`,
    },
    paths: PATHS,
  },
  {
    name: 'removes source and key',
    given: `${CLEAN}mkdir -p /etc/apt/keyrings; printf '%s' '${TEXT}' >${FILE}; : >/etc/apt/keyrings/my-archive.gpg`,
    args: { name: 'my archive', state: 'absent' },
    want: {
      changes: [
        { what: FILE, before: TEXT, after: null },
        { what: 'key', before: '/etc/apt/keyrings/my-archive.gpg', after: null },
      ],
      after: `! [ -e ${FILE} ]; ! [ -e /etc/apt/keyrings/my-archive.gpg ]`,
    },
  },
])
