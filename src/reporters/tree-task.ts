import type { HostResult, Status, TaskInfo } from '../kernel/event.ts'
import { changesText } from './change-text.ts'
import type { Paint, Style } from './colour.ts'
import type { ReporterOptions } from './reporter.ts'
import { failureInBrief, failureText, resultSuffix, shortName } from './result-text.ts'
import { indented, printable, pythonText } from './text.ts'

type Group = { readonly head: string; readonly style: Style; readonly body: string; readonly hosts: string[] }

const SYMBOLS: { readonly [status in Status]: string } = {
  ok: '✔',
  changed: '●',
  skipped: '○',
  failed: '✖',
  unreachable: '✖',
  unknown: '?',
}

/** From harmless to grave: a task is marked with the gravest of its hosts' outcomes. */
const GRAVITY: readonly Status[] = ['skipped', 'ok', 'changed', 'unknown', 'unreachable', 'failed']

/**
 * A task whose hosts have reported, as text: its name, and under it each outcome with the hosts that share it and what changed
 * there. Empty when there is nothing to say: all converged or skipped, and no `-v`.
 */
export function taskText(
  task: TaskInfo,
  results: readonly HostResult[],
  items: ReadonlyMap<string, readonly HostResult[]>,
  options: ReporterOptions,
  paint: Paint,
): string {
  const loud = results.filter((entry) => options.verbosity > 0 || speaks(entry, items.get(entry.host) ?? []))
  if (loud.length === 0) return ''
  const groups = new Map<string, Group>()
  for (const entry of loud) {
    const group = groupOf(entry, items.get(entry.host) ?? [], options, paint)
    const key = `${group.head}\n${group.body}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, group)
    else known.hosts.push(...group.hosts)
  }
  const gravest = GRAVITY.findLast((status) => loud.some((entry) => entry.status === status)) ?? 'ok'
  const kind = task.kind === 'handler' ? ' (handler)' : ''
  const lines = [`  ${paint(gravest, `${SYMBOLS[gravest]} ${task.name}`)}${paint('dim', kind)}\n`]
  if (options.verbosity >= 2 && task.at !== null) {
    lines.push(`      ${paint('dim', `task path: ${task.at.file}:${task.at.line}`)}\n`)
  }
  for (const { head, style, body, hosts } of groups.values()) {
    lines.push(
      `      ${paint(
        style,
        head.replace('HOSTS', () => hostList(hosts)),
      )}\n`,
      body,
    )
  }
  return lines.join('')
}

/** The first few of many hosts, and how many more there are. */
export function hostList(hosts: readonly string[]): string {
  const most = 8
  if (hosts.length <= most) return hosts.join(', ')
  return `${hosts.slice(0, most - 2).join(', ')} and ${hosts.length - most + 2} more`
}

function speaks(entry: HostResult, items: readonly HostResult[]): boolean {
  if (entry.status === 'skipped') return false
  return (
    entry.status !== 'ok' || shortName(entry.task.action) === 'debug' || items.some((item) => item.status === 'failed')
  )
}

function groupOf(entry: HostResult, items: readonly HostResult[], options: ReporterOptions, paint: Paint): Group {
  const delegate = entry.delegate === null || entry.delegate === entry.host ? '' : ` -> ${entry.delegate}`
  const ignored = entry.ignored ? ' (ignored)' : ''
  const style: Style = entry.ignored ? 'skipped' : entry.status
  const { suffix, body } = items.length > 0 ? loopBody(items, options, paint) : ownBody(entry, options, paint, DEEP)
  return { head: `${entry.status}: [HOSTS${delegate}]${ignored}${suffix}`, style, body, hosts: [entry.host] }
}

function loopBody(
  items: readonly HostResult[],
  options: ReporterOptions,
  paint: Paint,
): { suffix: string; body: string } {
  const loud = items.filter((item) => options.verbosity > 0 || speaks(item, []))
  const parts = loud.map((item) => {
    const { suffix, body } = ownBody(item, options, paint, `${DEEP}    `)
    return `          ${paint(item.status, `(item=${printable(pythonText(item.item))}) ${item.status}${suffix}`)}\n${body}`
  })
  const quiet = items.length - loud.length
  if (quiet > 0) parts.push(`          ${paint('dim', `${quiet} more converged or skipped`)}\n`)
  return { suffix: '', body: parts.join('') }
}

function ownBody(
  entry: HostResult,
  options: ReporterOptions,
  paint: Paint,
  indent: string,
): { suffix: string; body: string } {
  const diff = entry.diff ?? options.diff
  const changes = changesText(entry.changes, entry.result, { ...options, diff, paint, indent, diffIndent: indent })
  if (entry.status === 'failed' || entry.status === 'unreachable') {
    const { lead, blocks } = options.verbosity > 0 ? failureInFull(entry, options) : failureInBrief(entry)
    const attempted = options.check || diff || options.verbosity > 0 ? changes : ''
    return {
      suffix: ` => ${lead}`.replaceAll('\n', `\n${indent.slice(4)}`),
      body: indented(blocks, indent.slice(4)) + attempted,
    }
  }
  const reason = entry.status === 'unknown' && typeof entry.result.msg === 'string' ? entry.result.msg : ''
  const why = reason === '' ? '' : `${indent}${printable(reason)}\n`
  return { suffix: resultSuffix(entry, options).replaceAll('\n', `\n${indent.slice(4)}`), body: why + changes }
}

function failureInFull(entry: HostResult, options: ReporterOptions): { lead: string; blocks: string } {
  const { json, blocks } = failureText(entry, options)
  return { lead: json, blocks }
}

const DEEP = '          '
