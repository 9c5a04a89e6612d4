import { expect } from 'chai'
import { ordered } from '../../../src/engine/order.ts'

describe('the order of a play’s hosts', () => {
  const orders: [string, string[]][] = [
    ['inventory', ['b', 'a', 'c']],
    ['reverse_inventory', ['c', 'a', 'b']],
    ['sorted', ['a', 'b', 'c']],
    ['reverse_sorted', ['c', 'b', 'a']],
    ['shuffle', ['a', 'c', 'b']],
  ]
  for (const [order, want] of orders) {
    it(`order ${order}`, () => expect(ordered(['b', 'a', 'c'], order, () => 0)).to.deep.equal(want))
  }
  it('an unknown order', () => expect(() => ordered([], 'random', () => 0)).to.throw("invalid 'order'"))
})
