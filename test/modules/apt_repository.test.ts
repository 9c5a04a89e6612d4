import { module } from '../../src/modules/apt_repository.ts'
import { ARCHIVE } from '../support/local-archive.ts'
import { testModule } from '../support/module.ts'

const LIST = '/etc/apt/sources.list.d/srv_archive.list'
const LINE = 'deb [trusted=yes] file:/srv/archive ./'
const CLEAN = `${ARCHIVE}\nrm -f /etc/apt/sources.list.d/*\n`
const PATHS = ['/etc/apt', '/var/lib/apt/lists']

export const tests = testModule(module, [
  {
    name: 'adds a source and gets its lists',
    given: CLEAN,
    args: { repo: 'deb  [ trusted=yes ] file:/srv/archive   ./', filename: 'mine' },
    want: {
      changes: [{ what: 'source in /etc/apt/sources.list.d/mine.list', before: null, after: LINE }],
      result: {
        changed: true,
        state: 'present',
        sources_added: ['/etc/apt/sources.list.d/mine.list'],
        sources_removed: [],
      },
      after: `echo '${LINE}' | cmp - /etc/apt/sources.list.d/mine.list; apt-cache policy demo | grep -q 2.0`,
    },
    paths: PATHS,
  },
  {
    name: 'names the file after the address',
    given: CLEAN,
    args: {
      repo: 'deb [arch=amd64] http://user:word@archive.example.org/debian/ stable main',
      update_cache: false,
      mode: '0600',
    },
    want: {
      changes: [
        { what: 'source in /etc/apt/sources.list.d/archive_example_org_debian.list', before: null, after: /^deb/ },
      ],
      after: '[ "$(stat -c %a /etc/apt/sources.list.d/archive_example_org_debian.list)" = 600 ]',
    },
  },
  {
    name: 'leaves a source that is there, in whatever file',
    given: `${CLEAN}echo '${LINE} # why' >${LIST}`,
    args: { repo: LINE },
    want: { changes: 'none', result: { changed: false } },
    paths: PATHS,
  },
  {
    name: 'enables a source where it stands',
    given: `${CLEAN}printf '# a comment\\n# ${LINE}\\n' >${LIST}`,
    args: { repo: LINE, update_cache: false },
    want: {
      changes: [{ what: `source in ${LIST}`, before: null, after: LINE }],
      after: `printf '# a comment\\n${LINE}\\n' | cmp - ${LIST}`,
    },
  },
  {
    name: 'removes a source, and a file with nothing left',
    given: `${CLEAN}echo '${LINE}' >${LIST}`,
    args: { repo: LINE, state: 'absent' },
    want: {
      changes: [{ what: `source in ${LIST}`, before: LINE, after: null }],
      result: { sources_removed: [LIST], sources_added: [] },
      after: `! [ -e ${LIST} ]`,
    },
  },
  {
    name: 'puts everything back when the lists can’t be had',
    given: CLEAN,
    args: { repo: 'deb [trusted=yes] file:/srv/never ./', update_cache_retries: 1 },
    want: { failure: /^Failed to update apt cache: .*never/s, after: '[ -z "$(ls /etc/apt/sources.list.d)" ]' },
  },
  {
    name: 'knows what is no source',
    args: { repo: 'http://archive.example.org' },
    want: { failure: /^Invalid repository string: http:\/\/archive\.example\.org$/ },
  },
])
