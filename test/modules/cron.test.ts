import { module } from '../../src/modules/cron.ts'
import { testModule } from '../support/module.ts'

const EMPTY = 'crontab -r 2>/dev/null || :; rm -f /etc/cron.d/demo\n'
const BACKUP = "printf '#Ansible: backup\\n0 5 * * * /bin/backup\\n' | crontab -\n"
const PATHS = ['/var/spool/cron', '/etc/cron.d']

export const tests = testModule(module, [
  {
    name: 'adds a job under its name',
    given: `${EMPTY}echo '1 2 3 4 5 other' | crontab -`,
    args: { name: 'backup', minute: '0', hour: '5', job: '/bin/backup >/dev/null 100%' },
    want: {
      changes: [{ what: 'job backup', before: null, after: '0 5 * * * /bin/backup >/dev/null 100%' }],
      result: { changed: true, jobs: ['backup'], envs: [] },
      after: `crontab -l | grep -v '^# ' >l; printf '1 2 3 4 5 other\\n#Ansible: backup\\n0 5 * * * /bin/backup >/dev/null 100%%\\n' | cmp - l`,
    },
    paths: PATHS,
    strings: (text) => ({
      args: { name: text.replaceAll('\n', ' ').trim(), job: `echo ${text.replaceAll('\n', ' ').trim()}` },
      want: { result: { jobs: [text.replaceAll('\n', ' ').trim()] } },
    }),
  },
  {
    name: 'leaves a job that is as wanted',
    given: EMPTY + BACKUP,
    args: { name: 'backup', minute: '0', hour: '5', job: '/bin/backup' },
    want: { changes: 'none', result: { changed: false, jobs: ['backup'] } },
    paths: PATHS,
  },
  {
    name: 'changes a job where it stands',
    given: EMPTY + BACKUP,
    args: { name: 'backup', special_time: 'daily', job: '/bin/backup', disabled: true },
    want: {
      changes: [{ what: 'job backup', before: '0 5 * * * /bin/backup', after: '#@daily /bin/backup' }],
      after: "crontab -l | grep -qx '#@daily /bin/backup'",
    },
  },
  {
    name: 'removes a job, and keeps a copy',
    given: EMPTY + BACKUP,
    args: { name: 'backup', state: 'absent', backup: true },
    want: {
      changes: [{ what: 'job backup', before: '0 5 * * * /bin/backup', after: null }],
      result: { changed: true, jobs: [], backup_file: /crontab/ },
      after: '! crontab -l 2>/dev/null | grep -q backup',
    },
  },
  {
    name: 'gives a name to a job that is there already',
    given: `${EMPTY}echo '0 5 * * * /bin/backup' | crontab -`,
    args: { name: 'backup', minute: '0', hour: '5', job: '/bin/backup' },
    want: { after: '[ "$(crontab -l | grep -c backup)" = 2 ]' },
  },
  {
    name: 'sets a variable before the jobs',
    given: EMPTY + BACKUP,
    args: { name: 'MAILTO', env: true, job: 'root@example.org' },
    want: {
      changes: [{ what: 'variable MAILTO', before: null, after: 'MAILTO="root@example.org"' }],
      result: { envs: ['MAILTO'], jobs: ['backup'] },
      after: "crontab -l | grep -v '^# ' | head -1 | grep -qx 'MAILTO=\"root@example.org\"'",
    },
  },
  {
    name: 'sets a variable behind another one',
    given: `${EMPTY}printf 'A="1"\\nB="2"\\n' | crontab -`,
    args: { name: 'C', env: true, job: '3', insertafter: 'A' },
    want: { after: '[ "$(crontab -l | grep = | tr -d \'\\n"\')" = A=1C=3B=2 ]' },
  },
  {
    name: 'names a variable that is not there',
    given: EMPTY,
    args: { name: 'C', env: true, job: '3', insertafter: 'A' },
    want: { failure: /^Variable named 'A' not found\.$/ },
  },
  {
    name: 'writes a file with the user',
    given: EMPTY,
    args: { name: 'report', special_time: 'reboot', user: 'root', job: 'report', cron_file: 'demo' },
    want: {
      changes: [{ what: 'job report', before: null, after: '@reboot root report' }],
      result: { cron_file: 'demo', jobs: ['report'] },
      after: '[ "$(stat -c %a /etc/cron.d/demo)" = 644 ]; grep -qx \'@reboot root report\' /etc/cron.d/demo',
    },
    paths: PATHS,
  },
  {
    name: 'removes a file that has nothing left',
    given: `${EMPTY}printf '#Ansible: report\\n@reboot root report\\n' >/etc/cron.d/demo`,
    args: { name: 'report', state: 'absent', cron_file: 'demo' },
    want: {
      changes: [{ what: 'job report', before: '@reboot root report', after: null }],
      after: '! [ -e /etc/cron.d/demo ]',
    },
  },
  {
    name: 'works on another user’s crontab',
    given: `${EMPTY}crontab -r -u nobody 2>/dev/null || :`,
    args: { name: 'one', user: 'nobody', job: 'true' },
    want: { after: "crontab -u nobody -l | grep -qx '\\* \\* \\* \\* \\* true'; crontab -r -u nobody" },
  },
  {
    name: 'wants a job',
    args: { name: 'one' },
    want: { failure: /^You must specify 'job' to install a new cron job or variable$/ },
  },
  {
    name: 'takes times or a name for them',
    args: { name: 'one', job: 'true', special_time: 'daily', hour: '1' },
    want: { failure: /^You must specify time and date fields or special time\.$/ },
  },
])
