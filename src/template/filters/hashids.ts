import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { integer } from '../python/coerce.ts'
import { str } from '../python/repr.ts'
import type { Call } from '../python/types.ts'

/** `hashids_encode` and `hashids_decode` of community.general: short texts for numbers, by the Hashids algorithm (hashids.org). */
export const hashidsFilters: ReadonlyMap<string, Call> = calls({
  'hashids_encode(nums salt? alphabet? min_length?)': (_, nums, salt, alphabet, minLength) =>
    encode(Array.isArray(nums) ? nums : [nums], codeOf(salt, alphabet, minLength)),
  'hashids_decode(hashid salt? alphabet? min_length?)': (_, hashid, salt, alphabet, minLength) =>
    decode(str(hashid), codeOf(salt, alphabet, minLength)),
})

type Code = {
  readonly salt: string
  readonly alphabet: string
  /** Stand between numbers. */
  readonly separators: string
  /** Stand around what is made longer. */
  readonly guards: string
  readonly minLength: number
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890'
const LETTERS_A_SEPARATOR = 3.5
const LETTERS_A_GUARD = 12

/** What a salt and an alphabet make: which letters are numbers, separators and guards, and in what order. Empty arguments are none. */
function codeOf(salt: Value | undefined, letters: Value | undefined, minLength: Value | undefined): Code {
  const key = salt ? str(salt) : ''
  const all = [...new Set(letters ? str(letters) : ALPHABET)]
  if (all.length < 16) throw filterError('Alphabet must contain at least 16 unique characters.')
  const wanted = [...'cfhistuCFHISTU'].filter((letter) => all.includes(letter)).join('')
  let alphabet = all.filter((letter) => !wanted.includes(letter)).join('')
  const missing = Math.max(0, Math.ceil(alphabet.length / LETTERS_A_SEPARATOR) - wanted.length)
  const separators = shuffled(wanted, key) + alphabet.slice(0, missing)
  alphabet = shuffled(alphabet.slice(missing), key)
  const guards = Math.ceil(alphabet.length / LETTERS_A_GUARD)
  const common = { salt: key, minLength: minLength ? integer(minLength, 'min_length') : 0 }
  if (alphabet.length < 3)
    return { ...common, alphabet, guards: separators.slice(0, guards), separators: separators.slice(guards) }
  return { ...common, alphabet: alphabet.slice(guards), guards: alphabet.slice(0, guards), separators }
}

/** The letters in an order that the salt decides. */
function shuffled(letters: string, salt: string): string {
  if (salt === '') return letters
  const list = [...letters]
  let index = 0
  let sum = 0
  for (let last = list.length - 1; last > 0; last--) {
    const code = salt.charCodeAt(index)
    sum += code
    const other = (code + index + sum) % last
    ;[list[last], list[other]] = [list[other]!, list[last]!]
    index = (index + 1) % salt.length
  }
  return list.join('')
}

/** Nothing for what is no list of whole numbers from 0 on. */
function encode(nums: readonly Value[], code: Code): string {
  const numbers = nums.map(naturalOf)
  if (numbers.length === 0 || !numbers.every((number) => number !== null)) return ''
  const { salt, separators, guards, minLength } = code
  let { alphabet } = code
  const hash = Number(numbers.reduce((sum, number, index) => sum + (number % BigInt(index + 100)), 0n))
  const lottery = alphabet[hash % alphabet.length]!
  let text = lottery
  for (const [index, number] of numbers.entries()) {
    alphabet = nextAlphabet(lottery, salt, alphabet)
    const digits = digitsOf(number, alphabet)
    const separator = Number(number % BigInt(digits.charCodeAt(0) + index)) % separators.length
    text += digits + (index + 1 < numbers.length ? separators[separator] : '')
  }
  if (text.length < minLength) text = guards[(hash + text.charCodeAt(0)) % guards.length] + text
  if (text.length < minLength) text += guards[(hash + text.charCodeAt(2)) % guards.length]
  return padded(text, alphabet, minLength)
}

function padded(given: string, letters: string, minLength: number): string {
  const half = Math.floor(letters.length / 2)
  let text = given
  let alphabet = letters
  while (text.length < minLength) {
    alphabet = shuffled(alphabet, alphabet)
    text = alphabet.slice(half) + text + alphabet.slice(0, half)
    const excess = text.length - minLength
    if (excess > 0) text = text.slice(excess >> 1, (excess >> 1) + minLength)
  }
  return text
}

/** The numbers; none for what `encode` would not have made of them. */
function decode(hashid: string, code: Code): Value[] {
  const between = parts(hashid, code.guards)
  const text = between.length === 2 || between.length === 3 ? between[1]! : between[0]!
  const lottery = text[0]
  if (lottery === undefined) return []
  let { alphabet } = code
  const numbers: bigint[] = []
  for (const digits of parts(text.slice(1), code.separators)) {
    alphabet = nextAlphabet(lottery, code.salt, alphabet)
    const base = BigInt(alphabet.length)
    numbers.push([...digits].reduce((sum, digit) => sum * base + BigInt(alphabet.indexOf(digit)), 0n))
  }
  const values = numbers.map((number) => (number <= Number.MAX_SAFE_INTEGER ? Number(number) : number))
  return encode(values, code) === hashid ? values : []
}

function nextAlphabet(lottery: string, salt: string, alphabet: string): string {
  return shuffled(alphabet, (lottery + salt + alphabet).slice(0, alphabet.length))
}

function digitsOf(number: bigint, alphabet: string): string {
  const base = BigInt(alphabet.length)
  let text = ''
  let left = number
  do {
    text = alphabet[Number(left % base)] + text
    left /= base
  } while (left > 0n)
  return text
}

function parts(text: string, splitters: string): string[] {
  const found = ['']
  for (const letter of text) {
    if (splitters.includes(letter)) found.push('')
    else found.push(found.pop()! + letter)
  }
  return found
}

function naturalOf(value: Value): bigint | null {
  if (typeof value === 'bigint') return value < 0n ? null : value
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? BigInt(value) : null
}
