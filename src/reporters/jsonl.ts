import type { Reporter, ReporterOptions } from './reporter.ts'

/** Every event as one line of JSON, as it happens; the form of the events is the type `Event` in kernel/event.ts. */
export function jsonlReporter(options: ReporterOptions): Reporter {
  return {
    emit: (event) => {
      options.out.write(`${JSON.stringify(event)}\n`)
    },
    suspend: () => undefined,
    end: async () => undefined,
  }
}
