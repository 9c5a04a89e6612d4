import { createHash, randomInt } from 'node:crypto'
import type { Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { typeName } from './type-name.ts'

/** A random whole number from 0 up to, and without, the given one. */
export type Chooser = (below: number) => number

/** Random numbers; with a seed those of Python's `random.Random(seed)`, so that what is made of them stays as Ansible made it. */
export function chooser(seed: Value | undefined): Chooser {
  if (seed === undefined || seed === null) return (below) => randomInt(Math.min(below, MOST))
  const twister = new Twister(wordsOf(seed))
  return (below) => {
    const bits = below.toString(2).length
    for (;;) {
      const found = twister.bits(bits)
      if (found < below) return found
    }
  }
}

/** More than this `randomInt` does not take. */
const MOST = 2 ** 47

/** The key that Python makes of a seed: of text its bytes and their SHA-512 as one number, in words of 32 bits, the lowest first. */
function wordsOf(seed: Value): number[] {
  let number: bigint
  if (typeof seed === 'string') {
    const bytes = Buffer.from(seed, 'utf8')
    number = BigInt(`0x${Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]).toString('hex')}`)
  } else if (typeof seed === 'boolean' || typeof seed === 'bigint' || Number.isInteger(seed)) {
    number = BigInt(seed as number)
  } else {
    throw typeError(
      `The only supported seed types are: None, int, float, str, bytes, and bytearray, not ${typeName(seed)}`,
    )
  }
  const words: number[] = []
  for (let rest = number < 0n ? -number : number; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn))
  return words.length === 0 ? [0] : words
}

const SIZE = 624
const MIDDLE = 397

/** The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded by an array. */
class Twister {
  readonly #state = new Uint32Array(SIZE)
  #index = SIZE

  constructor(key: readonly number[]) {
    const state = this.#state
    state[0] = 19_650_218
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1_812_433_253, state[i - 1]! ^ (state[i - 1]! >>> 30)) + i
    let i = 1
    let j = 0
    const advance = () => {
      i += 1
      if (i < SIZE) return
      state[0] = state[SIZE - 1]!
      i = 1
    }
    const mixed = (factor: number) => state[i]! ^ Math.imul(state[i - 1]! ^ (state[i - 1]! >>> 30), factor)
    for (let count = Math.max(SIZE, key.length); count > 0; count--) {
      state[i] = mixed(1_664_525) + key[j]! + j
      advance()
      j = (j + 1) % key.length
    }
    for (let count = SIZE - 1; count > 0; count--) {
      state[i] = mixed(1_566_083_941) - i
      advance()
    }
    state[0] = 0x8000_0000
  }

  /** So many random bits, 53 at most. */
  bits(count: number): number {
    if (count <= 32) return this.#next() >>> (32 - count)
    const low = this.#next()
    return low + (this.#next() >>> (64 - count)) * 2 ** 32
  }

  #next(): number {
    if (this.#index >= SIZE) this.#twist()
    let word = this.#state[this.#index++]!
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return (word ^ (word >>> 18)) >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let i = 0; i < SIZE; i++) {
      const joined = (state[i]! & 0x8000_0000) | (state[(i + 1) % SIZE]! & 0x7fff_ffff)
      state[i] = state[(i + MIDDLE) % SIZE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908_b0df : 0)
    }
    this.#index = 0
  }
}
