import { expect } from 'chai'
import { selected } from '../../../src/language/tags.ts'

describe('selected', () => {
  const rows: [string, string, string, boolean][] = [
    ['', '', '', true],
    ['a', '', '', true],
    ['never', '', '', false],
    ['never,a', '', '', false],
    ['never,a', 'a', '', true],
    ['never', 'never', '', true],
    ['always', 'b', '', true],
    ['always', '', 'always', false],
    ['always', '', 'all', true],
    ['always,a', '', 'a', false],
    ['always,never', '', '', true],
    ['a', 'b', '', false],
    ['a', 'a,b', '', true],
    ['a', 'a', 'a', false],
    ['', 'untagged', '', true],
    ['a', 'untagged', '', false],
    ['a', 'tagged', '', true],
    ['', 'tagged', '', false],
    ['never', 'tagged', '', false],
    ['a', '', 'tagged', false],
    ['', '', 'untagged', false],
    ['', '', 'tagged', true],
    ['a', '', 'all', false],
    ['a', 'all', '', true],
  ]
  const list = (text: string) => (text === '' ? [] : text.split(','))
  for (const [tags, only, skip, want] of rows) {
    it(`tags [${tags}] --tags [${only}] --skip-tags [${skip}]`, () => {
      expect(selected(list(tags), list(only), list(skip))).to.equal(want)
    })
  }
})
