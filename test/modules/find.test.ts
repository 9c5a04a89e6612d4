import { module } from '../../src/modules/find.ts'
import { testModule } from '../support/module.ts'

const TREE = `
mkdir -p a/b .h; echo hello >a/x.log; echo "# skip" >a/b/y.log; : >a/z.txt; : >.h/x.log; ln -s a l
touch -d "3 days ago" a/x.log; printf "one\\ntwo\\n" >a/b/c; head -c 2048 /dev/zero >big`

const paths = (...names: string[]) => ({ files: names.map((path) => ({ path })), matched: names.length })

export const tests = testModule(module, [
  {
    name: 'finds files in a directory, not below it',
    given: TREE,
    args: { paths: '/t' },
    want: {
      changes: 'none',
      result: { changed: false, ...paths('/t/big'), examined: 4, msg: 'All paths examined', skipped_paths: {} },
    },
  },
  {
    name: 'finds by name, below too, with the checksum',
    given: 'mkdir -p a; echo hello >a/x.log; : >a/y.txt',
    args: { paths: ['/t'], patterns: ['*.log', 'q*'], recurse: true, get_checksum: true },
    want: {
      result: {
        files: [
          {
            path: '/t/a/x.log',
            checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f',
            size: 6,
            isreg: true,
            mode: '0644',
            pw_name: 'root',
          },
        ],
        examined: 3,
      },
    },
    strings: (text, word) => ({
      given: `mkdir /t/${word}; echo hello >/t/${word}/${word}`,
      args: { paths: [`/t/${text}`], patterns: [text], get_checksum: true, contains: 'hel' },
      want: {
        result: { files: [{ path: `/t/${text}/${text}`, checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f' }] },
      },
    }),
  },
  {
    name: 'leaves out what is excluded',
    given: TREE,
    args: { paths: '/t/a', patterns: '*.*', excludes: '*.txt' },
    want: { result: paths('/t/a/x.log') },
  },
  {
    name: 'finds by regular expression',
    given: TREE,
    args: { paths: '/t/a', patterns: '^[a-y]\\.(log|txt)$', use_regex: true, recurse: true, excludes: 'y.*' },
    want: { result: paths('/t/a/x.log') },
  },
  {
    name: 'takes hidden names when asked',
    given: TREE,
    args: { paths: '/t', hidden: true, file_type: 'directory', patterns: '.*' },
    want: { result: paths('/t/.h') },
  },
  {
    name: 'finds links',
    given: TREE,
    args: { paths: '/t', file_type: 'link' },
    want: { result: { files: [{ path: '/t/l', islnk: true }] } },
  },
  {
    name: 'goes only so deep',
    given: TREE,
    args: { paths: '/t/a', recurse: true, depth: 1, patterns: '*.log' },
    want: { result: paths('/t/a/x.log') },
  },
  {
    name: 'finds what is old',
    given: TREE,
    args: { paths: '/t', recurse: true, age: '2d' },
    want: { result: paths('/t/a/x.log') },
  },
  {
    name: 'finds what is small',
    given: 'echo a >a; head -c 2048 /dev/zero >b',
    args: { paths: '/t', size: '-1k' },
    want: { result: paths('/t/a') },
  },
  {
    name: 'finds what is large',
    given: 'echo a >a; head -c 2048 /dev/zero >b',
    args: { paths: '/t', size: '2k' },
    want: { result: paths('/t/b') },
  },
  {
    name: 'finds by content, line by line',
    given: TREE,
    args: { paths: '/t', recurse: true, contains: 'tw' },
    want: { result: paths('/t/a/b/c') },
  },
  {
    name: 'matches a line from its start',
    given: TREE,
    args: { paths: '/t', recurse: true, contains: 'wo' },
    want: { result: paths() },
  },
  {
    name: 'finds by the whole content',
    given: TREE,
    args: { paths: '/t', recurse: true, contains: 'e\\nt', read_whole_file: true },
    want: { result: paths('/t/a/b/c') },
  },
  {
    name: 'says which paths it skipped',
    given: ': >a',
    args: { paths: ['/t/none', '/t'] },
    want: {
      result: {
        ...paths('/t/a'),
        msg: 'Not all paths examined, check warnings for details',
        skipped_paths: { '/t/none': "'/t/none' is not a directory" },
      },
    },
  },
  {
    name: 'refuses an age that is none',
    args: { paths: '/t', age: 'old' },
    want: { failure: /failed to process age: old/ },
  },
])
