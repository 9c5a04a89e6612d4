import { expect } from 'chai'
import { dearmored, keyIds } from '../../../src/modules/parts/apt/openpgp.ts'
import { ARMORED_KEY, KEY_ID } from '../../support/openpgp-key.ts'

const ROWS: readonly { name: string; given: Buffer; want: readonly string[] }[] = [
  { name: 'an armored key', given: Buffer.from(ARMORED_KEY), want: [KEY_ID] },
  { name: 'a binary key', given: dearmored(Buffer.from(ARMORED_KEY)), want: [KEY_ID] },
  { name: 'several keys', given: Buffer.from(ARMORED_KEY + ARMORED_KEY), want: [KEY_ID, KEY_ID] },
  { name: 'no key', given: Buffer.from('<html>404</html>'), want: [] },
  { name: 'nothing', given: Buffer.alloc(0), want: [] },
  { name: 'a key that is cut off', given: dearmored(Buffer.from(ARMORED_KEY)).subarray(0, 1), want: [] },
]

describe('ids of OpenPGP keys', () => {
  for (const { name, given, want } of ROWS) it(name, () => expect(keyIds(given)).to.deep.equal(want))
})
