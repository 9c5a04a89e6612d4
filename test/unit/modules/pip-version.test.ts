import { expect } from 'chai'
import { satisfies } from '../../../src/modules/parts/pip/version.ts'

/** Asked of Python's `packaging` (with pre-releases allowed). */
const ROWS: readonly [string, string, boolean | null][] = [
  ['1.2', '', true],
  ['1.2', '==1.2.0', true],
  ['1.2.1', '==1.2', false],
  ['1.2.1', '==1.2.*', true],
  ['1.2.1', '!=1.2.*', false],
  ['1.10', '>1.9', true],
  ['1.10rc1', '<1.10', false],
  ['1.10rc1', '>=1.10', false],
  ['1.10rc1', '>=1.10b2', true],
  ['1.10.dev3', '<1.10a1', true],
  ['1.10.post1', '>1.10', false],
  ['1.10.post1', '>=1.10', true],
  ['1.10.post2', '>1.10.post1', true],
  ['2.2.3', '~=2.2', true],
  ['3.0', '~=2.2', false],
  ['2.2.3', '~=2.2.4', false],
  ['2.2.5', '~=2.2.4,!=2.2.6', true],
  ['1.0+deb1', '==1.0', true],
  ['1.0+deb1', '==1.0+deb.1', false],
  ['1!1.0', '>2.0', true],
  ['1.0alpha2', '==1.0a2', true],
  ['1.0-1', '==1.0.post1', true],
  ['v1.0', '==1.0', true],
  ['1.0', '===1.0.0', false],
  ['1.0', '>=1.0,<2', true],
  ['1.0', 'nonsense', null],
  ['nonsense', '>1', null],
]

describe('versions of Python packages', () => {
  for (const [version, specifiers, want] of ROWS)
    it(`${version} ${specifiers}`, () => expect(satisfies(version, specifiers)).to.equal(want))
})
