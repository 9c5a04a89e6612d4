import { createHash } from 'node:crypto'
import { module } from '../../src/modules/copy.ts'
import { testModule } from '../support/module.ts'

const HELLO = 'f572d396fae9206628714fb2ce00f72e94f2258f'
const binary = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256))

const LONG = `${'long '.repeat(40)}name`

/** So many files that they come together. */
const many = (folder: string, content = 'new'): { [path: string]: string } =>
  Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${folder}/f${index}`, `${content} ${index}`]))

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
    name: 'copies a folder of many files, whatever is in them',
    files: {
      ...many('files/site'),
      ...many('files/site/a b/c'),
      'files/site/blob': binary,
      'files/site/none': '',
      [`files/site/${LONG}/${LONG}`]: LONG,
      'files/site/empty/': '',
    },
    modes: { 'files/site/f0': 0o4755, 'files/site/f1': 0o600 },
    args: { src: 'site', dest: '/t/www', mode: 'preserve', directory_mode: '0750', owner: 'daemon', group: '2' },
    want: {
      result: { changed: true, dest: '/t/www/' },
      after: `cd www/site && [ "$(cat f8)$(cat "a b/c/f8")" = "new 8new 8" ] && [ "$(cat "${LONG}/${LONG}")" = "${LONG}" ] &&
        [ "$(sha1sum <blob)" = "${createHash('sha1').update(binary).digest('hex')}  -" ] && [ -f none ] && [ ! -s none ] &&
        [ "$(stat -c %a%U%G . .. empty f0 f1 f2 "a b/c" | tr '\n' ' ')" = "750daemonbin 750daemonbin 750daemonbin 4755daemonbin 600daemonbin 644daemonbin 750daemonbin " ] &&
        [ -z "$(find /t -name '.provision*')" ]`,
    },
    strings: (text, word) => ({
      files: { ...many(`files/site/${text}`, text), ...many('files/site') },
      args: { src: 'site', dest: '/t/www', mode: '0644' },
      want: { after: `[ "$(cat /t/www/site/${word}/f8)" = ${word}' 8' ] && [ -f www/site/f8 ]` },
    }),
  },
  {
    name: 'brings many files together to folders that are there, and what is there keeps its owner and mode',
    given: `umask 027; mkdir -p www/a www/b /t/else; ln -s /t/else www/c; cd www; chmod 2775 b; chgrp daemon b
      for each in 0 1 2 3 4 5 6 7; do echo old >f$each; echo old >a/f$each; done; printf 'new 8' >f8; printf 'new 8' >a/f8
      chown daemon:bin a/f*; chmod 4710 a/f1; ln -sf f8 f0; ln -s nowhere a/f9`,
    files: { ...many('files/site'), ...many('files/site/a'), ...many('files/site/b/d'), ...many('files/site/c') },
    args: { src: 'site/', dest: '/t/www' },
    want: {
      result: { changed: true },
      after: `cd www; for each in . a b/d c; do [ "$(cat $each/f0 $each/f7 $each/f8)" = 'new 0new 7new 8' ] && [ ! -L $each/f0 ]; done
        [ "$(stat -c %a%U%G a/f0 a/f1 a/f8 | tr '\n' ' ')" = '640daemonbin 4710daemonbin 640daemonbin ' ]
        [ "$(stat -c %a%G f0 f1 b/d b/d/f0 | tr '\n' ' ')" = '644root 640root 2755daemon 644daemon ' ]
        [ -L c ] && [ -L a/f9 ] && [ -z "$(find /t -name '.provision*')" ]`,
    },
  },
  {
    name: 'tells the sums of many files apart when some are links or have awkward names',
    given: String.raw`mkdir www; cd www; printf x >x; ln -s x a; printf y >b; printf z >'c\n'; printf z >'z
'; printf z >'e
f'`,
    files: {
      'files/site/a': 'x',
      'files/site/b': 'y',
      'files/site/c\\n': 'z',
      'files/site/z\n': 'z',
      'files/site/e\nf': 'z',
    },
    args: { src: 'site/', dest: '/t/www' },
    want: { changes: [{ what: '/t/www/a: content', before: null, after: 'x' }], after: '[ ! -L www/a ]' },
  },
  {
    name: 'lets the validator see each of many files, and keeps what was there',
    given: 'mkdir www; for each in 0 1 2 3 4 5 6 7 8; do echo old >www/f$each; done',
    files: many('files/site'),
    args: { src: 'site/', dest: '/t/www', validate: 'grep -q new %s', backup: true },
    want: { after: '[ "$(cat www/f?.*~ | sort -u)" = old ] && [ "$(cat www/f8)" = "new 8" ]' },
  },
  {
    name: 'says that many files can not be written, and leaves what was there',
    given: `umount /tmp/full 2>/dev/null || :; mkdir -p /tmp/full; mount -t tmpfs -o size=64k none /tmp/full
      mkdir /tmp/full/www; echo old >/tmp/full/www/f0`,
    files: { ...many('files/site'), 'files/site/blob': binary },
    args: { src: 'site/', dest: '/tmp/full/www' },
    want: {
      failure: /^\S*tar: 0\/blob: (Wrote only \d+ of \d+ bytes|.*No space left on device)$/,
      after: '[ "$(find /tmp/full | wc -l)" = 3 ] && [ "$(cat /tmp/full/www/f0)" = old ]',
    },
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
