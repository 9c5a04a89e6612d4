import { expect } from 'chai'
import { defaultForks } from '../../../src/commands/default-forks.ts'

const GIGABYTE = 1024 ** 3

describe('defaultForks', () => {
  const rows: { name: string; cores: number; memory: number; want: number }[] = [
    { name: 'a small machine', cores: 1, memory: 2 * GIGABYTE, want: 50 },
    { name: 'a large machine', cores: 16, memory: 64 * GIGABYTE, want: 400 },
    { name: 'many cores and little memory', cores: 16, memory: GIGABYTE, want: 128 },
    { name: 'hardly any memory', cores: 2, memory: GIGABYTE / 64, want: 5 },
  ]
  for (const { name, cores, memory, want } of rows) {
    it(name, () => expect(defaultForks(cores, memory)).to.equal(want))
  }
})
