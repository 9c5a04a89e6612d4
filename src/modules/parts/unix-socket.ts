import { type Sh, sh } from '../../kernel/sh.ts'

/**
 * A shell function `talk` that sends its input to a Unix socket and prints the answer: socat where there is one, else the perl that
 * every Debian has. Ends the script with the field `problem` when there is neither.
 */
export function talkTo(socket: string): Sh {
  return sh`
    if command -v socat >/dev/null 2>&1; then
      talk() { socat -t 30 - UNIX-CONNECT:${socket.replaceAll(/[\\,:!"'([{]/g, '\\$&')}; }
    elif command -v perl >/dev/null 2>&1; then
      talk() { perl -MSocket -e ${PERL} ${socket}; }
    else field problem 'talking to a Unix socket needs socat or perl on the host'; exit 1; fi`
}

const PERL = [
  'socket(S, PF_UNIX, SOCK_STREAM, 0) or die "$!\\n";',
  'connect(S, sockaddr_un($ARGV[0])) or die "$ARGV[0]: $!\\n";',
  'local $/; my $in = <STDIN>; syswrite(S, $in); shutdown(S, 1);',
  'print while sysread(S, $_, 65536)',
].join(' ')
