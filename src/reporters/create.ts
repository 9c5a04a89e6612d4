import { combine, type Output, type Reporter, type ReporterKind, type ReporterOptions } from './reporter.ts'

/**
 * The reporter of a kind, loaded when it is asked for. It prints only to the streams given and never throws: the first error inside
 * it is told on `err`, and from then on it is silent, because a report that broke must not stop a run.
 */
export async function createReporter(kind: ReporterKind, options: ReporterOptions): Promise<Reporter> {
  for (const stream of new Set([options.out, options.err])) surviveErrors(stream, options.err)
  return guarded(kind, await load(kind, options), options.err)
}

/** Several reporters at once, each guarded on its own. */
export async function createReporters(
  specs: readonly { readonly kind: ReporterKind; readonly options: ReporterOptions }[],
): Promise<Reporter> {
  return combine(await Promise.all(specs.map(({ kind, options }) => createReporter(kind, options))))
}

async function load(kind: ReporterKind, options: ReporterOptions): Promise<Reporter> {
  switch (kind) {
    case 'tree':
      return (await import('./tree.ts')).treeReporter(options)
    case 'plain':
      return (await import('./plain.ts')).plainReporter(options)
    case 'json':
      return (await import('./json.ts')).jsonReporter(options)
    case 'jsonl':
      return (await import('./jsonl.ts')).jsonlReporter(options)
    case 'junit':
      return (await import('./junit.ts')).junitReporter(options)
  }
}

/** A reader that goes away (`| head`) must not end the run half-way; a file that can't be written is told. */
function surviveErrors(stream: Output, err: Output): void {
  stream.on?.('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') return
    if (stream !== err) err.write(`[WARNING]: the report could not be written: ${error.message}\n`)
  })
}

/** The reporter behind a guard that tells its first error on `err` and then keeps quiet. */
export function guarded(kind: string, reporter: Reporter, err: Output): Reporter {
  let broken = false
  const breakOff = (error: unknown) => {
    broken = true
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    err.write(`[WARNING]: the ${kind} reporter failed and is silent from here on; the run goes on. ${reason}\n`)
  }
  const attempt = (action: () => void) => {
    if (broken) return
    try {
      action()
    } catch (error) {
      breakOff(error)
    }
  }
  return {
    emit: (event) => attempt(() => reporter.emit(event)),
    suspend: () => attempt(() => reporter.suspend()),
    end: async () => {
      if (broken) return
      try {
        await reporter.end()
      } catch (error) {
        breakOff(error)
      }
    },
  }
}
