import type { Change } from './change.ts'
import type { Controller } from './controller.ts'
import { Fields } from './fields.ts'
import type { Json, JsonObject } from './json.ts'
import type { ArgsSchema } from './schema.ts'
import type { Sh } from './sh.ts'
import type { StepOutput } from './shell.ts'
import { next, type Soon } from './soon.ts'

/** A module is data and pure functions: probe → plan → apply. */
export type Module<Args, Want = Args, Now = Fields> = {
  /** The YAML name, and the file's name. */
  name: string
  /** Where the long name lives: `ansible.builtin` unless said otherwise. */
  collection?: string
  summary: string
  /** Tasks as YAML, run by the contract suite's documentation check. */
  examples: readonly string[]
  args: ArgsSchema<Args>
  /** What is wanted, from the arguments; the only place that reads the controller's files and templates. */
  want?(args: Args, controller: Controller): Soon<Want>
  /** Reads the host's state; never writes; may run early, twice, and be discarded. `null` when there is nothing to read. */
  probe(want: Want): Sh | null
  /**
   * What is wanted, where the host's answer holds what only the controller can choose from (names, for a pattern of Python's): it is
   * probed again, with the choice in it. null: nothing is left to choose.
   */
  choose?(fields: Fields, want: Want): Want | null
  read(fields: Fields, want: Want): Now
  /** The differences; empty when converged. Pure. A wanted state that can't be had: throw `Failure`. */
  plan(now: Now, want: Want): readonly Change[]
  /** The script that makes the changes; pure text; never called with []. A non-zero exit is a failure. */
  apply(changes: readonly Change[], want: Want, now: Now): Sh
  /** A user who must have no processes while these changes are made: our own shells of that user are closed before. */
  leaves?(changes: readonly Change[], want: Want): string | null
  /** What `register` holds, without `changed` and `failed`, which the engine adds. May throw `Failure`. */
  result(outcome: Outcome<Now, Want>): JsonObject
  /**
   * What `diff` holds, as Ansible's module words it; undefined: the key is left out. What a file holds belongs in it only when
   * `shown` (`--diff`). Without changes too, and before they are made.
   */
  diff?(outcome: Outcome<Now, Want>, shown: boolean): Json | undefined
  /** The failure of an apply that ended with a non-zero code, when there is more to say than what its commands printed. */
  failure?(outcome: Outcome<Now, Want> & { readonly ran: Ran }): Failure
  /**
   * Who can see an apply: 'host' when only later tasks of the same host can (a file, a user), 'network' when other hosts can
   * (a package, a service, a database, a firewall, a command) or something was waited for.
   */
  effects: 'host' | 'network'
}

/** What came of a task. `ran` is null when nothing was applied. */
export type Outcome<Now, Want> = {
  readonly now: Now
  readonly want: Want
  readonly changes: readonly Change[]
  readonly ran: Ran | null
}

/** What an apply printed. */
export type Ran = { readonly rc: number; readonly stdout: string; readonly stderr: string; readonly fields: Fields }

/** A task that can't reach what is wanted: becomes `failed: true` with this message and data. */
export class Failure extends Error {
  readonly data: JsonObject
  constructor(message: string, data: JsonObject = {}) {
    super(message)
    this.name = 'Failure'
    this.data = data
  }
}

/** Thrown for an answer that only leads to the next question, which is in `prepared`. */
export class Chosen extends Error {
  readonly prepared: Prepared
  constructor(prepared: Prepared) {
    super('there is another question to ask')
    this.name = 'Chosen'
    this.prepared = prepared
  }
}

/** A module as the engine sees it: its types are closed over. */
export type Runnable = {
  readonly name: string
  readonly collection: string
  readonly summary: string
  readonly examples: readonly string[]
  readonly args: ArgsSchema<unknown>
  readonly effects: 'host' | 'network'
  /** Checks the arguments and works out what is wanted. Raises `args.*` problems and what `want` raises. */
  prepare(args: JsonObject, controller: Controller): Soon<Prepared>
}

export type Prepared = {
  readonly probe: Sh | null
  /** Takes the probe's output (null when there was no probe). Throws `Failure`, and `Chosen` when there is another question to ask. */
  observe(output: StepOutput | null): Observed
}

export type Observed = {
  readonly changes: readonly Change[]
  /** Only with changes. */
  apply(): Sh
  /** Whose shells are to be closed before the apply. */
  leaves?(): string | null
  /** `output` is the apply's, null when nothing was applied. Throws `Failure`. */
  result(output: StepOutput | null): JsonObject
  /** What `diff` holds; `shown`: with what files hold. */
  diff?(output: StepOutput | null, shown: boolean): Json | undefined
  /** What to throw for an apply that ended with a non-zero code. */
  failure(output: StepOutput): Failure
  /** What a module says itself that it changed, where only running tells. */
  told?(result: JsonObject): readonly Change[]
  /** A module that foretells by running: the script to run instead of stopping before the apply; it changes nothing. */
  rehearse?(): Sh
}

/** Closes over a module's types: what every file of `modules/` exports as `module`. */
export function defineModule<Args, Want, Now>(module: Module<Args, Want, Now>): Runnable {
  return {
    name: module.name,
    collection: module.collection ?? 'ansible.builtin',
    summary: module.summary,
    examples: module.examples,
    args: module.args as ArgsSchema<unknown>,
    effects: module.effects,
    prepare(given, controller) {
      const args = module.args.check(given, controller.home)
      const want = module.want ? module.want(args, controller) : (args as unknown as Want)
      return next(want, (known) => prepared(module, known))
    },
  }
}

function prepared<Args, Want, Now>(module: Module<Args, Want, Now>, want: Want): Prepared {
  return {
    probe: module.probe(want),
    observe: onceForAnAnswer((output) => observe(module, want, output)),
  }
}

/** Longer answers are not kept. */
const SHORT = 4096

/** What the last answer said is kept, because hosts in the same state give the same one. */
function onceForAnAnswer(observe: Prepared['observe']): Prepared['observe'] {
  let last: { readonly answer: Buffer; readonly observed: Observed } | null = null
  return (output) => {
    if (output === null || output.rc !== 0 || output.stdout.length > SHORT) return observe(output)
    if (last === null || !last.answer.equals(output.stdout)) {
      // A copy, because the answer may be a small part of much that was received.
      last = { answer: Buffer.from(output.stdout), observed: observe(output) }
    }
    return last.observed
  }
}

function observe<Args, Want, Now>(module: Module<Args, Want, Now>, want: Want, output: StepOutput | null): Observed {
  if (output !== null && output.rc !== 0) {
    const stderr = output.stderr.toString('utf8').trim()
    throw new Failure(stderr === '' ? `could not read the host's state (exit code ${output.rc})` : stderr, {
      rc: output.rc,
    })
  }
  const fields = new Fields(output?.stdout ?? '')
  const chosen = module.choose?.(fields, want) ?? null
  if (chosen !== null) throw new Chosen(prepared(module, chosen))
  const now = module.read(fields, want)
  const changes = module.plan(now, want)
  const outcome = (applied: StepOutput | null) => ({
    now,
    want,
    changes,
    ran: applied === null ? null : ranOf(applied),
  })
  return {
    changes,
    apply: () => module.apply(changes, want, now),
    leaves: () => module.leaves?.(changes, want) ?? null,
    result: (applied) => module.result(outcome(applied)),
    ...(module.diff === undefined ? {} : { diff: (applied, shown) => module.diff?.(outcome(applied), shown) }),
    failure: (applied) => {
      const ran = ranOf(applied)
      return module.failure?.({ now, want, changes, ran }) ?? applyFailure(ran)
    },
  }
}

function ranOf(output: StepOutput): Ran {
  const stdout = output.stdout.toString('utf8')
  return { rc: output.rc, stdout, stderr: output.stderr.toString('utf8'), fields: new Fields(stdout) }
}

/** The failure of an apply that ended with a non-zero code, in the words of the command that failed. */
export function applyFailure(
  ran: { rc: number; stdout: string; stderr: string },
  data: { [key: string]: Json } = {},
): Failure {
  const words =
    ran.stderr.trim() || ran.stdout.replaceAll('\0', '\n').trim() || `the command ended with exit code ${ran.rc}`
  return new Failure(words, { rc: ran.rc, stderr: ran.stderr, ...data })
}
