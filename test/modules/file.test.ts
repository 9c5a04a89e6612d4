import { module } from '../../src/modules/file.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'makes a directory and its parents, with the attributes on each new one',
    args: { path: '/t/a/b', state: 'directory', mode: '0750', owner: 'daemon' },
    want: {
      changes: [
        { what: '/t/a: state', before: 'absent', after: 'directory' },
        { what: '/t/a/b: state', before: 'absent', after: 'directory' },
        { what: 'owner', before: null, after: 'daemon' },
        { what: 'mode', before: null, after: '0750' },
      ],
      result: {
        changed: true,
        path: '/t/a/b',
        owner: 'daemon',
        group: 'root',
        mode: '0750',
        state: 'directory',
        uid: 1,
      },
      after: '[ "$(stat -c %a%U a)" = 750daemon ]',
    },
    strings: (text, word) => ({
      args: { path: `/t/${text}/b`, state: 'directory', mode: '0750' },
      want: { after: `[ "$(stat -c %a /t/${word}/b)" = 750 ]` },
    }),
  },
  {
    name: 'takes what a directory inherits from one with setgid',
    given: 'mkdir -m 2775 s; chgrp daemon s; chmod 2775 s',
    args: { path: '/t/s/new', state: 'directory', mode: '0750' },
    want: {
      changes: [
        { what: 'state', before: 'absent', after: 'directory' },
        { what: 'mode', before: null, after: '0750' },
      ],
      result: { mode: '0750', group: 'daemon' },
    },
  },
  {
    name: 'takes setgid from a directory that has it',
    given: 'mkdir -m 2775 s',
    args: { path: '/t/s', state: 'directory', mode: '0775' },
    want: { changes: [{ what: 'mode', before: '02775', after: '0775' }], result: { mode: '0775' } },
  },
  {
    name: 'leaves a directory as it is',
    given: 'mkdir -m 750 a',
    args: { path: '/t/a', state: 'directory', mode: 'u=rwx,g=rx,o=' },
    want: { changes: 'none', result: { changed: false, path: '/t/a', mode: '0750', state: 'directory' } },
  },
  {
    name: 'follows a link to a directory',
    given: 'mkdir -m 700 real; ln -s real link',
    args: { path: '/t/link', state: 'directory', mode: '0755' },
    want: {
      changes: [{ what: 'mode', before: '0700', after: '0755' }],
      result: { path: '/t/real' },
      after: '[ -L link ] && [ "$(stat -c %a real)" = 755 ]',
    },
  },
  {
    name: 'adds and takes permissions by symbols',
    given: ': >a; chmod 640 a',
    args: { path: '/t/a', mode: '+x,g-r,o=r' },
    want: { changes: [{ what: 'mode', before: '0640', after: '0714' }], result: { mode: '0714', state: 'file' } },
  },
  {
    name: 'sets attributes of everything below',
    given: 'mkdir -p d/e; : >d/f; : >d/e/g; chmod 600 d/f; ln -s f d/l',
    args: { path: '/t/d', state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=rX', group: 'daemon', follow: false },
    want: {
      changes: [
        { what: 'group', before: 'root', after: 'daemon' },
        { what: '/t/d/e: group', before: 'root', after: 'daemon' },
        { what: '/t/d/e/g: group', before: 'root', after: 'daemon' },
        { what: '/t/d/f: group', before: 'root', after: 'daemon' },
        { what: '/t/d/f: mode', before: '0600', after: '0644' },
        { what: '/t/d/l: group', before: 'root', after: 'daemon' },
      ],
      after: '[ "$(stat -c %a%G d/f)" = 644daemon ] && [ "$(stat -c %G d/l)" = daemon ]',
    },
    strings: (_, word) => ({
      given: `mkdir -p d/${word}; : >d/${word}/${word}`,
      args: { path: '/t/d', state: 'directory', recurse: true, group: 'daemon' },
      want: { after: `[ "$(stat -c %G d/${word}/${word})" = daemon ]` },
    }),
  },
  {
    name: 'makes a link',
    given: ': >a',
    args: { path: '/t/l', src: '/t/a', state: 'link' },
    want: {
      changes: [
        { what: 'state', before: 'absent', after: 'link' },
        { what: 'src', before: null, after: '/t/a' },
      ],
      result: { changed: true, dest: '/t/l', src: '/t/a', state: 'link', mode: '0777' },
      after: '[ "$(readlink l)" = /t/a ]',
    },
    strings: (text, word) => ({
      given: `: >${word === '-leading' ? './-leading' : word}`,
      args: { path: `/t/${text}.link`, src: text, state: 'link' },
      want: { after: `[ "$(readlink -- /t/${word}.link; echo x)" = ${word}"$(printf '\\nx')" ]` },
    }),
  },
  {
    name: 'turns a link without a moment in which it is missing',
    given: ': >a; : >b; ln -s a l',
    args: { path: '/t/l', src: 'b', state: 'link' },
    want: { changes: [{ what: 'src', before: 'a', after: 'b' }], after: '[ "$(readlink l)" = b ]' },
  },
  {
    name: 'turns a link that points to a directory',
    given: 'mkdir a b; ln -s a l',
    args: { path: '/t/l', src: '/t/b', state: 'link' },
    want: {
      changes: [{ what: 'src', before: 'a', after: '/t/b' }],
      after: '[ "$(readlink l)" = /t/b ] && [ -z "$(ls a)" ]',
    },
  },
  {
    name: 'gives a link to nowhere its owner',
    args: { path: '/t/l', src: '/t/nowhere', state: 'link', force: true, follow: false, owner: 'daemon', mode: '0640' },
    want: { result: { changed: true, src: '/t/nowhere' }, after: '[ "$(stat -c %U l)" = daemon ]' },
  },
  {
    name: 'replaces a file by a link when forced',
    given: ': >l',
    args: { path: '/t/l', src: '/t/nowhere', state: 'link', force: true, follow: false },
    want: {
      changes: [
        { what: 'state', before: 'file', after: 'link' },
        { what: 'src', before: null, after: '/t/nowhere' },
      ],
    },
  },
  {
    name: 'refuses to replace a file by a link',
    given: ': >l; : >a',
    args: { path: '/t/l', src: '/t/a', state: 'link' },
    want: { failure: /^refusing to convert from file to symlink for \/t\/l$/ },
  },
  {
    name: 'refuses a link to nothing',
    args: { path: '/t/l', src: '/t/a', state: 'link' },
    want: { failure: /^src file does not exist, use "force=yes" if you really want to create the link: \/t\/a$/ },
  },
  {
    name: 'makes a hard link',
    given: 'echo x >a',
    args: { path: '/t/h', src: '/t/a', state: 'hard' },
    want: { result: { dest: '/t/h', src: '/t/a', state: 'hard' }, after: '[ h -ef a ]' },
  },
  {
    name: 'removes a directory with all in it',
    given: 'mkdir -p d/e; : >d/f',
    args: { path: '/t/d/', state: 'absent' },
    want: {
      changes: [{ what: 'state', before: 'directory', after: 'absent' }],
      result: { changed: true, path: '/t/d', state: 'absent' },
      script: 'rm -rf /t/d',
      after: '[ ! -e d ]',
    },
    strings: (text, word) => ({
      given: `: >/t/${word}`,
      args: { path: `/t/${text}`, state: 'absent' },
      want: { after: `[ ! -e /t/${word} ]` },
    }),
  },
  {
    name: 'removes a link, not what it points to',
    given: 'mkdir d; ln -s d l',
    args: { path: '/t/l', state: 'absent' },
    want: { changes: [{ what: 'state', before: 'link', after: 'absent' }], after: '[ -d d ] && [ ! -L l ]' },
  },
  {
    name: 'has nothing to remove',
    args: { path: '/t/x', state: 'absent' },
    want: { changes: 'none', result: { state: 'absent' } },
  },
  {
    name: 'touches what is missing',
    args: { path: '/t/new', state: 'touch', mode: 'u=rw,go=' },
    always: true,
    want: {
      changes: [
        { what: 'state', before: 'absent', after: 'file' },
        { what: 'mode', before: null, after: '0600' },
      ],
      result: { changed: true, dest: '/t/new', mode: '0600', size: 0 },
    },
  },
  {
    name: 'touches what is there',
    given: ': >a; touch -t 200001010000 a',
    args: { path: '/t/a', state: 'touch' },
    always: true,
    want: {
      changes: [
        { what: 'mtime', before: null, after: 'now' },
        { what: 'atime', before: null, after: 'now' },
      ],
      after: '[ "$(stat -c %Y a)" -gt 1600000000 ]',
    },
  },
  {
    name: 'leaves the times of what it would touch when they are to be preserved',
    given: ': >a',
    args: { path: '/t/a', state: 'touch', modification_time: 'preserve', access_time: 'preserve' },
    want: { changes: 'none' },
  },
  {
    name: 'sets times',
    given: ': >a; touch -t 200001010000 a',
    args: { path: '/t/a', state: 'file', modification_time: '202001020304.05', access_time: 'preserve' },
    want: {
      changes: [{ what: 'mtime', before: '200001010000.00', after: '202001020304.05' }],
      after: '[ "$(date -r a +%Y%m%d%H%M.%S)" = 202001020304.05 ]',
    },
  },
  {
    name: 'does not make a file',
    args: { path: '/t/x', state: 'file' },
    want: { failure: /^file \(\/t\/x\) is absent, cannot continue$/ },
  },
  {
    name: 'does not make a file when no state is given',
    args: { path: '/t/x' },
    want: { failure: /is absent, cannot continue/ },
  },
  {
    name: 'refuses a directory where a file is',
    given: ': >a',
    args: { path: '/t/a', state: 'directory' },
    want: { failure: /^\/t\/a already exists as a file$/ },
  },
  {
    name: 'refuses to recurse into files',
    args: { path: '/t/x', state: 'file', recurse: true },
    want: { failure: /recurse option requires state to be 'directory'/ },
  },
  {
    name: 'refuses a wrong mode',
    args: { path: '/t/x', state: 'touch', mode: 'rwx' },
    want: { failure: /mode must be in octal or symbolic form/ },
  },
  {
    name: 'names a user that is not there',
    given: ': >a',
    args: { path: '/t/a', owner: 'nobody-here' },
    want: { failure: /invalid user: ['‘]nobody-here/ },
  },
])
