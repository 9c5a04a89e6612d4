import type { Readable, Writable } from 'node:stream'
import type { Problem } from '../kernel/problem.ts'

/** One running command on a host: its three streams, and why it ended. */
export type Channel = {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles when the command has ended or the connection is lost; never rejects. With a problem the command was never there. */
  readonly ended: Promise<{ readonly code: number | null; readonly problem?: Problem }>
  /** Ends the command. */
  kill(): void
}

/** A way to run commands on one host. */
export type Link = {
  /** For messages: `web01 (ssh admin@192.0.2.11)`. */
  readonly label: string
  /** Starts a command, given as text for the login shell. Raises `host.*` problems. */
  open(command: string): Promise<Channel>
  close(): Promise<void>
}
