import { module } from '../../src/modules/alternatives.ts'
import { testModule } from '../support/module.ts'

const CLEAN = `
update-alternatives --quiet --remove-all demo 2>/dev/null || :
rm -f /usr/local/bin/demo /usr/local/bin/demo-man
`
const LINK = '/usr/local/bin/demo'
const install = (path: string, priority: number) =>
  `update-alternatives --quiet --install ${LINK} demo ${path} ${priority} 2>/dev/null\n`
const PATHS = ['/etc/alternatives', '/var/lib/dpkg/alternatives']

export const tests = testModule(module, [
  {
    name: 'installs and selects',
    given: CLEAN,
    args: {
      name: 'demo',
      path: '/bin/true',
      link: LINK,
      priority: 60,
      subcommands: [{ name: 'demo-man', path: '/bin/false', link: '/usr/local/bin/demo-man' }],
    },
    want: {
      changes: [
        { what: 'alternative of demo', before: null, after: '/bin/true, priority 60' },
        { what: 'selected', before: null, after: '/bin/true' },
      ],
      result: {
        changed: true,
        msg: "Install alternative '/bin/true' for 'demo'. Set alternative '/bin/true' for 'demo'.",
      },
      after:
        '[ "$(readlink /etc/alternatives/demo)" = /bin/true ]; [ "$(readlink /etc/alternatives/demo-man)" = /bin/false ]',
    },
    paths: PATHS,
  },
  {
    name: 'leaves what is selected',
    given: `${CLEAN}${install('/bin/true', 10)}${install('/bin/false', 20)}update-alternatives --quiet --set demo /bin/true`,
    args: { name: 'demo', path: '/bin/true' },
    want: { changes: 'none', result: { changed: false, msg: '' } },
    paths: PATHS,
  },
  {
    name: 'changes the priority alone',
    given: `${CLEAN}${install('/bin/true', 10)}`,
    args: { name: 'demo', path: '/bin/true', priority: 99, state: 'present' },
    want: {
      changes: [{ what: 'alternative of demo', before: '/bin/true, priority 10', after: '/bin/true, priority 99' }],
      after: 'update-alternatives --query demo | grep -qx "Priority: 99"',
    },
  },
  {
    name: 'leaves the choice to priorities again',
    given: `${CLEAN}${install('/bin/true', 10)}${install('/bin/false', 20)}update-alternatives --quiet --set demo /bin/true`,
    args: { name: 'demo', path: '/bin/true', state: 'auto' },
    want: {
      changes: [{ what: 'mode', before: 'manual', after: 'auto' }],
      after: '[ "$(readlink /etc/alternatives/demo)" = /bin/false ]',
    },
  },
  {
    name: 'removes one',
    given: `${CLEAN}${install('/bin/true', 10)}${install('/bin/false', 20)}`,
    args: { name: 'demo', path: '/bin/false', state: 'absent' },
    want: {
      changes: [{ what: 'alternative of demo', before: '/bin/false', after: null }],
      after: '[ "$(readlink /etc/alternatives/demo)" = /bin/true ]',
    },
  },
  {
    name: 'names a program that does not exist',
    given: CLEAN,
    args: { name: 'demo', path: '/bin/never', link: LINK },
    want: { failure: /^Specified path \/bin\/never does not exist$/ },
  },
  {
    name: 'wants a link for a new name',
    given: CLEAN,
    args: { name: 'demo', path: '/bin/true' },
    want: { failure: /missing the link$/ },
  },
])
