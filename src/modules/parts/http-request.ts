import { Blob } from '../../kernel/blob.ts'
import { Secret } from '../../kernel/secret.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'

export type Request = {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | null
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
  const body = request.body === null ? sh`:` : sh`${Blob.of(request.body)}`
  const plain = request.url.startsWith('http://') && request.newerThan === undefined && request.cert === undefined
  return lines([
    sh`
      work=$(mktemp -d)
      trap 'rm -rf "$work"' EXIT
      : >"$work/head"; : >"$work/body"
      request() {
        ${Blob.of(new Secret(curlConfig(request)))} | { { ${body} | curl -sS -K /dev/fd/3 -D "$work/head" -o "$work/body" 3<&3; } 3<&0; }
      }`,
    sh`
      if command -v curl >/dev/null 2>&1; then
        seen=$(request 2>"$work/error") || failed=1`,
    plain &&
      sh`
        elif command -v perl >/dev/null 2>&1; then
          seen=$(${Blob.of(new Secret(perlRequest(request)))} | { { ${body} | perl -MIO::Socket::IP -MIO::Socket::UNIX -e ${PERL} "$work" 3<&3; } 3<&0; } 2>"$work/error") || failed=1`,
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

/** A curl configuration file (curl(1), --config). */
function curlConfig(request: Request): string {
  const has = request.body !== null
  const method = request.method
  const natural = has ? 'POST' : 'GET'
  const list: (readonly [string, string | null] | false)[] = [
    ['url', request.url],
    method === 'HEAD' ? ['head', null] : method !== natural && ['request', method],
    has && ['data-binary', '@-'],
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
  'local $/; my $body = <STDIN>; my $began = time; my $status; my $hops = 0;',
  'while (1) {',
  'my ($host, $port, $path) = $url =~ m{^http://(?:[^/@]*@)?(\\[[^]]*\\]|[^/:?#]+)(?::(\\d+))?([^#]*)} or die "not a http URL: $url\\n";',
  '$port ||= 80; $path = "/$path" unless $path =~ m{^/}; (my $peer = $host) =~ tr/[]//d;',
  'my $s = length $socket ? IO::Socket::UNIX->new(Peer => $socket) : IO::Socket::IP->new(PeerHost => $peer, PeerPort => $port, Timeout => $limit);',
  'die "$host:$port: " . ($@ || $!) . "\\n" unless $s; $s->autoflush(1);',
  'my $length = length $body || $method =~ /^(POST|PUT|PATCH)$/ ? "Content-Length: " . length($body) . "\\r\\n" : "";',
  'my $type = length $body && !grep({ /^content-type:/i } @headers) ? "Content-Type: application/x-www-form-urlencoded\\r\\n" : "";',
  'my $name = $port == 80 ? $host : "$host:$port";',
  'print $s "$method $path HTTP/1.0\\r\\nHost: $name\\r\\nConnection: close\\r\\n", map({ "$_\\r\\n" } @headers), $type, $length, "\\r\\n", $body;',
  'my $answer = ""; while (1) { my $r = ""; vec($r, fileno($s), 1) = 1; select($r, undef, undef, $limit) or die "timed out\\n"; sysread($s, $answer, 65536, length $answer) or last }',
  'my ($head, $content) = split /\\r?\\n\\r?\\n/, $answer, 2; ($status) = $head =~ m{^HTTP/\\S+ (\\d+)} or die "no HTTP answer\\n";',
  'open(my $h, ">>", "$work/head"); print $h "$head\\r\\n\\r\\n"; close $h; open(my $b, ">", "$work/body"); print $b $content; close $b;',
  'my ($to) = $head =~ /^location:\\s*(\\S+)/im; last unless $follow && defined $to && $status =~ /^30[12378]$/ && $hops++ < 10;',
  'if ($status !~ /^30[78]$/ && $method ne "HEAD") { $method = "GET"; $body = "" }',
  'my ($root) = $url =~ m{^(http://[^/?#]+)}; $url = $to =~ m{^\\w+://} ? $to : $to =~ m{^/} ? "$root$to" : do { (my $base = $url) =~ s{[^/]*$}{}; "$base$to" };',
  '} print "$status ", time - $began, " $url"',
].join(' ')
