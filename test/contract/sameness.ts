import { expect } from 'chai'
import type { Change } from '../../src/kernel/change.ts'
import { quote } from '../../src/kernel/sh.ts'
import type { Row } from '../support/rows.ts'

/** Compares what each shell says would change; numbers (times, process ids) and random names may differ. */
export function sameUnderAllShells(): (changes: readonly Change[]) => void {
  let first: string | null = null
  return (changes) => {
    const text = JSON.stringify(changes).replace(/\d+/g, '0')
    first ??= text
    expect(text, 'every shell plans the same changes').to.equal(first)
  }
}

/** The row with an awkward text in it. */
export function surviving(row: Row, text: string): Row {
  return { ...row, ...row.strings!(text, quote(text)) }
}
