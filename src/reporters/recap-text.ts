import type { CustomStats, Event, Recap } from '../kernel/event.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import type { WireStats } from '../kernel/shell.ts'
import type { Paint, Style } from './colour.ts'
import { banner } from './text.ts'

export type RunEnd = Extract<Event, { type: 'run-end' }>

const COLUMNS: readonly (readonly [keyof Recap, Style])[] = [
  ['ok', 'ok'],
  ['changed', 'changed'],
  ['unreachable', 'unreachable'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['rescued', 'rescued'],
  ['ignored', 'warning'],
]

/** A line a host, sorted by name, column for column as Ansible prints them; `unknown=` only when some host has unknown results. */
export function recapLines(recap: RunEnd['recap'], paint: Paint): string {
  const hosts = Object.entries(recap).sort(([a], [b]) => (a < b ? -1 : 1))
  const columns = hosts.some(([, counts]) => counts.unknown > 0)
    ? [...COLUMNS, ['unknown', 'unknown'] as const]
    : COLUMNS
  return hosts
    .map(([host, counts]) => {
      const cells = columns.map(([name, style]) => cell(name, counts[name], style, paint))
      return `${paint(hostStyle(counts), host)}${' '.repeat(Math.max(0, 26 - host.length))} : ${cells.join(' ')}\n`
    })
    .join('')
}

/** What `set_stats` has gathered, in the form of Ansible's default callback. */
export function customStatsText(stats: CustomStats, width: number): string {
  const line = (name: string, values: JsonObject) =>
    `\t${name}: ${JSON.stringify(sorted(values), null, 1).replaceAll('\n', '')}\n`
  const hosts = Object.entries(stats.hosts).map(([host, values]) => line(host, values))
  const run = stats.run === null ? '' : `\n${line('RUN', stats.run)}`
  return `${banner('CUSTOM STATS: ', width)}${hosts.join('')}${run}\n`
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => sorted(item as Json))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

function cell(name: string, count: number, style: Style, paint: Paint): string {
  const text = `${name}=${String(count).padEnd(4)}`
  return count === 0 ? text : paint(style, text)
}

function hostStyle(counts: Recap): Style {
  if (counts.failed > 0 || counts.unreachable > 0) return 'failed'
  return counts.changed > 0 ? 'changed' : 'ok'
}

/** What the run cost on the wire, a line a host. */
export function wireLines(wire: { readonly [host: string]: WireStats }): string {
  return Object.entries(wire)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, stats]) => {
      const cells = [
        `messages=${String(stats.messages).padEnd(4)}`,
        `probes=${String(stats.probes).padEnd(4)}`,
        `applies=${String(stats.applies).padEnd(4)}`,
        `processes=${String(stats.processes).padEnd(5)}`,
        `sent=${bytes(stats.bytesSent).padEnd(8)}`,
        `received=${bytes(stats.bytesReceived).padEnd(8)}`,
        `wait=${Math.round(stats.waitMs)}ms`,
      ]
      return `${host.padEnd(26)} : ${cells.join(' ')}\n`
    })
    .join('')
}

function bytes(count: number): string {
  if (count < 1000) return `${count}B`
  const units = ['kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length, Math.floor(Math.log10(count) / 3))
  return `${(count / 1000 ** power).toFixed(1)}${units[power - 1]}`
}
