import { module } from '../../src/modules/unarchive.ts'
import { testModule } from '../support/module.ts'

/** app/a, app/run (executable), app/l (a link to a), app/sub/b c.txt */
const TGZ = Buffer.from(
  [
    'H4sIAAAAAAACA+3WTQ6CMBQE4K49RY17ef0/TzEmmBAgUBKv5Dm8mIVlTTAuKFHm25SU7iZvWt91BVsZRc6YeY3Sdf4WypJ0lvS0',
    'L0gpybhhGYxD8D3nrG/bsHTu0/8f5WP+PkP+VuuF/G2av3aCcUL+q6uudd0eGOzUNP91jv537pv+t4YYlx7znyP/fmy2vf+FTPIX',
    'FI+j/zM4HYvy1hRDhTtgt/0/jGWx6fy/9b8QUuH9nzP/kl/O4R5Wy3/5/a+S/KUivP+zeD5Q/AAAAAAAAAAAAAAA/+YFaHLiggAo',
    'AAA=',
  ].join(''),
  'base64',
)

/** app/a, app/run (executable), app/sub/b c.txt */
const ZIP = Buffer.from(
  [
    'UEsDBAoAAAAAACpodF0gMDo2BgAAAAYAAAAFAAAAYXBwL2FoZWxsbwpQSwMECgAAAAAAKmh0XR2d+wQKAAAACgAAAAcAAABhcHAv',
    'cnVuIyEvYmluL3NoClBLAwQKAAAAAAAqaHRdAAAAAAAAAAAAAAAACAAAAGFwcC9zdWIvUEsDBAoAAAAAACpodF21H7jzAwAAAAMA',
    'AAAPAAAAYXBwL3N1Yi9iIGMudHh0w6kKUEsBAh4DCgAAAAAAKmh0XSAwOjYGAAAABgAAAAUAAAAAAAAAAQAAAKSBAAAAAGFwcC9h',
    'UEsBAh4DCgAAAAAAKmh0XR2d+wQKAAAACgAAAAcAAAAAAAAAAQAAAO2BKQAAAGFwcC9ydW5QSwECHgMKAAAAAAAqaHRdAAAAAAAA',
    'AAAAAAAACAAAAAAAAAAAABAA7UFYAAAAYXBwL3N1Yi9QSwECHgMKAAAAAAAqaHRdtR+48wMAAAADAAAADwAAAAAAAAABAAAApIF+',
    'AAAAYXBwL3N1Yi9iIGMudHh0UEsFBgAAAAAEAAQA2wAAAK4AAAAAAA==',
  ].join(''),
  'base64',
)

const HOST = `mkdir d src; mkdir -p src/app/sub; echo hello >src/app/a; echo x >src/app/sub/b; chmod 640 src/app/a`
const THERE = '[ "$(cat d/app/a)" = hello ] && [ -x d/app/run ] && [ -f "d/app/sub/b c.txt" ]'

export const tests = testModule(module, [
  {
    name: 'unpacks what comes along',
    given: 'mkdir d',
    files: { 'files/app.tar.gz': TGZ },
    args: { src: 'app.tar.gz', dest: '/t/d', list_files: true },
    want: {
      changes: ['app/', 'app/a', 'app/l', 'app/run', 'app/sub/', 'app/sub/b c.txt'].map((name) => ({
        what: `content ${name}`,
        before: null,
        after: 'app.tar.gz',
      })),
      result: {
        changed: true,
        dest: '/t/d',
        handler: 'TgzArchive',
        files: ['app/', 'app/a', 'app/l', 'app/run', 'app/sub/', 'app/sub/b c.txt'],
        state: 'directory',
        extract_results: { rc: 0 },
      },
      after: `${THERE} && [ -L d/app/l ]`,
    },
    strings: (text, word) => ({
      given: `mkdir /t/${word}`,
      args: { src: 'app.tar.gz', dest: `/t/${text}` },
      want: { after: `[ "$(cat /t/${word}/app/a)" = hello ]` },
    }),
  },
  {
    name: 'leaves what is unpacked',
    given: 'mkdir src d; cd src; mkdir app; echo hello >app/a; tar -czf ../a.tgz app; tar -xzf ../a.tgz -C ../d',
    args: { src: '/t/a.tgz', dest: '/t/d', remote_src: true },
    want: { changes: 'none', result: { changed: false, handler: 'TgzArchive' } },
  },
  {
    name: 'unpacks again what is not as in the archive',
    given:
      'mkdir src d; cd src; mkdir app; echo hello >app/a; tar -cJf ../a.tar.xz app; tar -xJf ../a.tar.xz -C ../d; echo other >../d/app/a',
    args: { src: '/t/a.tar.xz', dest: '/t/d', remote_src: true },
    want: { result: { changed: true, handler: 'TarXzArchive' }, after: '[ "$(cat d/app/a)" = hello ]' },
  },
  ...['tar', 'tar.bz2', 'tar.zst', 'tar.xz'].map((ending) => ({
    name: `unpacks a ${ending} on the host`,
    given: `${HOST}; tar -C src -caf a.${ending} app`,
    args: { src: `/t/a.${ending}`, dest: '/t/d', remote_src: true, exclude: ['app/sub'] },
    want: { result: { changed: true }, after: '[ "$(cat d/app/a)" = hello ] && [ ! -e d/app/sub ]' },
  })),
  {
    name: 'sets attributes of all members',
    given: 'mkdir d',
    files: { 'files/app.tar.gz': TGZ },
    args: { src: 'app.tar.gz', dest: '/t/d', owner: 'daemon', group: 'bin', mode: 'u=rwX,go=rX' },
    want: {
      after:
        '[ "$(stat -c %a%U%G d/app/a d/app/sub d/app/l | tr "\\n" " ")" = "644daemonbin 755daemonbin 777daemonbin " ]',
    },
  },
  {
    name: 'adjusts the attributes of what is unpacked',
    given: `${HOST}; tar -C src -czf a.tgz app; tar -xzf a.tgz -C d`,
    args: { src: '/t/a.tgz', dest: '/t/d', remote_src: true, owner: 'daemon' },
    want: {
      changes: ['app/', 'app/a', 'app/sub/', 'app/sub/b'].map((name) => ({
        what: `${name}: owner`,
        before: 'root',
        after: 'daemon',
      })),
    },
  },
  {
    name: 'takes only some members',
    given: 'mkdir d',
    files: { 'files/app.tar.gz': TGZ },
    args: { src: 'app.tar.gz', dest: '/t/d', include: ['app/a'], extra_opts: ['--strip-components=1'] },
    want: { after: '[ "$(ls -A d)" = a ]' },
  },
  {
    name: 'unpacks a zip archive',
    given: 'mkdir d',
    files: { 'files/app.zip': ZIP },
    args: { src: 'app.zip', dest: '/t/d', exclude: ['*/run'] },
    want: {
      result: { changed: true, handler: 'ZipArchive' },
      after: '[ "$(cat d/app/a)" = hello ] && [ -f "d/app/sub/b c.txt" ] && [ ! -e d/app/run ]',
    },
  },
  {
    name: 'unpacks a zip archive on the host, and only what differs is a change',
    given: `${HOST}; cd src; zip -qr ../a.zip app; cd ..; unzip -q a.zip -d d; echo other >d/app/a`,
    args: { src: '/t/a.zip', dest: '/t/d', remote_src: true, mode: 'u=rwX' },
    want: {
      changes: [
        { what: 'content app/a', before: null, after: '/t/a.zip' },
        { what: 'mode', before: null, after: 'u=rwX' },
      ],
      after: '[ "$(cat d/app/a)" = hello ]',
    },
  },
  {
    name: 'does nothing when what it creates is there',
    given: ': >there',
    files: { 'files/app.tar.gz': TGZ },
    args: { src: 'app.tar.gz', dest: '/t/none', creates: '/t/there' },
    want: { changes: 'none', result: { changed: false, skipped: true, msg: 'skipped, since /t/there exists' } },
  },
  {
    name: 'wants the directory to be there',
    files: { 'files/app.tar.gz': TGZ },
    args: { src: 'app.tar.gz', dest: '/t/none' },
    want: { failure: /^Destination '\/t\/none' is not a directory$/ },
  },
  {
    name: 'wants the archive to be there',
    given: 'mkdir d',
    args: { src: '/t/a.tgz', dest: '/t/d', remote_src: true },
    want: { failure: /^Source '\/t\/a\.tgz' does not exist$/ },
  },
  {
    name: 'refuses what is no archive',
    given: 'mkdir d; echo hello >a.tgz',
    args: { src: '/t/a.tgz', dest: '/t/d', remote_src: true },
    want: { failure: /^Failed to find handler for "\/t\/a\.tgz": .*not look like a tar archive|not in gzip format/s },
  },
])
