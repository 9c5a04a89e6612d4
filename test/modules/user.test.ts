import { module } from '../../src/modules/user.ts'
import { testModule } from '../support/module.ts'

const GONE = `
for u in ada bob; do if getent passwd "$u" >/dev/null; then userdel -f "$u" 2>/dev/null; fi; done
for g in ada bob team club; do if getent group "$g" >/dev/null; then groupdel "$g"; fi; done
rm -rf /home/ada /home/bob /srv/ada
groupadd -g 4801 team; groupadd -g 4802 club
`
const ADA = `${GONE}useradd -m -u 4800 -s /bin/sh ada\n`
const PATHS = ['/etc/passwd', '/etc/shadow', '/etc/group', '/home']
const HASH = '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.'

export const tests = testModule(module, [
  {
    name: 'adds a user with a home directory',
    given: GONE,
    args: { name: 'ada', uid: 4800, shell: '/bin/bash', comment: 'Ada L.', groups: ['team', 'club'] },
    want: {
      changes: [{ what: 'user ada', before: null, after: 'present' }],
      result: {
        ...{ changed: true, name: 'ada', state: 'present', uid: 4800, home: '/home/ada', shell: '/bin/bash' },
        ...{ comment: 'Ada L.', groups: 'team,club', create_home: true, system: false },
      },
      after: 'id -Gn ada | grep -q "team club"; [ -d /home/ada ]; [ "$(stat -c %U /home/ada)" = ada ]',
    },
    paths: PATHS,
    strings: (text) => ({
      args: { name: 'ada', comment: text.replaceAll('\n', ' ') },
      want: { result: { comment: text.replaceAll('\n', ' ') } },
    }),
    texts: ['quotes', 'dash', 'accent'],
  },
  {
    name: 'adds a user of the system’s without a home directory',
    given: GONE,
    args: { name: 'ada', system: true, create_home: false, home: '/srv/ada', group: 'team' },
    want: {
      result: { system: true, create_home: false, group: 4801, home: '/srv/ada' },
      after: '! [ -e /srv/ada ]; [ "$(id -u ada)" -lt 1000 ]',
    },
    paths: PATHS,
  },
  {
    name: 'leaves a user that is as wanted',
    given: `${ADA}usermod -G team ada`,
    args: { name: 'ada', uid: 4800, groups: 'team', shell: '/bin/sh' },
    want: { changes: 'none', result: { changed: false, uid: 4800, append: false, move_home: false } },
    paths: PATHS,
  },
  {
    name: 'changes what differs',
    given: `${ADA}usermod -G club ada`,
    args: { name: 'ada', uid: 4810, group: 'team', groups: ['team'], comment: 'New', shell: '/bin/bash' },
    want: {
      changes: [
        { what: 'uid', before: '4800', after: '4810' },
        { what: 'group', before: '4800', after: '4801' },
        { what: 'groups', before: 'club', after: 'team' },
        { what: 'comment', before: '', after: 'New' },
        { what: 'shell', before: '/bin/sh', after: '/bin/bash' },
      ],
      result: { uid: 4810, group: 4801, comment: 'New', shell: '/bin/bash', groups: 'team' },
    },
    paths: PATHS,
  },
  {
    name: 'appends groups',
    given: `${ADA}usermod -G club ada`,
    args: { name: 'ada', groups: ['team'], append: true },
    want: {
      changes: [{ what: 'groups', before: 'club', after: 'club,team' }],
      after: 'id -Gn ada | grep -q "team club"',
    },
  },
  {
    name: 'takes all groups away',
    given: `${ADA}usermod -G club,team ada`,
    args: { name: 'ada', groups: [] },
    want: { changes: [{ what: 'groups', before: 'club,team', after: '' }], after: '[ "$(id -Gn ada)" = ada ]' },
  },
  {
    name: 'moves a home directory with its files',
    given: `${ADA}: >/home/ada/kept`,
    args: { name: 'ada', home: '/srv/ada', move_home: true },
    want: {
      changes: [{ what: 'home', before: '/home/ada', after: '/srv/ada' }],
      after: '[ -e /srv/ada/kept ]; ! [ -e /home/ada ]',
    },
  },
  {
    name: 'makes a home directory that is missing',
    given: `${ADA}rm -rf /home/ada`,
    args: { name: 'ada' },
    want: {
      changes: [{ what: 'home directory', before: null, after: '/home/ada' }],
      after: '[ "$(stat -c %U /home/ada)" = ada ]; [ -e /home/ada/.profile ]',
    },
  },
  {
    name: 'sets the password of a new user',
    given: GONE,
    args: { name: 'ada', password: HASH, update_password: 'on_create' },
    want: {
      result: { password: 'NOT_LOGGING_PASSWORD' },
      after: `getent shadow ada | grep -qF '${HASH}'`,
    },
    secrets: [HASH],
    paths: PATHS,
  },
  {
    name: 'changes a password',
    given: ADA,
    args: { name: 'ada', password: HASH },
    want: {
      changes: [{ what: 'password', before: '********', after: '********' }],
      after: `getent shadow ada | grep -qF ':${HASH}:'`,
    },
    secrets: [HASH],
  },
  {
    name: 'leaves a password that is the one',
    given: `${ADA}echo 'ada:${HASH}' | chpasswd -e`,
    args: { name: 'ada', password: HASH },
    want: { changes: 'none' },
    secrets: [HASH],
  },
  {
    name: 'leaves an existing user’s password when it is for new ones',
    given: `${ADA}echo 'ada:$6$x$y' | chpasswd -e`,
    args: { name: 'ada', password: HASH, update_password: 'on_create' },
    want: { changes: 'none' },
    secrets: [HASH],
  },
  {
    name: 'locks a password while it changes it',
    given: ADA,
    args: { name: 'ada', password: HASH, password_lock: true },
    want: {
      changes: [{ what: 'password', before: '********', after: '********' }],
      after: `getent shadow ada | grep -qF ':!${HASH}:'`,
    },
    secrets: [HASH],
  },
  {
    name: 'unlocks a password',
    given: `${ADA}echo 'ada:!${HASH}' | chpasswd -e`,
    args: { name: 'ada', password_lock: false },
    want: {
      changes: [{ what: 'password lock', before: 'yes', after: 'no' }],
      after: `getent shadow ada | grep -qF ':${HASH}:'`,
    },
  },
  {
    name: 'sets when account and password end',
    given: ADA,
    args: { name: 'ada', expires: 1893456000, password_expire_max: 90, password_expire_min: 1 },
    want: {
      changes: [
        { what: 'expires', before: 'never', after: 'day 21915 since 1970' },
        { what: 'minimum password age', before: '0 days', after: '1 days' },
        { what: 'maximum password age', before: '99999 days', after: '90 days' },
      ],
      after: 'getent shadow ada | grep -q ":1:90:7::21915:"',
    },
  },
  {
    name: 'makes a key pair where there is none',
    given: ADA,
    args: {
      name: 'ada',
      generate_ssh_key: true,
      ssh_key_type: 'ed25519',
      ssh_key_comment: 'of ada',
      ssh_key_passphrase: 'swordfish',
    },
    want: {
      changes: [{ what: 'SSH key', before: null, after: 'ed25519' }],
      result: {
        ssh_key_file: '/home/ada/.ssh/id_ed25519',
        ssh_public_key: /^ssh-ed25519 .* of ada$/,
        ssh_fingerprint: /^256 SHA256:.*\(ED25519\)$/,
      },
      after:
        '[ "$(stat -c %U:%a /home/ada/.ssh/id_ed25519)" = ada:600 ]; ssh-keygen -y -P swordfish -f /home/ada/.ssh/id_ed25519',
    },
    secrets: ['swordfish'],
  },
  {
    name: 'removes a user and the home directory',
    given: ADA,
    args: { name: 'ada', state: 'absent', remove: true },
    want: {
      changes: [{ what: 'user ada', before: 'present', after: null }],
      result: { changed: true, name: 'ada', state: 'absent', remove: true, force: false },
      after: '! getent passwd ada; ! [ -e /home/ada ]',
    },
    paths: PATHS,
  },
  {
    name: 'leaves a user that is absent',
    given: GONE,
    args: { name: 'ada', state: 'absent' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'names a group that is not there',
    given: ADA,
    args: { name: 'ada', groups: ['team', 'never'] },
    want: { failure: /^Group never does not exist$/ },
  },
])
