import { expect } from 'chai'
import { compareVersions } from '../../../src/modules/parts/apt/version.ts'

/** Answers of `dpkg --compare-versions`. */
const ROWS: readonly (readonly [older: string, newer: string])[] = [
  ['1.0', '1.1'],
  ['1.9', '1.10'],
  ['1.0~rc1', '1.0'],
  ['1.0~~', '1.0~'],
  ['1.0', '1.0a'],
  ['1.0a', '1.0+'],
  ['1.0-1', '1.0-1+b1'],
  ['9.9', '1:0.1'],
  ['2.36-9+deb12u9', '2.36-9+deb12u10'],
  ['1.22.1-9', '1.22.1-9+deb12u1'],
  ['0', '00001'],
  ['1-1', '1-1.1'],
  ['1.2.3-4', '1.2.3-4ubuntu1'],
]

describe('Debian versions', () => {
  for (const [older, newer] of ROWS) {
    it(`${older} is older than ${newer}`, () => {
      expect(compareVersions(older, newer)).to.be.lessThan(0)
      expect(compareVersions(newer, older)).to.be.greaterThan(0)
    })
  }
  for (const [one, other] of [
    ['1.0', '1.0'],
    ['0:1.0', '1.0'],
    ['1.0', '1.0-0'],
    ['1.00', '1.0'],
  ] as const) {
    it(`${one} equals ${other}`, () => expect(compareVersions(one, other)).to.equal(0))
  }
})
