import { module } from '../../src/modules/sysctl.ts'
import { testModule } from '../support/module.ts'

const NAME = 'net.ipv4.conf.lo.log_martians'
const setTo = (value: string) => `echo ${value} >/proc/sys/net/ipv4/conf/lo/log_martians\n`
const STATE = `cat /proc/sys/net/ipv4/conf/lo/log_martians`

export const tests = testModule(module, [
  {
    name: 'writes a parameter and loads the file',
    given: `${setTo('0')}printf '# kept\\nnet.ipv4.conf.lo.forwarding = 1\\n' >f`,
    args: { name: NAME, value: '1', sysctl_file: '/t/f' },
    want: {
      changes: [
        { what: `${NAME} in /t/f`, before: null, after: '1' },
        { what: `${NAME} in the kernel`, before: '0', after: '1' },
      ],
      result: { changed: true },
      after: `printf '# kept\\nnet.ipv4.conf.lo.forwarding=1\\n${NAME}=1\\n' | cmp - f; [ "$(${STATE})" = 1 ]`,
    },
    state: STATE,
  },
  {
    name: 'leaves a parameter that is set',
    given: `${setTo('1')}echo ${NAME}=1 >f`,
    args: { name: NAME, value: true, sysctl_file: '/t/f', sysctl_set: true },
    want: { changes: 'none', result: { changed: false } },
    state: STATE,
  },
  {
    name: 'sets the kernel when only that differs',
    given: `${setTo('0')}echo ${NAME}=1 >f`,
    args: { name: NAME, value: 'yes', sysctl_file: '/t/f', sysctl_set: true, reload: false },
    want: { changes: [{ what: `${NAME} in the kernel`, before: '0', after: '1' }], after: `[ "$(${STATE})" = 1 ]` },
    state: STATE,
  },
  {
    name: 'writes without loading',
    given: setTo('0'),
    args: { name: NAME, value: '1', sysctl_file: '/t/new/f', reload: false },
    want: { changes: [{ what: `${NAME} in /t/new/f`, before: null, after: '1' }], after: `[ "$(${STATE})" = 0 ]` },
  },
  {
    name: 'removes every line of a parameter',
    given: `${setTo('1')}printf '${NAME}=1\\n${NAME} = 0\\nother=1\\n' >f`,
    args: { name: NAME, state: 'absent', sysctl_file: '/t/f', reload: false },
    want: { changes: [{ what: `${NAME} in /t/f`, before: '0', after: null }], after: 'echo other=1 | cmp - f' },
  },
  {
    name: 'tells what the kernel refuses',
    args: { name: 'net.never.was', value: '1', sysctl_file: '/t/f' },
    want: { failure: /^Failed to reload sysctl: .*net\/never\/was/s },
  },
  {
    name: 'lets an unknown parameter pass when it may',
    given: setTo('1'),
    args: { name: 'net.never.was', value: '1', sysctl_file: '/t/f', ignoreerrors: true, reload: false },
    want: { after: 'echo net.never.was=1 | cmp - f' },
  },
  {
    name: 'wants a value',
    args: { name: NAME, value: '', sysctl_file: '/t/f' },
    want: { failure: /^value cannot be blank$/ },
  },
])
