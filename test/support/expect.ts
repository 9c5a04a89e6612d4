import { expect } from 'chai'
import type { Change } from '../../src/kernel/change.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Expected, ExpectedChange } from './rows.ts'

/** The changes are the expected ones, in this order; patterns match texts. */
export function expectChanges(changes: readonly Change[], expected: readonly ExpectedChange[] | 'none'): void {
  const wanted = expected === 'none' ? [] : expected
  expect(
    changes.map((change) => change.what),
    JSON.stringify(changes),
  ).to.deep.equal(wanted.map((change) => change.what))
  wanted.forEach((want, index) => {
    expectSubset({ ...changes[index]! }, { ...want }, want.what)
  })
}

/** Every key and item expected is there with the expected value; objects may hold more keys, lists no more items. */
export function expectSubset(actual: Json | undefined, expected: Expected, at = 'result'): void {
  if (expected instanceof RegExp) {
    expect(typeof actual === 'string' ? actual : JSON.stringify(actual), at).to.match(expected)
  } else if (Array.isArray(expected)) {
    expect(actual, at).to.be.an('array').with.lengthOf(expected.length)
    expected.forEach((item, index) => {
      expectSubset((actual as readonly Json[])[index], item as Expected, `${at}[${index}]`)
    })
  } else if (typeof expected === 'object' && expected !== null) {
    expect(actual, at).to.be.an('object')
    for (const [key, item] of Object.entries(expected))
      expectSubset((actual as { readonly [key: string]: Json })[key], item as Expected, `${at}.${key}`)
  } else expect(actual, at).to.equal(expected)
}
