import type { Link } from './channel.ts'
import { processLink } from './local.ts'

/** A container or lab host on this machine, entered by the pid of its first process (nsenter(1)). */
export function containerLink(label: string, pid: number): Link {
  return processLink(label, ['nsenter', '-t', String(pid), '-a', '--wdns=/', '/bin/sh', '-c'])
}
