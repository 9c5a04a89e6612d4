import type { Sh } from './sh.ts'

/** One script of a message. */
export type Step = {
  readonly script: Sh
  /** Exported before the script runs (the `environment` keyword). */
  readonly environment?: ReadonlyMap<string, string>
  /** Seconds until the script is killed with all its children, and the step ends with `TIMED_OUT`; none: no limit. */
  readonly timeout?: number
  /** Takes what the script writes as it comes, piece by piece; `stdout` of the output is then empty. Must not throw. */
  readonly sink?: (output: Buffer) => void
  /** It writes nothing, so it may share the answers to its questions with its neighbours. */
  readonly reads?: true
  /**
   * A linked step runs only while every linked step before it in its message has ended with 0, and, with a guard, only if the host
   * still answers as it did. One that does not run ends with `HELD`.
   */
  readonly link?: { readonly guard: Guard | null }
}

/** A probe, and what the host answered to it before. */
export type Guard = { readonly script: Sh; readonly answer: Buffer }

/** The exit code of a linked step that was not run; no command ends with it. */
export const HELD = 256

/** The exit code of a step that was not done in its time; no command ends with it. */
export const TIMED_OUT = 257

export type StepOutput = { readonly rc: number; readonly stdout: Buffer; readonly stderr: Buffer }

/** Counted per shell. `processes` are those that the host started meanwhile, for whomever. */
export type WireStats = {
  messages: number
  /** Steps that only read. */
  probes: number
  /** All other steps. */
  applies: number
  processes: number
  bytesSent: number
  bytesReceived: number
  waitMs: number
}

export const NO_STATS: WireStats = {
  ...{ messages: 0, probes: 0, applies: 0 },
  ...{ processes: 0, bytesSent: 0, bytesReceived: 0, waitMs: 0 },
}

/** A long-lived `sh` on a host, as one user. */
export type Shell = {
  /**
   * Sends one message; each promise settles as its step ends. A lost connection rejects them with the problem `host.unreachable`.
   * A step that fails does not stop the steps behind it: whoever sends applies decides what may follow them.
   */
  run(steps: readonly Step[]): Promise<StepOutput>[]
  readonly stats: WireStats
  /** Asked when the shell opened; the first message need not wait for the answer. Rejects like `run`. */
  readonly identity: Promise<Identity>
}

/** Whom a shell runs as, and on which machine: names of one machine share what tells it apart. */
export type Identity = {
  readonly user: string
  readonly uid: number
  readonly home: string
  readonly machine: string
}

/** Who a shell runs as: `null` is the login user. */
export type Become = {
  readonly method: string
  readonly user: string
  readonly password: string | null
  readonly flags: string | null
  /** The program to become another user with, when it is not the one named like the method. */
  readonly exe: string | null
}

/** A host that has been reached. `shell` opens, once for each user, and then gives the same shell. */
export type Connection = {
  shell(become: Become | null): Promise<Shell>
  /** Ends the shell of that user, if there is one. */
  forget(become: Become | null): Promise<void>
  /** Lets the shells that became this user finish what they were sent, and waits for their end. */
  leave(user: string): Promise<void>
  close(): Promise<void>
}
