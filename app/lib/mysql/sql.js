/**
 * Puts values in the places of the question marks. A string goes as a hexadecimal literal, in which no character has a
 * meaning, so no value can become SQL.
 */
export function format(sql, values) {
  let index = 0
  const text = sql.replace(/\?/g, () => {
    if (index >= values.length) throw new Error('fewer values than question marks')
    return literal(values[index++])
  })
  if (index < values.length) throw new Error('more values than question marks')
  return text
}

function literal(value) {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'string') {
    return value === '' ? "''" : `CONVERT(X'${Buffer.from(value, 'utf8').toString('hex')}' USING utf8mb4)`
  }
  throw new Error(`a ${typeof value} can't be sent to the database`)
}
