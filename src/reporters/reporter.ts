import type { Event, Status } from '../kernel/event.ts'

/** Where a reporter prints: a terminal, a pipe or a file's stream. */
export type Output = {
  write(text: string): unknown
  on?(event: 'error', listener: (error: Error) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export type ReporterKind = 'tree' | 'plain' | 'json' | 'jsonl' | 'junit'

export type ReporterOptions = {
  readonly out: Output
  readonly err: Output
  readonly colour: boolean
  /** The number of `-v`. */
  readonly verbosity: number
  /** The width of the terminal; null when there is none. */
  readonly columns: number | null
  readonly check: boolean
  readonly diff: boolean
  /** Print what `set_stats` has gathered. */
  readonly customStats?: boolean
  /** Lines around what differs. */
  readonly diffContext: number
  /** Bytes of a text up to which it is compared; 0 or nothing: of any. */
  readonly largestDiff?: number
  /** Results that a person does not want to see. */
  readonly hidden: readonly Status[]
}

/** Renders what the engine says happened. */
export type Reporter = {
  emit(event: Event): void
  /** Takes a live display off the terminal, so that something else can use it (a prompt, a signal's message), until the next event. */
  suspend(): void
  /** Prints what is still to be printed; call it once, also after a run that broke off. */
  end(): Promise<void>
}

/** One reporter out of several, for example a file beside the terminal. */
export function combine(reporters: readonly Reporter[]): Reporter {
  return {
    emit: (event) => {
      for (const reporter of reporters) reporter.emit(event)
    },
    suspend: () => {
      for (const reporter of reporters) reporter.suspend()
    },
    end: async () => {
      for (const reporter of reporters) await reporter.end()
    },
  }
}

/** What a reporter does on each type of event; the compiler misses none. */
export type Handlers = { readonly [Type in Event['type']]: (event: Extract<Event, { type: Type }>) => void }

export function dispatch(handlers: Handlers, event: Event): void {
  const handler = handlers[event.type] as (event: Event) => void
  handler(event)
}
