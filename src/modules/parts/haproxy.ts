/** A server of a backend, as `show stat` and `show servers state` tell (HAProxy management guide 9.1 and 9.3). */
export type Server = {
  readonly backend: string
  readonly name: string
  readonly status: string
  readonly weight: string
  readonly sessions: string
  /** Bits of srv_admin_state; null when the server doesn't tell. */
  readonly admin: number | null
}

/** Bits of srv_admin_state that the commands of this module set and clear. */
export const FORCED_MAINTENANCE = 0x01
export const FORCED_DRAIN = 0x08

export type Stats = { readonly backends: readonly string[]; readonly servers: readonly Server[] }

/** Parses the two answers, one behind the other. */
export function parseStats(text: string): Stats {
  const lines = text.split('\n').map((line) => line.trim())
  const header = lines.find((line) => line.startsWith('# pxname,'))
  if (header === undefined) return { backends: [], servers: [] }
  const columns = header.slice(2).split(',')
  const rows = lines.slice(lines.indexOf(header) + 1).filter((line) => /^[^#,]+,[^,]+,/.test(line))
  const cells = rows.map((line) => {
    const values = line.split(',')
    return (name: string) => values[columns.indexOf(name)] ?? ''
  })
  return {
    backends: cells.filter((cell) => cell('svname') === 'BACKEND').map((cell) => cell('pxname')),
    servers: cells
      .filter((cell) => !['BACKEND', 'FRONTEND'].includes(cell('svname')))
      .map((cell) => ({
        backend: cell('pxname'),
        name: cell('svname'),
        status: cell('status'),
        weight: cell('weight'),
        sessions: cell('scur'),
        admin: adminState(lines, cell('pxname'), cell('svname')),
      })),
  }
}

function adminState(lines: readonly string[], backend: string, name: string): number | null {
  const header = lines.find((line) => line.startsWith('# be_id '))
  if (header === undefined) return null
  const column = header.slice(2).split(' ').indexOf('srv_admin_state')
  const row = lines.map((line) => line.split(' ')).find((words) => words[1] === backend && words[3] === name)
  const value = Number(row?.[column])
  return Number.isNaN(value) ? null : value
}
