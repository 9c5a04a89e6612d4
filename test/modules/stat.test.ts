import { module } from '../../src/modules/stat.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'tells all about a file',
    given: 'echo hello >a; chmod 4750 a; touch -d "2020-01-02 03:04:05.5Z" a',
    args: { path: '/t/a', get_md5: true },
    want: {
      changes: 'none',
      result: {
        changed: false,
        stat: {
          ...{
            exists: true,
            path: '/t/a',
            mode: '4750',
            size: 6,
            nlink: 1,
            uid: 0,
            gid: 0,
            pw_name: 'root',
            gr_name: 'root',
          },
          ...{ isreg: true, isdir: false, islnk: false, isblk: false, ischr: false, isfifo: false, issock: false },
          ...{
            rusr: true,
            wusr: true,
            xusr: true,
            rgrp: true,
            wgrp: false,
            xgrp: true,
            roth: false,
            woth: false,
            xoth: false,
          },
          ...{ isuid: true, isgid: false, readable: true, writeable: true, executable: true },
          ...{ mtime: 1577934245.5, block_size: 4096, device_type: 0, mimetype: 'text/plain', charset: 'us-ascii' },
          checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f',
          md5: 'b1946ac92492d2347c6235b4d2611184',
        },
      },
    },
    strings: (text, word) => ({
      given: `echo hello >/t/${word}`,
      args: { path: `/t/${text}` },
      want: { result: { stat: { exists: true, checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f' } } },
    }),
  },
  {
    name: 'looks at a link, not through it',
    given: ': >a; ln -s a l',
    args: { path: '/t/l' },
    want: {
      result: {
        stat: {
          islnk: true,
          isreg: false,
          lnk_target: 'a',
          lnk_source: '/t/a',
          mode: '0777',
          mimetype: 'inode/symlink',
        },
      },
    },
  },
  {
    name: 'looks through a link when told to follow',
    given: 'echo hello >a; ln -s a l',
    args: { path: '/t/l', follow: true, checksum_algorithm: 'sha256', mime: false },
    want: {
      result: {
        stat: {
          islnk: false,
          isreg: true,
          checksum: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
        },
      },
    },
  },
  {
    name: 'knows a directory',
    given: 'mkdir d',
    args: { path: '/t/d' },
    want: { result: { stat: { isdir: true, mimetype: 'inode/directory', charset: 'binary' } } },
  },
  {
    name: 'knows a device',
    args: { path: '/dev/null' },
    want: { result: { stat: { ischr: true, device_type: 259 } } },
  },
  {
    name: 'knows that nothing is there',
    args: { path: '/t/x' },
    want: { result: { changed: false, stat: { exists: false } } },
  },
  {
    name: 'follows a link to nothing',
    given: 'ln -s x l',
    args: { path: '/t/l', follow: true },
    want: { result: { stat: { exists: false } } },
  },
])
