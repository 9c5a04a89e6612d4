import { module } from '../../src/modules/git.ts'
import { testModule } from '../support/module.ts'

/** A repository with fixed commits, so that their hashes are known: 1 (tag v1), 2 (main), 3 (branch dev). */
const REPO = `
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git init -q -b main origin; cd origin
echo 1 >f; git add f; git commit -qm 1; git tag -a -m v1 v1
echo 2 >f; git commit -qam 2
git checkout -qb dev; echo 3 >f; git commit -qam 3; git checkout -q main; cd ..
`
const HASH = /^[0-9a-f]{40}$/

export const tests = testModule(module, [
  {
    name: 'clones',
    given: REPO,
    args: { repo: '/t/origin', dest: '/t/p/app' },
    want: {
      changes: [{ what: 'version', before: null, after: HASH }],
      result: { changed: true, before: null, after: HASH },
      after:
        '[ "$(cat p/app/f)" = 2 ] && [ "$(git -C p/app symbolic-ref --short HEAD)" = main ] && [ "$(ls -A p)" = app ]',
    },
    strings: (text, word) => ({
      args: { repo: '/t/origin', dest: `/t/p/${text}` },
      want: { after: `[ "$(cat p/${word}/f)" = 2 ]` },
    }),
  },
  {
    name: 'leaves a clone that is up to date, and what is not tracked in it',
    given: `${REPO} git clone -q file:///t/origin app; : >app/untracked`,
    args: { repo: '/t/origin', dest: '/t/app' },
    want: { changes: 'none', result: { changed: false, before: HASH, after: HASH, remote_url_changed: false } },
  },
  {
    name: 'brings a clone up to date',
    given: `${REPO} git clone -q file:///t/origin app; cd origin; echo 4 >f; git commit -qam 4`,
    args: { repo: '/t/origin', dest: '/t/app', version: 'main' },
    want: { changes: [{ what: 'version', before: HASH, after: HASH }], after: '[ "$(cat app/f)" = 4 ]' },
  },
  {
    name: 'takes a tag',
    given: REPO,
    args: { repo: '/t/origin', dest: '/t/app', version: 'v1', depth: 1, single_branch: true },
    want: { after: '[ "$(cat app/f)" = 1 ] && [ "$(git -C app rev-list --count HEAD)" = 1 ]' },
  },
  {
    name: 'switches to another branch',
    given: `${REPO} git clone -q file:///t/origin app`,
    args: { repo: '/t/origin', dest: '/t/app', version: 'dev' },
    want: { changes: [{ what: 'version', before: HASH, after: HASH }], after: '[ "$(cat app/f)" = 3 ]' },
  },
  {
    name: 'goes back from a tag to the head',
    given: `${REPO} git clone -q file:///t/origin app; git -C app checkout -q v1`,
    args: { repo: '/t/origin', dest: '/t/app' },
    want: { after: '[ "$(cat app/f)" = 2 ]' },
  },
  {
    name: 'does not give up local changes',
    given: `${REPO} git clone -q file:///t/origin app; echo mine >app/f`,
    args: { repo: '/t/origin', dest: '/t/app' },
    want: {
      failure: /^Local modifications exist in the destination: \/t\/app \(force=no\)\.$/,
      after: '[ "$(cat app/f)" = mine ]',
    },
  },
  {
    name: 'gives them up when forced',
    given: `${REPO} git clone -q file:///t/origin app; echo mine >app/f`,
    args: { repo: '/t/origin', dest: '/t/app', force: true },
    want: {
      changes: [{ what: 'local modifications', before: 'some', after: null }],
      result: { changed: true },
      after: '[ "$(cat app/f)" = 2 ]',
    },
  },
  {
    name: 'follows a repository that moved',
    given: `${REPO} git clone -q file:///t/origin app; cp -R origin other`,
    args: { repo: '/t/other', dest: '/t/app' },
    want: {
      changes: [{ what: 'remote', before: 'file:///t/origin', after: 'file:///t/other' }],
      result: { remote_url_changed: true },
    },
  },
  {
    name: 'clones without a working copy',
    given: REPO,
    args: { repo: '/t/origin', dest: '/t/app.git', bare: true },
    want: { after: '[ -f app.git/HEAD ] && [ ! -e app.git/f ]' },
  },
  {
    name: 'brings submodules',
    given: `${REPO} git config --global protocol.file.allow always
git init -q -b main outer; cd outer; git submodule --quiet add file:///t/origin sub; git commit -qm sub`,
    args: { repo: '/t/outer', dest: '/t/app' },
    want: { after: '[ "$(cat app/sub/f)" = 2 ]' },
  },
  {
    name: 'leaves a clone alone when told so',
    given: `${REPO} git clone -q file:///t/origin app; git -C app checkout -q v1`,
    args: { repo: '/t/origin', dest: '/t/app', update: false },
    want: { changes: 'none' },
  },
  {
    name: 'says that the version is unknown',
    given: `${REPO} git clone -q file:///t/origin app`,
    args: { repo: '/t/origin', dest: '/t/app', version: 'v9' },
    want: { failure: /^Failed to checkout v9: the remote has no such/ },
  },
  { name: 'says what the remote said', args: { repo: '/t/none', dest: '/t/app' }, want: { failure: /\/t\/none/ } },
  {
    name: 'does not clone over other files',
    given: `${REPO} mkdir app; : >app/x`,
    args: { repo: '/t/origin', dest: '/t/app' },
    want: { failure: /already exists and is not an empty directory/ },
  },
])
