import { module } from '../../src/modules/group.ts'
import { testModule } from '../support/module.ts'

const GONE = 'for g in crew crew2; do if getent group "$g" >/dev/null; then groupdel "$g"; fi; done\n'
const PATHS = ['/etc/group', '/etc/gshadow']

export const tests = testModule(module, [
  {
    name: 'adds a group with a number',
    given: GONE,
    args: { name: 'crew', gid: 4711 },
    want: {
      changes: [{ what: 'group crew', before: null, after: 'gid 4711' }],
      result: { changed: true, name: 'crew', state: 'present', gid: 4711, system: false },
      after: 'getent group crew | grep -q :4711:',
    },
    paths: PATHS,
  },
  {
    name: 'adds a group of the system’s',
    given: GONE,
    args: { name: 'crew', system: true },
    want: {
      changes: [{ what: 'group crew', before: null, after: 'present' }],
      result: { system: true },
      after: '[ "$(getent group crew | cut -d: -f3)" -lt 1000 ]',
    },
  },
  {
    name: 'leaves a group that is there',
    given: `${GONE}groupadd -g 4711 crew`,
    args: { name: 'crew' },
    want: { changes: 'none', result: { changed: false, gid: 4711 } },
    paths: PATHS,
  },
  {
    name: 'changes the number',
    given: `${GONE}groupadd -g 4711 crew`,
    args: { name: 'crew', gid: 4712 },
    want: { changes: [{ what: 'gid', before: '4711', after: '4712' }], result: { gid: 4712 } },
    paths: PATHS,
  },
  {
    name: 'shares a number when it may',
    given: `${GONE}groupadd -g 4711 crew2`,
    args: { name: 'crew', gid: 4711, non_unique: true },
    want: { after: 'getent group crew | grep -q :4711:' },
  },
  {
    name: 'tells that a number is taken',
    given: `${GONE}groupadd -g 4711 crew2`,
    args: { name: 'crew', gid: 4711 },
    want: { failure: /GID '?4711'? already exists/ },
  },
  {
    name: 'removes a group',
    given: `${GONE}groupadd -g 4711 crew`,
    args: { name: 'crew', state: 'absent' },
    want: {
      changes: [{ what: 'group crew', before: 'gid 4711', after: null }],
      result: { changed: true, name: 'crew', state: 'absent' },
      after: '! getent group crew',
    },
    paths: PATHS,
  },
  {
    name: 'leaves a group that is absent',
    given: GONE,
    args: { name: 'crew', state: 'absent', local: true },
    want: { changes: 'none', result: { changed: false } },
    strings: (text) => ({ args: { name: text, state: 'absent' }, want: { changes: 'none' } }),
  },
])
