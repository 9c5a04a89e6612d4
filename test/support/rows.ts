import type { JsonObject } from '../../src/kernel/json.ts'
import type { Runnable } from '../../src/kernel/module.ts'
import type { Host } from './host.ts'

/** An expected value: data is compared deeply (objects as subsets), a pattern must match the text. */
export type Expected =
  | null
  | boolean
  | number
  | string
  | RegExp
  | readonly Expected[]
  | { readonly [key: string]: Expected }

export type ExpectedChange = {
  readonly what: string
  readonly before: string | RegExp | null
  readonly after: string | RegExp | null
}

/** One case of a module: what the host looks like, what the task says, what must come of it. */
export type Row = {
  readonly name: string
  /** Shell text that sets the host up; idempotent; runs as root under `set -e` in `/t`, which is new and empty for every row. */
  readonly given?: string
  /** Files on the controller, relative to the playbook's folder; a name that ends in `/` is an empty folder. */
  readonly files?: { readonly [path: string]: string | Buffer }
  /** Permission bits of those files, where they matter. */
  readonly modes?: { readonly [path: string]: number }
  /** Variables that templates see. */
  readonly vars?: JsonObject
  /** The task's arguments; a function gets the controller's folder, for arguments that need its absolute path. */
  readonly args: JsonObject | ((folder: string) => JsonObject)
  readonly want: {
    readonly changes?: readonly ExpectedChange[] | 'none'
    /** A subset of what `register` would hold. */
    readonly result?: { readonly [key: string]: Expected }
    /** The exact text of the apply's script. */
    readonly script?: string
    /** A pattern in the message of the problem or failure that must come. */
    readonly failure?: RegExp
    /** Shell text that must succeed afterwards, in `/t`. */
    readonly after?: string
  }
  /** The module changes something every time (a restart, a command): it never converges. */
  readonly always?: true
  /** Paths, besides `/t`, whose fingerprint a probe must leave alone. */
  readonly paths?: readonly string[]
  /** Shell text whose output is state that a probe must leave alone (`systemctl is-active x`). */
  readonly state?: string
  /** Texts that must show up in no script, argument list, change or result. */
  readonly secrets?: readonly string[]
  /**
   * The row with an awkward text in it, for the law that every string argument survives; `word` is the text quoted for shell text.
   * What it returns stands in for the row's own fields.
   */
  readonly strings?: (text: string, word: string) => Partial<Row>
  /** Which awkward texts make sense here; all when left out. */
  readonly texts?: readonly AwkwardText[]
}

export const AWKWARD = {
  quotes: 'it\'s "$x" `id`',
  spaces: ' two  spaces ',
  newline: 'one\ntwo',
  dash: '-leading',
  accent: 'é',
} as const
export type AwkwardText = keyof typeof AWKWARD

export type ModuleTest = {
  readonly module: Runnable
  readonly rows: readonly Row[]
  /** The host the rows need, when it is not the usual one: one with a database server on it. */
  readonly host?: () => Promise<Host>
}
