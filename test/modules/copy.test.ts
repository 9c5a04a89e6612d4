import { module } from '../../src/modules/copy.ts'
import { testModule } from '../support/module.ts'

const HELLO = 'f572d396fae9206628714fb2ce00f72e94f2258f'
const binary = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256))

export const tests = testModule(module, [
  {
    name: 'writes content to a new file',
    args: { content: 'hello\n', dest: '/t/a', mode: '0640' },
    want: {
      changes: [
        { what: 'content', before: null, after: 'hello\n' },
        { what: 'mode', before: null, after: '0640' },
      ],
      result: {
        changed: true,
        dest: '/t/a',
        checksum: HELLO,
        md5sum: 'b1946ac92492d2347c6235b4d2611184',
        mode: '0640',
        owner: 'root',
        state: 'file',
        size: 6,
        uid: 0,
      },
      after: '[ "$(cat a)" = hello ] && [ "$(ls -A)" = a ]',
    },
    strings: (text, word) => ({
      args: { content: text, dest: `/t/${text}` },
      want: { after: `[ "$(cat /t/${word}; echo x)" = ${word}x ]` },
    }),
  },
  {
    name: 'leaves a file that has the content',
    given: 'echo hello >a; chmod 600 a',
    args: { content: 'hello\n', dest: '/t/a' },
    want: { changes: 'none', result: { changed: false, dest: '/t/a', path: '/t/a', checksum: HELLO, mode: '0600' } },
  },
  {
    name: 'keeps owner and mode of a file whose content changes',
    given: 'echo old >a; chmod 4750 a; chown daemon:bin a; chmod 4750 a',
    args: { content: 'hello\n', dest: '/t/a' },
    want: {
      changes: [{ what: 'content', before: 'old\n', after: 'hello\n' }],
      result: { owner: 'daemon', group: 'bin', mode: '04750' },
      after: '[ "$(stat -c %a%U%G a)" = 4750daemonbin ]',
    },
  },
  {
    name: 'adjusts attributes only',
    given: 'echo hello >a',
    args: { content: 'hello\n', dest: '/t/a', owner: 'daemon', group: '2', mode: 'a=r,u+w' },
    want: {
      changes: [
        { what: 'owner', before: 'root', after: 'daemon' },
        { what: 'group', before: 'root', after: '2' },
      ],
      result: { changed: true, owner: 'daemon', group: 'bin' },
    },
  },
  {
    name: 'copies a binary file, byte for byte, into a directory',
    given: 'mkdir d; printf "\\0old" >d/blob',
    files: { 'files/blob': binary },
    args: { src: 'blob', dest: '/t/d' },
    want: {
      changes: [{ what: 'content', before: /^\(binary, 4 bytes/, after: /^\(binary, 70000 bytes/ }],
      result: { dest: '/t/d/blob', size: 70000 },
      after: '[ "$(stat -c %s d/blob)" = 70000 ]',
    },
  },
  {
    name: 'makes the directory for a path with a slash at its end',
    files: { 'files/a': 'x' },
    args: { src: 'a', dest: '/t/n/o/', directory_mode: '0750' },
    want: {
      changes: [
        { what: '/t/n: state', before: 'absent', after: 'directory' },
        { what: '/t/n/o: state', before: 'absent', after: 'directory' },
        { what: 'mode', before: null, after: '0750' },
        { what: 'content', before: null, after: 'x' },
      ],
      result: { dest: '/t/n/o/a' },
      after: '[ "$(stat -c %a n n/o | tr -d "\\n")" = 750750 ]',
    },
  },
  {
    name: 'writes a mapping as JSON with the spaces that Python writes',
    args: { content: { b: [1, 'é'], a: null }, dest: '/t/a' },
    want: { after: `[ "$(cat a)" = '{"b": [1, "\\u00e9"], "a": null}' ]` },
  },
  {
    name: 'wants the directory of a file to be there',
    args: { content: 'x', dest: '/t/n/o' },
    want: { failure: /^Destination directory \/t\/n does not exist$/ },
  },
  {
    name: 'does not write content to a directory',
    args: { content: 'x', dest: '/t/' },
    want: { failure: /can not use content with a dir as dest/ },
  },
  {
    name: 'does not write content over a directory',
    given: 'mkdir d',
    args: { content: 'x', dest: '/t/d' },
    want: { failure: /can not use content with a dir as dest/ },
  },
  {
    name: 'keeps a backup under the name that Ansible gives it',
    given: 'echo old >a',
    args: { content: 'new', dest: '/t/a', backup: true },
    want: {
      result: { backup_file: /^\/t\/a\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/ },
      after: '[ "$(cat a.*~ | sort -u)" = old ] && [ "$(cat a)" = new ]',
    },
  },
  {
    name: 'leaves what is there when not forced',
    given: 'echo old >a',
    args: { content: 'new', dest: '/t/a', force: false, mode: '0600' },
    want: { changes: 'none', result: { changed: false, dest: '/t/a' } },
  },
  {
    name: 'puts a file in the place of a link',
    given: 'echo hello >real; ln -s real a',
    args: { content: 'hello\n', dest: '/t/a' },
    want: {
      changes: [{ what: 'content', before: /sha1 f572d396/, after: 'hello\n' }],
      after: '[ ! -L a ] && [ -f a ]',
    },
  },
  {
    name: 'writes to the target of a link when told to follow',
    given: 'echo old >real; ln -s real a',
    args: { content: 'hello\n', dest: '/t/a', follow: true },
    want: { result: { dest: '/t/real' }, after: '[ -L a ] && [ "$(cat real)" = hello ]' },
  },
  {
    name: 'lets the validator see the file before it is in place',
    given: 'echo old >a',
    args: {
      content: 'it is bad',
      dest: '/t/a',
      validate: 'sh -c \'grep -q good "$1" || { echo not good; exit 3; }\' sh %s',
    },
    want: { failure: /^failed to validate: rc:3 error:not good$/, after: '[ "$(cat a)" = old ] && [ "$(ls -A)" = a ]' },
  },
  {
    name: 'replaces what the validator accepts',
    given: 'echo old >a',
    args: { content: 'good\n', dest: '/t/a', validate: 'grep -q good %s' },
    want: { after: '[ "$(cat a)" = good ]' },
  },
  {
    name: 'refuses a validator without a place for the file',
    args: { content: '', dest: '/t/a', validate: 'true' },
    want: { failure: /validate must contain %s: true/ },
  },
  {
    name: 'refuses content with another checksum',
    args: { content: 'x', dest: '/t/a', checksum: HELLO },
    want: { failure: /does not match the expected checksum/ },
  },
  {
    name: 'says where it looked for a file',
    args: { src: 'nowhere', dest: '/t/a' },
    want: { failure: /could not find or access "nowhere"/ },
  },
  {
    name: 'keeps the mode that a file has on the controller',
    files: { 'files/run': '#!/bin/sh\n' },
    modes: { 'files/run': 0o755 },
    args: { src: 'run', dest: '/t/run', mode: 'preserve' },
    want: { result: { mode: '0755' }, after: '[ -x run ]' },
  },
  {
    name: 'copies a folder',
    files: { 'files/site/index.html': '<p>', 'files/site/css/a b.css': 'p {}', 'files/site/empty/': '' },
    args: { src: 'site', dest: '/t/www', mode: '0644', directory_mode: '0755' },
    want: {
      changes: [
        { what: '/t/www: state', before: 'absent', after: 'directory' },
        { what: '/t/www/site: state', before: 'absent', after: 'directory' },
        { what: 'mode', before: null, after: '0755' },
        { what: '/t/www/site/css: state', before: 'absent', after: 'directory' },
        { what: '/t/www/site/css: mode', before: null, after: '0755' },
        { what: '/t/www/site/css/a b.css: content', before: null, after: 'p {}' },
        { what: '/t/www/site/css/a b.css: mode', before: null, after: '0644' },
        { what: '/t/www/site/empty: state', before: 'absent', after: 'directory' },
        { what: '/t/www/site/empty: mode', before: null, after: '0755' },
        { what: '/t/www/site/index.html: content', before: null, after: '<p>' },
        { what: '/t/www/site/index.html: mode', before: null, after: '0644' },
      ],
      result: { changed: true, dest: '/t/www/' },
      after: '[ "$(cat www/site/css/a\\ b.css)" = "p {}" ] && [ -d www/site/empty ]',
    },
  },
  {
    name: 'copies what is in a folder, and only what differs',
    given: 'mkdir -p www/css; printf x >www/index.html; printf "p {}" >www/css/a.css',
    files: { 'files/site/index.html': '<p>', 'files/site/css/a.css': 'p {}' },
    args: { src: 'site/', dest: '/t/www', group: 'daemon' },
    want: {
      changes: [
        { what: '/t/www/css: group', before: 'root', after: 'daemon' },
        { what: '/t/www/css/a.css: group', before: 'root', after: 'daemon' },
        { what: '/t/www/index.html: content', before: /^\(1 bytes, sha1 /, after: '<p>' },
        { what: '/t/www/index.html: group', before: 'root', after: 'daemon' },
      ],
      result: { dest: '/t/www/' },
      after: '[ "$(stat -c %G www/css/a.css www/index.html | uniq)" = daemon ] && [ "$(cat www/index.html)" = "<p>" ]',
    },
    strings: (text, word) => ({
      given: ':',
      files: { [`files/site/${text}/${text}`]: text },
      args: { src: 'site/', dest: '/t/www' },
      want: { after: `[ "$(cat /t/www/${word}/${word}; echo x)" = ${word}x ]` },
    }),
  },
  {
    name: 'copies a file from one place on the host to another',
    given: 'echo hello >from; chmod 750 from',
    args: { src: '/t/from', dest: '/t/to', remote_src: true },
    want: {
      result: {
        changed: true,
        dest: '/t/to',
        src: '/t/from',
        checksum: HELLO,
        md5sum: 'b1946ac92492d2347c6235b4d2611184',
        mode: '0644',
      },
      after: 'cmp from to',
    },
    strings: (text, word) => ({
      given: `echo hello >/t/${word}`,
      args: { src: `/t/${text}`, dest: `/t/${text}.copy`, remote_src: true },
      want: { after: `cmp /t/${word} /t/${word}.copy` },
    }),
  },
  {
    name: 'keeps the mode of what is there already when a file on the host takes its place',
    given: 'echo hello >from; chmod 750 from; echo x >to; chmod 604 to',
    args: { src: '/t/from', dest: '/t/to', remote_src: true },
    want: { result: { changed: true, mode: '0604' }, after: 'cmp from to' },
  },
  {
    name: 'gives a copied directory the mode that the task says, and those in it their own',
    given: 'mkdir -p from/b; chmod 711 from/b',
    args: { src: '/t/from/', dest: '/t/to', remote_src: true, mode: '0700', directory_mode: '0755' },
    want: { result: { changed: true, mode: '0700' }, after: '[ "$(stat -c %a to/b)" = 711 ]' },
  },
  {
    name: 'copies a directory from one place on the host to another',
    given: 'mkdir -p from/b/e; echo hello >from/a; echo x >from/b/c; chmod 600 from/a; ln -s a from/l',
    args: { src: '/t/from/', dest: '/t/to', remote_src: true, owner: 'daemon', local_follow: false },
    want: {
      result: { changed: true, dest: '/t/to', state: 'directory' },
      after: 'cmp from/b/c to/b/c && [ -L to/l ] && [ "$(stat -c %a%U to/a)" = 600daemon ] && [ -d to/b/e ]',
    },
  },
  {
    name: 'says that a source on the host is missing',
    args: { src: '/t/no', dest: '/t/to', remote_src: true },
    want: { failure: /^Source \/t\/no not found$/ },
  },
])
