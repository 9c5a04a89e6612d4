import { Blob } from '../../kernel/blob.ts'
import { Secret } from '../../kernel/secret.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { hostPath } from './paths.ts'
import { promised } from './replace-file.ts'

/** What is sent: bytes, or a file of the host. */
export type Body = Blob | { readonly path: string }

export type Request = {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Body | null
  readonly user: string | undefined
  readonly password: Secret | undefined
  readonly basic: boolean
  readonly follow: boolean
  readonly insecure: boolean
  readonly timeout: number
  readonly socket: string | undefined
  readonly proxy: boolean
  readonly netrc: boolean
  readonly cacert: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly ciphers: readonly string[]
  /** A file whose time is asked against (If-Modified-Since). */
  readonly newerThan: string | undefined
}

/**
 * Shell text that makes a request and leaves `$work/head` (all header blocks), `$work/body` and the variable `seen` (status, final URL,
 * seconds). curl does it where there is one; plain HTTP can do with the perl that every Debian has. The request, which may hold
 * secrets, goes through a pipe.
 */
export function exchange(request: Request): Sh {
  const { before, after } = input(request)
  const plain = request.url.startsWith('http://') && request.newerThan === undefined && request.cert === undefined
  return lines([
    sh`
      work=$(mktemp -d)
      trap 'rm -rf "$work"' EXIT
      : >"$work/head"; : >"$work/body"`,
    staged(request.body),
    sh`
      request() {
        ${Blob.of(new Secret(curlConfig(request)))} | { { ${before} curl -sS -K /dev/fd/3 -D "$work/head" -o "$work/body" ${upload(request)} 3<&3 ${after}; } 3<&0; }
      }`,
    sh`
      if command -v curl >/dev/null 2>&1; then
        seen=$(request 2>"$work/error") || failed=1`,
    plain &&
      sh`
        elif command -v perl >/dev/null 2>&1; then
          seen=$(${Blob.of(new Secret(perlRequest(request)))} | { { ${before} perl -MIO::Socket::IP -MIO::Socket::UNIX -e ${PERL} "$work" 3<&3 ${after}; } 3<&0; } 2>"$work/error") || failed=1`,
    sh`
      else
        field problem ${plain ? 'the request needs curl or perl on the host' : 'the request needs curl on the host'}
        exit 1
      fi
      if [ "\${failed-}" ]; then field error "$(cat "$work/error")"; fi
      field seen "$seen"
      field head "$(cat "$work/head")"`,
  ])
}

function isInFile(body: Body | null): boolean {
  return body !== null && (!(body instanceof Blob) || body.stream !== null)
}

/** What is large, or on the host already, is a file there, `$sent`: it is read once more when the server wants to know who we are. */
function staged(body: Body | null): Sh | null {
  if (body === null || !isInFile(body)) return null
  if (!(body instanceof Blob)) {
    const path = hostPath(body.path)
    return sh`
      sent=${path}
      [ -f "$sent" ] && [ -r "$sent" ] || { field problem ${`Unable to open source file ${body.path}`}; exit 1; }`
  }
  return lines([
    sh`
      staged=$work/sent
      ${body} >"$staged"
      sent=$staged`,
    promised(body.sha1, 'the content that arrived is not the one that was sent'),
  ])
}

/** What stands before and behind a command that reads the body from its standard input. */
function input({ body }: Request): { readonly before: Sh | null; readonly after: Sh | null } {
  if (isInFile(body)) return { before: null, after: sh`<"$sent"` }
  return { before: body instanceof Blob ? sh`${body} |` : sh`: |`, after: null }
}

/**
 * curl keeps in memory what it is to send, unless that is an upload. An upload is sent again wherever a redirection leads, so it is none
 * where they are followed.
 */
function isUpload({ body, follow }: Request): boolean {
  return isInFile(body) && !follow
}

/** Of standard input curl does not ask how long it is, and would send it in chunks, which not every server takes. */
function upload(request: Request): Sh | null {
  if (!isUpload(request)) return null
  return sh`-T - -H "Content-Length: $(wc -c <"$sent")" -H ${'Transfer-Encoding:'}`
}

/** A curl configuration file (curl(1), --config). */
function curlConfig(request: Request): string {
  const has = request.body !== null
  const method = request.method
  const uploads = isUpload(request)
  const natural = uploads ? 'PUT' : has ? 'POST' : 'GET'
  const isTyped = request.headers.some(([name]) => name.toLowerCase() === 'content-type')
  const list: (readonly [string, string | null] | false)[] = [
    ['url', request.url],
    method === 'HEAD' ? ['head', null] : method !== natural && ['request', method],
    has && !uploads && ['data-binary', '@-'],
    uploads && !isTyped && ['header', 'Content-Type: application/x-www-form-urlencoded'],
    has && ['header', 'Expect:'],
    ...request.headers.map(([name, value]) => ['header', value === '' ? `${name};` : `${name}: ${value}`] as const),
    request.user !== undefined && ['user', `${request.user}:${request.password?.reveal() ?? ''}`],
    request.user !== undefined && [request.basic ? 'basic' : 'anyauth', null],
    request.follow && ['location', null],
    request.insecure && ['insecure', null],
    !request.proxy && ['noproxy', '*'],
    request.netrc && ['netrc-optional', null],
    ['connect-timeout', String(request.timeout)],
    ['speed-time', String(request.timeout)],
    ['speed-limit', '1'],
    request.socket !== undefined && ['unix-socket', request.socket],
    request.cacert !== undefined && ['cacert', request.cacert],
    request.cert !== undefined && ['cert', request.cert],
    request.key !== undefined && ['key', request.key],
    request.ciphers.length > 0 && ['ciphers', request.ciphers.join(':')],
    request.newerThan !== undefined && ['time-cond', request.newerThan],
    ['write-out', '%{http_code} %{time_total} %{url_effective}'],
  ]
  return list
    .filter((line) => line !== false)
    .map(([name, value]) => (value === null ? `${name}\n` : `${name} = "${escaped(value)}"\n`))
    .join('')
}

function escaped(value: string): string {
  const names: { readonly [char: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' }
  return value.replace(/[\\"]/g, '\\$&').replace(/[\n\r\t\v]/g, (char) => names[char]!)
}

/** Lines for the perl client: method, URL, whether to follow, timeout, socket, then headers. */
function perlRequest(request: Request): string {
  const user = `${request.user ?? ''}:${request.password?.reveal() ?? ''}`
  const authorization =
    request.user === undefined ? [] : [`Authorization: Basic ${Buffer.from(user).toString('base64')}`]
  const headers = request.headers.map(([name, value]) => `${name}: ${value}`.replace(/[\r\n]/g, ' '))
  const first = [request.method, request.url, request.follow ? '1' : '0', String(request.timeout), request.socket ?? '']
  return [...first, ...authorization, ...headers].map((line) => `${line}\n`).join('')
}

/** HTTP/1.0 asks for an answer that ends with the connection, so that no chunks need to be put together. */
const PERL = [
  'use strict; my $work = shift; open(my $in, "<&=3"); my ($method, $url, $follow, $limit, $socket, @headers) = map { chomp; $_ } <$in>;',
  'local $/; my $file = -f STDIN; my $body = $file ? "" : <STDIN>; my $size = $file ? (-s STDIN) + 0 : length $body; my $began = time; my $status; my $hops = 0;',
  'while (1) {',
  'my ($host, $port, $path) = $url =~ m{^http://(?:[^/@]*@)?(\\[[^]]*\\]|[^/:?#]+)(?::(\\d+))?([^#]*)} or die "not a http URL: $url\\n";',
  '$port ||= 80; $path = "/$path" unless $path =~ m{^/}; (my $peer = $host) =~ tr/[]//d;',
  'my $s = length $socket ? IO::Socket::UNIX->new(Peer => $socket) : IO::Socket::IP->new(PeerHost => $peer, PeerPort => $port, Timeout => $limit);',
  'die "$host:$port: " . ($@ || $!) . "\\n" unless $s; $s->autoflush(1);',
  'my $length = $size || $method =~ /^(POST|PUT|PATCH)$/ ? "Content-Length: $size\\r\\n" : "";',
  'my $type = $size && !grep({ /^content-type:/i } @headers) ? "Content-Type: application/x-www-form-urlencoded\\r\\n" : "";',
  'my $name = $port == 80 ? $host : "$host:$port";',
  'print $s "$method $path HTTP/1.0\\r\\nHost: $name\\r\\nConnection: close\\r\\n", map({ "$_\\r\\n" } @headers), $type, $length, "\\r\\n", $body;',
  'if ($file) { seek STDIN, 0, 0; while (read STDIN, my $piece, 65536) { print $s $piece } }',
  'my $answer = ""; while (1) { my $r = ""; vec($r, fileno($s), 1) = 1; select($r, undef, undef, $limit) or die "timed out\\n"; sysread($s, $answer, 65536, length $answer) or last }',
  'my ($head, $content) = split /\\r?\\n\\r?\\n/, $answer, 2; ($status) = $head =~ m{^HTTP/\\S+ (\\d+)} or die "no HTTP answer\\n";',
  'open(my $h, ">>", "$work/head"); print $h "$head\\r\\n\\r\\n"; close $h; open(my $b, ">", "$work/body"); print $b $content; close $b;',
  'my ($to) = $head =~ /^location:\\s*(\\S+)/im; last unless $follow && defined $to && $status =~ /^30[12378]$/ && $hops++ < 10;',
  'if ($status !~ /^30[78]$/ && $method ne "HEAD") { $method = "GET"; $body = ""; $size = $file = 0 }',
  'my ($root) = $url =~ m{^(http://[^/?#]+)}; $url = $to =~ m{^\\w+://} ? $to : $to =~ m{^/} ? "$root$to" : do { (my $base = $url) =~ s{[^/]*$}{}; "$base$to" };',
  '} print "$status ", time - $began, " $url"',
].join(' ')
