import { expect } from 'chai'
import { decodeText, encodeText } from '../../../src/kernel/encoding.ts'
import { Problem } from '../../../src/kernel/problem.ts'

const rows: readonly (readonly [encoding: string, text: string, bytes: string])[] = [
  ['utf-8', 'é€', 'c3a9e282ac'],
  ['UTF_16', 'é', 'fffee900'],
  ['utf-16-be', 'é', '00e9'],
  ['latin-1', 'é\x80', 'e980'],
  ['ascii', 'a', '61'],
  ['iso8859-15', 'é€', 'e9a4'],
  ['windows-1252', 'é€™', 'e98099'],
  ['cp1252', '\x81', '81'],
  ['koi8-r', 'я', 'd1'],
]

describe('encodings', () => {
  for (const [encoding, text, bytes] of rows) {
    it(`${encoding}: ${JSON.stringify(text)}`, () => {
      expect(encodeText(text, encoding).toString('hex')).to.equal(bytes)
      expect(decodeText(Buffer.from(bytes, 'hex'), encoding)).to.equal(text)
    })
  }
  for (const [encoding, text, code] of [
    ['klingon', 'a', 'encoding.unknown'],
    ['latin-1', '€', 'encoding.character'],
    ['iso8859-15', 'ž¤', 'encoding.character'],
  ] as const) {
    it(`${encoding} can't hold ${text}`, () => {
      expect(() => encodeText(text, encoding))
        .to.throw(Problem)
        .with.property('code', code)
    })
  }
})
