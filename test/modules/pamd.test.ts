import { module } from '../../src/modules/pamd.ts'
import { testModule } from '../support/module.ts'

const GIVEN = `
cat >su <<'EOF'
#%PAM-1.0
auth       sufficient pam_rootok.so
# auth     required   pam_wheel.so
@include common-auth

session    [success=1 default=ignore]   pam_unix.so   try_first_pass  minlen=8
-session   optional pam_lastlog.so
EOF
chmod 640 su
`
const rule = (type: string, control: string, module_path: string) => ({
  path: '/t',
  name: 'su',
  type,
  control,
  module_path,
})
const ROOT = rule('auth', 'sufficient', 'pam_rootok.so')
const UNIX = rule('session', '[success = 1 default=ignore]', 'pam_unix.so')

export const tests = testModule(module, [
  {
    name: 'puts a rule after another',
    given: GIVEN,
    args: {
      ...ROOT,
      state: 'after',
      new_type: 'auth',
      new_control: 'required',
      new_module_path: 'pam_wheel.so',
      module_arguments: 'group=staff',
    },
    want: {
      result: { changed: true, change_count: 1, backupdest: '' },
      after:
        '[ "$(sed -n 3p su)" = "auth       required pam_wheel.so group=staff" ] && [ "$(wc -l <su)" = 8 ] && [ "$(stat -c %a su)" = 640 ]',
    },
  },
  {
    name: 'leaves a rule that follows already',
    given: `${GIVEN}sed -i '3a auth required pam_wheel.so' su`,
    args: { ...ROOT, state: 'after', new_type: 'auth', new_control: 'required', new_module_path: 'pam_wheel.so' },
    want: { changes: 'none', result: { change_count: 0 } },
  },
  {
    name: 'puts a rule before another',
    given: GIVEN,
    args: { ...UNIX, state: 'before', new_type: '-session', new_control: '[default=2]', new_module_path: 'pam_x.so' },
    want: { after: '[ "$(sed -n 6p su)" = "-session   [default=2] pam_x.so" ]' },
  },
  {
    name: 'changes a rule and keeps what was there',
    given: GIVEN,
    args: { ...UNIX, new_control: 'required', module_arguments: ['a=1', 'b'], backup: true },
    want: {
      result: { change_count: 1, backupdest: /^\/t\/su\./ },
      after: 'grep -qx "session    required pam_unix.so a=1 b" su && grep -q try_first_pass su.*~',
    },
  },
  {
    name: 'leaves a rule that is as wanted',
    given: GIVEN,
    args: { ...UNIX, module_arguments: 'try_first_pass minlen=8' },
    want: { changes: 'none' },
  },
  {
    name: 'adds and changes arguments',
    given: GIVEN,
    args: { ...UNIX, state: 'args_present', module_arguments: ['minlen=12', 'try_first_pass', 'debug'] },
    want: {
      after: 'grep -qx "session    \\[success=1 default=ignore\\] pam_unix.so try_first_pass minlen=12 debug" su',
    },
  },
  {
    name: 'removes arguments',
    given: GIVEN,
    args: { ...UNIX, state: 'args_absent', module_arguments: 'try_first_pass other' },
    want: { after: 'grep -qx "session    \\[success=1 default=ignore\\] pam_unix.so minlen=8" su' },
  },
  {
    name: 'removes a rule',
    given: GIVEN,
    args: { ...rule('-session', 'optional', 'pam_lastlog.so'), state: 'absent' },
    want: { result: { changed: true, change_count: 1 }, after: '! grep -q lastlog su && [ "$(wc -l <su)" = 6 ]' },
  },
  {
    name: 'finds nothing to change',
    given: GIVEN,
    args: { ...rule('auth', 'required', 'pam_nowhere.so'), new_control: 'optional' },
    want: { changes: 'none', result: { change_count: 0 } },
  },
  {
    name: 'writes no rule that PAM would not understand',
    given: GIVEN,
    args: { ...ROOT, new_control: 'maybe' },
    want: { failure: /Rule control, maybe, is not valid/ },
  },
  { name: 'needs the service', args: ROOT, want: { failure: /Unable to open\/read PAM module file \/t\/su/ } },
])
