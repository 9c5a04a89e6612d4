import type { Link } from './channel.ts'
import { processLink } from './local.ts'

/** A container or lab host on this machine, entered by the pid of its first process (nsenter(1)). */
export function containerLink(label: string, pid: number): Link {
  return processLink(label, ['nsenter', '-t', String(pid), '-a', '--wdns=/', ...FRESH, '/bin/sh', '-c'])
}

/** Nothing of this machine's environment is the container's. */
const FRESH = [
  ...['/usr/bin/env', '-i', 'HOME=/root', 'USER=root', 'LOGNAME=root', 'SHELL=/bin/sh'],
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
]
