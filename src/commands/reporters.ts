import { createWriteStream } from 'node:fs'
import { wantsColour } from '../reporters/colour.ts'
import { createReporters } from '../reporters/create.ts'
import { combine, type Output, type Reporter, type ReporterKind, type ReporterOptions } from '../reporters/reporter.ts'
import { timingReporter } from '../reporters/timing.ts'
import type { Config } from './config.ts'
import type { RunArguments } from './options.ts'

/** The reporters that the arguments and the configuration ask for: one on standard output, others to files. */
export async function openReporters(args: RunArguments, config: Config): Promise<Reporter> {
  const { display } = config
  const options = reporterOptions(args, config)
  const usual: ReporterKind = display.form ?? (process.stdout.isTTY === true ? 'tree' : 'plain')
  const onTerminal = args.outputs.some(({ file }) => file === null) ? [] : [{ form: usual, file: null }]
  const specs = [...onTerminal, ...args.outputs].map(({ form, file }) => ({
    kind: form,
    options: file === null ? options : toFile(options, createWriteStream(file)),
  }))
  if (display.log !== null) {
    const out = createWriteStream(display.log, { flags: 'a', mode: 0o600 })
    specs.push({ kind: 'plain', options: { ...toFile(options, out), hidden: [] } })
  }
  const reporters = await createReporters(specs)
  return display.timing.length === 0 ? reporters : combine([reporters, timingReporter(options, display.timing)])
}

/** How results are shown on standard output. */
export function reporterOptions(
  { verbosity, check, diff }: RunArguments,
  { display, showCustomStats }: Config,
): ReporterOptions {
  const terminal = process.stdout.isTTY === true
  return {
    out: process.stdout,
    err: process.stderr,
    colour: display.colour ?? wantsColour(process.env, terminal),
    columns: terminal ? (process.stdout.columns ?? null) : null,
    verbosity,
    check,
    diff,
    customStats: showCustomStats,
    diffContext: display.diffContext,
    largestDiff: display.largestDiff,
    hidden: [...(display.skipped ? [] : (['skipped'] as const)), ...(display.ok ? [] : (['ok'] as const))],
  }
}

function toFile(options: ReporterOptions, out: Output): ReporterOptions {
  return { ...options, out, colour: false, columns: null }
}
