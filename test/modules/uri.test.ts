import { module } from '../../src/modules/uri.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

/** A server that shows what it was asked, and ends by itself. */
const SERVER = [
  'use IO::Socket::INET; alarm 120;',
  'my $s = IO::Socket::INET->new(Listen => 9, LocalPort => 4700, LocalAddr => "127.0.0.1", ReuseAddr => 1) or exit;',
  'while (my $c = $s->accept) { my ($head, $n) = ("", 0);',
  'while (my $l = <$c>) { last if $l =~ /^\\r?\\n$/; $head .= $l; $n = $1 if $l =~ /^content-length: *(\\d+)/i }',
  'my $body = ""; read($c, $body, $n) if $n; my ($m, $p) = $head =~ m{^(\\S+) (\\S+)};',
  'my ($status, $more, $out) = ("200 OK", "Content-Type: text/plain", "plain");',
  'if ($p eq "/json") { ($more, $out) = ("Content-Type: application/json; charset=utf-8\\r\\nX-Two-Words: yes", "{\\"a\\": [1, null]}") }',
  'if ($p eq "/latin") { ($more, $out) = ("Content-Type: text/plain; charset=iso-8859-1", "caf\\xe9") }',
  'if ($p eq "/none") { ($status, $out) = ("404 Not Found", "nothing here") }',
  'if ($p eq "/to") { ($status, $more, $out) = ("302 Found", "Location: /json", "") }',
  'if ($p eq "/cookie") { $more .= "\\r\\nSet-Cookie: a=1; Path=/\\r\\nSet-Cookie: b=\\"two\\"" }',
  'if ($p eq "/echo" || $p eq "/secret") { $out = "$head\\n$body" }',
  'if ($p eq "/secret" && $head !~ /^authorization: Basic dXNlcjpnZWhlaW0=/mi) { ($status, $more) = ("401 Unauthorized", "WWW-Authenticate: Basic realm=x") }',
  'print $c "HTTP/1.1 $status\\r\\n$more\\r\\nContent-Length: ", length $out, "\\r\\nConnection: close\\r\\n\\r\\n", ($m eq "HEAD" ? "" : $out); close $c }',
].join(' ')
const up = (port = '(exec bash -c ": </dev/tcp/127.0.0.1/4700") 2>/dev/null') =>
  `ip link set lo up; ${port} || { cat >/run/http.pl <<'END'\n${SERVER}\nEND\n(exec setsid perl /run/http.pl) >/dev/null 2>&1 </dev/null & for n in 1 2 3 4 5 6 7 8 9; do ${port} && break; sleep 0.1; done; }`

const at = 'http://127.0.0.1:4700'
const common = { given: up(), always: true as const, secrets: ['geheim'] }

const rows: readonly Row[] = [
  {
    ...common,
    name: 'asks, and says how it went',
    args: { url: `${at}/ok` },
    want: {
      changes: [{ what: 'request', before: null, after: `GET ${at}/ok` }],
      result: {
        changed: false,
        status: 200,
        msg: 'OK (5 bytes)',
        url: `${at}/ok`,
        redirected: false,
        content_type: 'text/plain',
        content_length: '5',
        elapsed: 0,
        cookies: {},
        cookies_string: '',
      },
    },
  },
  {
    ...common,
    name: 'gives the content when asked',
    args: { url: `${at}/ok`, return_content: true },
    want: { result: { content: 'plain' } },
  },
  {
    ...common,
    name: 'reads JSON and the character set',
    args: { url: `${at}/json` },
    want: { result: { json: { a: [1, null] }, x_two_words: 'yes' } },
  },
  {
    ...common,
    name: 'reads Latin-1',
    args: { url: `${at}/latin`, return_content: true },
    want: { result: { content: 'café' } },
  },
  {
    ...common,
    name: 'fails with the status',
    args: { url: `${at}/none` },
    want: { failure: /^Status code was 404 and not \[200\]: HTTP Error 404: Not Found$/ },
  },
  {
    ...common,
    name: 'takes other statuses for success',
    args: { url: `${at}/none`, status_code: [200, 404] },
    want: { result: { status: 404 } },
  },
  {
    ...common,
    name: 'follows a redirection',
    args: { url: `${at}/to` },
    want: { result: { redirected: true, url: `${at}/json`, json: { a: [1, null] } } },
  },
  {
    ...common,
    name: 'does not follow one when told not to',
    args: { url: `${at}/to`, follow_redirects: 'none', status_code: 302 },
    want: { result: { status: 302, redirected: false, location: `${at}/json` } },
  },
  {
    ...common,
    name: 'does not follow one of a POST',
    args: { url: `${at}/to`, method: 'POST', status_code: 302 },
    want: { result: { status: 302 } },
  },
  {
    ...common,
    name: 'sends JSON',
    args: {
      url: `${at}/echo`,
      method: 'post',
      body_format: 'json',
      body: { a: [1, 'é'], b: null },
      return_content: true,
    },
    want: {
      result: {
        content:
          /^POST \/echo HTTP[\s\S]*Content-Type: application\/json\r[\s\S]*\n\n\{"a": \[1, "\\u00e9"\], "b": null\}$/,
      },
    },
  },
  {
    ...common,
    name: 'sends text',
    args: { url: `${at}/echo`, method: 'PUT', body: 'plain', headers: { 'X-One': 'two' }, return_content: true },
    want: { result: { content: /^PUT [\s\S]*X-One: two\r[\s\S]*User-Agent: ansible-httpget\r[\s\S]*\n\nplain$/ } },
    strings: (text) => ({
      args: { url: `${at}/echo`, method: 'PUT', body: text, return_content: true },
      want: { result: { content: new RegExp(`\\n\\n${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) } },
    }),
  },
  {
    ...common,
    name: 'sends a form',
    args: {
      url: `${at}/echo`,
      method: 'POST',
      body_format: 'form-urlencoded',
      body: { a: 'x y&z', b: [1, true] },
      return_content: true,
    },
    want: { result: { content: /x-www-form-urlencoded\r[\s\S]*\n\na=x\+y%26z&b=1&b=True$/ } },
  },
  {
    ...common,
    name: 'sends a form with a file',
    files: { 'files/up.txt': 'inside' },
    args: {
      url: `${at}/echo`,
      method: 'POST',
      body_format: 'form-multipart',
      body: { a: 'one', f: { filename: 'up.txt' } },
      return_content: true,
    },
    want: {
      result: {
        content:
          /multipart\/form-data; boundary=[\s\S]*name="a"\r\n\r\none\r\n[\s\S]*name="f"; filename="up\.txt"\r\n\r\ninside\r\n/,
      },
    },
  },
  {
    ...common,
    name: 'sends a file of the controller',
    files: { 'files/up.txt': 'inside' },
    args: { url: `${at}/echo`, method: 'POST', src: 'up.txt', return_content: true },
    want: { result: { content: /\n\ninside$/ } },
  },
  {
    ...common,
    name: 'sends a file of the host, in one piece',
    given: `${up()}; printf 'in\\000side\\n\\n' >up.txt`,
    args: { url: `${at}/echo`, method: 'POST', src: '/t/up.txt', remote_src: true, return_content: true },
    want: {
      result: {
        content:
          /^POST \/echo (?![\s\S]*transfer-encoding)(?=[\s\S]*Content-Type: application\/x-www-form-urlencoded\r)(?=[\s\S]*Content-Length: 9\r)[\s\S]*\n\nin\0side\n\n$/i,
      },
    },
    strings: (text, word) => ({
      given: `${up()}; printf %s ${word} >${word}`,
      args: { url: `${at}/echo`, method: 'PUT', src: `/t/${text}`, remote_src: true, return_content: true },
      want: { result: { content: new RegExp(`\\n\\n${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) } },
    }),
  },
  {
    ...common,
    name: 'sends a file of the host with a type of its own, and an empty one',
    given: `${up()}; : >up.txt`,
    args: {
      ...{ url: `${at}/echo`, method: 'PUT', src: '/t/up.txt', remote_src: true, return_content: true },
      headers: { 'Content-Type': 'text/x' },
    },
    want: { result: { content: /^PUT \/echo [\s\S]*Content-Type: text\/x\r/ } },
  },
  {
    ...common,
    name: 'sends no file where a redirection leads to a question',
    given: `${up()}; echo x >up.txt`,
    args: { url: `${at}/to`, method: 'POST', src: '/t/up.txt', remote_src: true, follow_redirects: 'all' },
    want: { result: { status: 200, url: `${at}/json` } },
  },
  {
    ...common,
    name: 'wants the file to be there',
    args: { url: `${at}/echo`, method: 'POST', src: '/t/none', remote_src: true },
    want: { failure: /^Unable to open source file \/t\/none$/ },
  },
  {
    ...common,
    name: 'logs in',
    args: { url: `${at}/secret`, url_username: 'user', url_password: 'geheim', force_basic_auth: true },
    want: { result: { status: 200 } },
  },
  {
    ...common,
    name: 'gives cookies',
    args: { url: `${at}/cookie` },
    want: { result: { cookies: { a: '1', b: 'two' }, cookies_string: 'a=1; b=two' } },
  },
  {
    ...common,
    name: 'asks for headers only',
    args: { url: `${at}/ok`, method: 'HEAD' },
    want: { result: { status: 200, content_length: '5' } },
  },
  {
    ...common,
    name: 'fails when nothing answers',
    args: { url: 'http://127.0.0.1:4799/' },
    want: { failure: /^Status code was -1 and not \[200\]: Request failed: <.*(refused|connect)/i },
  },
  {
    ...common,
    name: 'does not ask when what it creates is there',
    given: ': >made',
    args: { url: `${at}/ok`, creates: '/t/made' },
    want: { changes: 'none', result: { changed: false, stdout: "skipped, since '/t/made' exists" } },
  },
  {
    ...common,
    name: 'does not ask when what it removes is gone',
    args: { url: `${at}/ok`, removes: '/t/gone' },
    want: { changes: 'none', result: { stdout: "skipped, since '/t/gone' does not exist" } },
  },
  {
    ...common,
    name: 'refuses a method that is none',
    args: { url: at, method: 'GET /' },
    want: { failure: /needs to be a single word in uppercase/ },
  },
]

const curlRows: readonly Row[] = [
  {
    ...common,
    name: 'saves the content',
    args: { url: `${at}/json`, dest: '/t/saved', mode: '0600' },
    want: {
      result: { changed: true, path: '/t/saved', status: 200 },
      after: `[ "$(cat saved)" = '{"a": [1, null]}' ]; [ "$(stat -c %a saved)" = 600 ]`,
    },
  },
  {
    ...common,
    name: 'saves into a folder',
    args: { url: `${at}/ok?x=1`, dest: '/t' },
    want: { result: { path: '/t/ok' }, after: '[ "$(cat ok)" = plain ]' },
  },
  {
    ...common,
    name: 'logs in when asked to',
    args: { url: `${at}/secret`, url_username: 'user', url_password: 'geheim' },
    want: { result: { status: 200 } },
  },
  {
    ...common,
    name: 'sends a file again when asked to log in',
    given: `${up()}; echo inside >up.txt`,
    args: {
      ...{ url: `${at}/secret`, url_username: 'user', url_password: 'geheim' },
      ...{ method: 'PUT', src: '/t/up.txt', remote_src: true, return_content: true },
    },
    want: { result: { status: 200, content: /\n\ninside\n$/ } },
  },
  {
    ...common,
    name: 'wants a certificate it can trust',
    given: `${up()}; [ -e /run/k.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout /run/k.pem -out /run/c.pem -subj /CN=localhost -days 2 2>/dev/null; (exec timeout 20 openssl s_server -accept 4743 -key /run/k.pem -cert /run/c.pem -www) >/dev/null 2>&1 </dev/null & sleep 0.4`,
    args: { url: 'https://127.0.0.1:4743/' },
    want: { failure: /certificate/i },
  },
  {
    ...common,
    name: 'does without when told to',
    given: `${up()}; [ -e /run/k.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout /run/k.pem -out /run/c.pem -subj /CN=localhost -days 2 2>/dev/null; (exec timeout 20 openssl s_server -accept 4744 -key /run/k.pem -cert /run/c.pem -www) >/dev/null 2>&1 </dev/null & sleep 0.4`,
    args: { url: 'https://127.0.0.1:4744/', validate_certs: false },
    want: { result: { status: 200 } },
  },
]

const bareRows: readonly Row[] = [
  {
    name: 'says what HTTPS needs',
    args: { url: 'https://127.0.0.1/' },
    want: { failure: /^the request needs curl on the host$/ },
    always: true,
  },
]

/** The MySQL host has no curl: there perl does it. */
export const tests = [
  testModule(module, [...rows, ...curlRows], serverHost('mariadb')),
  testModule(module, [...rows, ...bareRows], serverHost('mysql')),
]
