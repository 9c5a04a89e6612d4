import { module } from '../../src/modules/get_url.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const SHA256 = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03'

/** A web server on the host's own loopback, which stays from row to row; `/private` wants a password. */
const SERVER = `
www=/srv/www; rm -rf "$www"; mkdir -p "$www/private"; echo hello >$www/a.txt; echo secret >$www/private/b.txt
printf '%s  ./a.txt\\n%s  other\\n' ${SHA256} ${'0'.repeat(64)} >$www/SUMS
if ! (exec bash -c ': </dev/tcp/127.0.0.1/8099') 2>/dev/null; then
  ip link set lo up
  echo '/www/private:ann:s3cr3t-word' >/run/httpd.conf
  busybox httpd -p 127.0.0.1:8099 -h /srv -c /run/httpd.conf >/dev/null 2>&1
fi
`
const URL = 'http://127.0.0.1:8099/www'

/** Prints the request's headers, for a row to look at. */
const ECHO = `${SERVER} mkdir -p /srv/cgi-bin; printf '#!/bin/sh\\necho; env | grep -E "X_KEY|COOKIE|AGENT|QUERY"\\n' >/srv/cgi-bin/echo; chmod +x /srv/cgi-bin/echo`
const ECHO_URL = 'http://127.0.0.1:8099/cgi-bin/echo?token=t0ken-word'

const rows: readonly Row[] = [
  {
    name: 'fetches a file',
    given: SERVER,
    args: { url: `${URL}/a.txt`, dest: '/t/a', mode: '0600', headers: { 'X-It': 'is "quoted"' } },
    want: {
      changes: [
        { what: 'content', before: null, after: `${URL}/a.txt` },
        { what: 'mode', before: null, after: '0600' },
      ],
      result: {
        changed: true,
        dest: '/t/a',
        url: `${URL}/a.txt`,
        checksum_src: 'f572d396fae9206628714fb2ce00f72e94f2258f',
        md5sum: 'b1946ac92492d2347c6235b4d2611184',
        mode: '0600',
        status_code: 200,
        size: 6,
        msg: 'OK (6 bytes)',
      },
      after: '[ "$(cat a)" = hello ]',
    },
    strings: (text, word) => ({
      args: { url: `${URL}/a.txt`, dest: `/t/${text}`, http_agent: text === 'one\ntwo' ? 'x' : text },
      want: { after: `[ "$(cat /t/${word})" = hello ]` },
    }),
  },
  {
    name: 'asks only for what is newer',
    given: `${SERVER} cp $www/a.txt a`,
    args: { url: `${URL}/a.txt`, dest: '/t/' },
    want: { changes: [{ what: 'content', before: null, after: `${URL}/a.txt` }], result: { dest: '/t/a.txt' } },
  },
  {
    name: 'leaves a file that the server has no other of',
    given: `${SERVER} cp $www/a.txt a`,
    args: { url: `${URL}/a.txt`, dest: '/t/a' },
    want: { changes: 'none', result: { changed: false, dest: '/t/a' } },
  },
  {
    name: 'fetches by force what differs',
    given: `${SERVER} echo other >a`,
    args: { url: `${URL}/a.txt`, dest: '/t/a', force: true, backup: true },
    want: {
      changes: [{ what: 'content', before: /^\(6 bytes/, after: /a\.txt/ }],
      result: { backup_file: /~$/ },
      after: '[ "$(cat a)" = hello ]',
    },
  },
  {
    name: 'does not ask for a file that has the checksum',
    given: 'echo hello >a',
    args: { url: 'http://127.0.0.1:1/a.txt', dest: '/t/a', checksum: `sha256:${SHA256}` },
    want: { changes: 'none', result: { msg: 'file already exists' } },
  },
  {
    name: 'finds the checksum in a list',
    given: SERVER,
    args: { url: `${URL}/a.txt`, dest: '/t/a', checksum: `sha256:${URL}/SUMS` },
    want: { after: '[ "$(cat a)" = hello ]' },
  },
  {
    name: 'keeps the old file when the checksum is wrong',
    given: `${SERVER} echo old >a`,
    args: { url: `${URL}/a.txt`, dest: '/t/a', checksum: `sha256:${'0'.repeat(64)}` },
    want: { failure: /^The checksum for \/t\/a did not match 0+; it was 5891b5/, after: '[ "$(cat a)" = old ]' },
  },
  {
    name: 'tells the password to the server alone',
    given: SERVER,
    args: { url: `${URL}/private/b.txt`, dest: '/t/b', url_username: 'ann', url_password: 's3cr3t-word' },
    secrets: ['s3cr3t-word'],
    want: { after: '[ "$(cat b)" = secret ]' },
  },
  {
    name: 'says what the server said',
    given: SERVER,
    args: { url: `${URL}/none`, dest: '/t/a' },
    want: { failure: /404|^wget could not fetch http:/ },
  },
  {
    name: 'wants the directory to be there',
    given: SERVER,
    args: { url: `${URL}/a.txt`, dest: '/t/no/a' },
    want: { failure: /^Destination \/t\/no does not exist$/ },
  },
  {
    name: 'refuses a checksum without its algorithm',
    args: { url: URL, dest: '/t/a', checksum: 'abc' },
    want: { failure: /has to be in format/ },
  },
  {
    name: 'tells headers and a token in the URL to the server alone',
    given: ECHO,
    args: { url: ECHO_URL, dest: '/t/a', headers: { 'X-Key': 'key-"word" \\', Cookie: 'c00kie' }, http_agent: 'it' },
    secrets: ['key-"word', 'c00kie'],
    want: {
      after: `grep -qxF 'HTTP_X_KEY=key-"word" \\' a; grep -qxF HTTP_COOKIE=c00kie a; grep -qx HTTP_USER_AGENT=it a
        grep -qxF QUERY_STRING=token=t0ken-word a; ! grep -rqsF c00kie /tmp`,
    },
  },
]

/** The MySQL host has no curl: there wget does it. */
export const tests = [testModule(module, rows), testModule(module, rows, serverHost('mysql'))]
