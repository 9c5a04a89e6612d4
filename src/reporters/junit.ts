import type { Event, HostResult } from '../kernel/event.ts'
import { changesText } from './change-text.ts'
import { painter } from './colour.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'
import { failureText, reasonOf } from './result-text.ts'
import { printable } from './text.ts'

type Suite = { readonly name: string; readonly cases: HostResult[] }

/**
 * The run as JUnit XML, which CI servers show: a suite a play, a test case a task and host. Failed is a failure (an ignored one
 * passes), unreachable an error, and what was skipped or is unknown is skipped.
 */
export function junitReporter(options: ReporterOptions): Reporter {
  const suites: Suite[] = []
  return {
    emit: (event: Event) => {
      if (event.type === 'play-start') suites.push({ name: event.name, cases: [] })
      if (event.type === 'host-result') {
        if (suites.length === 0) suites.push({ name: '', cases: [] })
        suites.at(-1)!.cases.push(event)
      }
    },
    suspend: () => undefined,
    end: async () => {
      options.out.write(document(suites, options))
    },
  }
}

function document(suites: readonly Suite[], options: ReporterOptions): string {
  const all = suites.flatMap((suite) => suite.cases)
  const body = suites.map((suite) => suiteXml(suite, options)).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="provision" ${counts(all)}>\n${body}</testsuites>\n`
}

function suiteXml(suite: Suite, options: ReporterOptions): string {
  const cases = suite.cases.map((entry) => caseXml(suite.name, entry, options)).join('')
  return `  <testsuite name="${xmlText(suite.name)}" ${counts(suite.cases)}>\n${cases}  </testsuite>\n`
}

function counts(cases: readonly HostResult[]): string {
  const count = (...outcomes: (string | null)[]) => cases.filter((entry) => outcomes.includes(outcomeOf(entry))).length
  const ms = cases.reduce((sum, entry) => sum + entry.ms, 0)
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds(ms)}"`
}

function outcomeOf(entry: HostResult): 'failure' | 'error' | 'skipped' | null {
  if (entry.status === 'skipped' || entry.status === 'unknown') return 'skipped'
  if (entry.ignored) return null
  if (entry.status === 'unreachable') return 'error'
  return entry.status === 'failed' ? 'failure' : null
}

function caseXml(play: string, entry: HostResult, options: ReporterOptions): string {
  const at = entry.task.at === null ? '' : ` file="${xmlText(entry.task.at.file)}" line="${entry.task.at.line}"`
  const name = `[${entry.host}] ${entry.task.name}`
  const head = `<testcase classname="${xmlText(play)}" name="${xmlText(name)}"${at} time="${seconds(entry.ms)}">`
  const diff = entry.diff ?? options.diff
  const changes = changesText(entry.changes, entry.result, { ...options, diff, paint: painter(false), indent: '' })
  const parts = [outcomeXml(entry), changes === '' ? '' : `<system-out>${xmlText(changes)}</system-out>`]
  return `    ${head}${parts.join('')}</testcase>\n`
}

function outcomeXml(entry: HostResult): string {
  const outcome = outcomeOf(entry)
  if (outcome === null) return ''
  if (outcome === 'skipped') {
    const reason = [entry.result.skip_reason, entry.result.msg].find((text) => typeof text === 'string') ?? entry.status
    return `<skipped message="${xmlText(String(reason))}"/>`
  }
  const { json, blocks } = failureText(entry, { verbosity: 0 })
  const message = reasonOf(entry.result).split('\n')[0]!
  return `<${outcome} message="${xmlText(message)}" type="${entry.status}">${xmlText(`${json}\n${blocks}`)}</${outcome}>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Text for XML 1.0, which has no way to carry most control characters. */
function xmlText(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n\t]/g, (character) => ENTITIES[character]!)
}
