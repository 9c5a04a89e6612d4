import type { Event, HostResult, Status } from '../kernel/event.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { changesText } from './change-text.ts'
import { type Paint, painter } from './colour.ts'
import { warningText, withPlace } from './notice-text.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'
import { resultDump, shownResult, speaks } from './result-text.ts'
import { dumps } from './text.ts'

type AdHocOptions = Omit<ReporterOptions, 'columns'> & { readonly oneLine: boolean }

/** One module's results as the `ansible` command prints them: its `minimal` callback, or `oneline`. */
export function adHocReporter(options: AdHocOptions): Reporter {
  const paint = painter(options.colour)
  return {
    emit: (event) => print(event, options, paint),
    suspend: () => undefined,
    end: async () => undefined,
  }
}

/** A line of warning must stay findable: it is not wrapped. */
const WIDTH = 10_000

function print(event: Event, options: AdHocOptions, paint: Paint): void {
  if (event.type === 'warning') {
    options.err.write(paint('warning', warningText(withPlace(event.text, event.at), WIDTH)))
  } else if (event.type === 'message') {
    options.out.write(`${event.text}\n`)
  } else if (event.type === 'host-result') {
    if (options.diff)
      options.out.write(changesText(event.changes, event.result, { ...options, diff: true, paint, indent: '' }))
    options.out.write(`${paint(event.status, resultText(event, options))}\n`)
  }
}

const CAPTIONS: { readonly [status in Status]: string } = {
  ok: 'SUCCESS',
  changed: 'CHANGED',
  skipped: 'SKIPPED',
  failed: 'FAILED',
  unreachable: 'UNREACHABLE!',
  unknown: 'UNKNOWN',
}

/** Modules whose output is shown as it is, and not as JSON. */
const COMMANDS = new Set(['command', 'shell', 'raw'])

function resultText(entry: HostResult, { oneLine, verbosity }: AdHocOptions): string {
  const { host, status, task, result } = entry
  const start = `${host} | ${CAPTIONS[status]}`
  if (status === 'skipped') return start
  const shown = shownResult(task, result, verbosity)
  if (status === 'unreachable' && oneLine) return `${start}: ${String(shown.msg ?? '')}`
  const module = task.action.split('.').at(-1)!
  const asCommand = COMMANDS.has(module) && status !== 'unreachable' && 'rc' in shown
  if (asCommand && !(oneLine && status === 'failed')) return commandText(start, shown, oneLine)
  const line = speaks(task) ? resultDump(entry, verbosity).replaceAll('\n', '') : lineJson(shown)
  return `${start}${status === 'failed' ? '!' : ''} => ${oneLine ? line : dumps(shown, true)}`
}

function commandText(start: string, result: JsonObject, oneLine: boolean): string {
  const text = (name: string) => String(result[name] ?? '')
  const head = `${start} | rc=${text('rc')}`
  if (!oneLine) return `${head} >>\n${text('stdout')}${text('stderr')}${text('msg')}`
  const escaped = (name: string) => text(name).replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${head} | (stdout) ${escaped('stdout')}${text('stderr') === '' ? '' : ` (stderr) ${escaped('stderr')}`}`
}

/** As Python prints it without line breaks: a space after colons, none after commas. */
function lineJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(lineJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${lineJson(item)}`).join(',')}}`
}
