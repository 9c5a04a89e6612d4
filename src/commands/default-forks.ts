import { totalmem } from 'node:os'

const MEGABYTE = 1024 * 1024

/**
 * How many hosts are at work at the same time unless `--forks` says so: 25 for each core and 50 at least, since hosts mostly wait; but no more
 * than have 8 MB of memory each, and 5 in any case, Ansible's default. A host at rest takes half a megabyte, one that a large file goes to up to 4.
 */
export function defaultForks(cores: number, memory: number): number {
  const most = Math.floor(memory / (8 * MEGABYTE))
  return Math.max(5, Math.min(Math.max(50, 25 * cores), most))
}

/** What the machine has, or the container that we are in. */
export function memoryHere(): number {
  const limit = process.constrainedMemory() ?? 0
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}
