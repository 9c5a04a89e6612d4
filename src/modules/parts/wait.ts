import { lines, type Sh, sh } from '../../kernel/sh.ts'

/** What to wait for. */
export type Condition = {
  readonly state: 'absent' | 'drained' | 'present' | 'started' | 'stopped'
  readonly host: string
  readonly port: number | undefined
  readonly path: string | undefined
  readonly search_regex: string | undefined
  readonly exclude_hosts: readonly string[] | undefined
  readonly active_connection_states: readonly string[]
}

/** `met SECONDS` succeeds when the condition holds; a connection gets at most so many seconds. Groups of a match become fields. */
export function met(wanted: Condition): Sh {
  if (wanted.state === 'drained')
    return sh`met() { ${NEEDS_PERL}; perl -MSocket=:all -e ${DRAINED} ${drainedWords(wanted)}; }`
  const gone = wanted.state === 'absent' || wanted.state === 'stopped'
  if (wanted.path !== undefined) {
    if (gone) return sh`met() { [ ! -e ${wanted.path} ]; }`
    if (wanted.search_regex === undefined) return sh`met() { [ -e ${wanted.path} ]; }`
    return sh`met() { [ -e ${wanted.path} ] || return 1; ${NEEDS_PERL}; perl -e ${IN_FILE} ${perlRegex(wanted.search_regex)} ${wanted.path}; }`
  }
  const [host, port] = [wanted.host, String(wanted.port)]
  if (wanted.search_regex !== undefined && !gone) {
    return sh`met() { ${NEEDS_PERL}; perl -MIO::Socket::IP -e ${IN_ANSWER} ${perlRegex(wanted.search_regex)} ${host} ${port} "$@"; }`
  }
  return lines([connect(host, port), gone ? sh`met() { ! connect "$1"; }` : sh`met() { connect "$1"; }`])
}

/** Whether something listens: bash and perl are on every Debian, nc comes with busybox. */
function connect(host: string, port: string): Sh {
  return sh`
    if command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then
      connect() { timeout "$1" bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} ${port} >/dev/null 2>&1; }
    elif command -v perl >/dev/null 2>&1; then
      connect() { perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2])' ${host} ${port} "$1"; }
    elif command -v nc >/dev/null 2>&1; then
      connect() { nc -z -w "$1" ${host} ${port} >/dev/null 2>&1; }
    else field problem 'waiting for a port needs bash, perl or nc on the host'; exit 1; fi`
}

const NEEDS_PERL: Sh = sh`command -v perl >/dev/null 2>&1 || { field problem 'this kind of waiting needs perl on the host'; exit 1; }`

/** Perl reads Python's regular expressions, but for the end of the text and an open lower bound. */
function perlRegex(text: string): string {
  return text.replace(/\\(.)/gs, (whole, char: string) => (char === 'Z' ? '\\z' : whole)).replaceAll('{,', '{0,')
}

const PRINT_GROUPS = [
  'for my $i (1 .. $#+) { print defined $-[$i] ? "group=1" . substr($_, $-[$i], $+[$i] - $-[$i]) : "group=", "\\0" }',
  'for my $n (keys %-) { print "named=$n=", (defined $+{$n} ? "1$+{$n}" : ""), "\\0" }',
].join(' ')

const IN_FILE = [
  'my ($re, $file) = @ARGV; $re = eval { qr/$re/m } or die $@;',
  'open(F, "<", $file) or exit 1; local $/; $_ = <F>; exit 1 unless defined($_) && $_ =~ $re;',
  PRINT_GROUPS,
].join(' ')

const IN_ANSWER = [
  'my ($re, $host, $port, $connect, $left) = @ARGV; $re = eval { qr/$re/m } or die $@;',
  'my $s = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => $connect) or exit 1;',
  'my $end = time + ($left || $connect); $_ = "";',
  'while (time < $end) { my $r = ""; vec($r, fileno($s), 1) = 1; next unless select($r, undef, undef, $end - time);',
  'sysread($s, my $more, 1024) or exit 1; $_ .= $more;',
  `if ($_ =~ $re) { ${PRINT_GROUPS} exit 0 } } exit 1`,
].join(' ')

const STATES: { readonly [name: string]: string } = {
  ESTABLISHED: '01',
  SYN_SENT: '02',
  SYN_RECV: '03',
  FIN_WAIT1: '04',
  FIN_WAIT2: '05',
  TIME_WAIT: '06',
}

export const CONNECTION_STATES = Object.keys(STATES)

function drainedWords(wanted: Condition): string[] {
  const port = (wanted.port ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const states = wanted.active_connection_states.map((name) => STATES[name] ?? name).join(',')
  return [port, states, wanted.host, ...(wanted.exclude_hosts ?? [])]
}

/** /proc/net/tcp holds addresses in hexadecimal, each group of four bytes in the machine's order. */
const DRAINED = [
  'my ($port, $states, $host, @not) = @ARGV; my %states = map { $_ => 1 } split /,/, $states;',
  'sub hexes { my %h; for (@_) { my ($e, @a) = getaddrinfo($_, "80", { socktype => SOCK_STREAM }); die "$_: $e\\n" if $e;',
  'for (@a) { my $four = $_->{family} == AF_INET; my $b = $four ? (unpack_sockaddr_in($_->{addr}))[1] : (unpack_sockaddr_in6($_->{addr}))[1];',
  'my $x = join "", map { sprintf "%08X", $_ } unpack("L*", $b); $h{$x} = 1; $h{"0" x 16 . "FFFF0000$x"} = 1 if $four } } %h }',
  'my %ours = hexes($host); my %not = hexes(@not);',
  'for my $file ("tcp", "tcp6") { open(F, "<", "/proc/net/$file") or next; <F>; while (<F>) { my @c = split;',
  'my ($la, $lp) = split /:/, $c[1]; my ($ra) = split /:/, $c[2];',
  'next unless $lp eq $port && $states{$c[3]} && !$not{$ra};',
  'my $all = "0" x length $la; my $mapped = "0" x 16 . "FFFF0000";',
  'exit 1 if $ours{$la} || $ours{$all} || (index($la, $mapped) == 0 && $ours{$mapped . "0" x 8}) } } exit 0',
].join(' ')
