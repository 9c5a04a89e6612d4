import { randomInt } from 'node:crypto'
import { hashSync } from 'bcryptjs'
import { encrypt } from 'unixcrypt'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { optionalInteger, optionalText } from '../python/coerce.ts'
import { str } from '../python/repr.ts'
import { type Call, Undefined } from '../python/types.ts'
import { md5Crypt } from './md5-crypt.ts'

const saltCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./'

/** What Ansible calls a kind of hash → how it is made; `salt` is the length of a random salt, and the most it may have. */
const kinds: readonly {
  readonly names: readonly string[]
  readonly salt: number
  hash(password: string, salt: string, rounds: number | null, ident: string): string
}[] = [
  {
    names: ['sha512', 'sha512_crypt'],
    salt: 16,
    hash: (word, salt, rounds) => shaCrypt('6', word, salt, rounds ?? 656_000),
  },
  {
    names: ['sha256', 'sha256_crypt'],
    salt: 16,
    hash: (word, salt, rounds) => shaCrypt('5', word, salt, rounds ?? 535_000),
  },
  { names: ['md5', 'md5_crypt'], salt: 8, hash: md5CryptOf },
  { names: ['blowfish', 'bcrypt'], salt: 22, hash: bcryptOf },
]

/** `password_hash`: the hashes of crypt(5) that passlib makes for Ansible. */
export const passwordFilters: ReadonlyMap<string, Call> = calls({
  'password_hash(password hashtype? salt? salt_size? rounds? ident?)': (_, password, type, salt, ...more) => {
    const [size, rounds, ident] = more
    if (password instanceof Undefined) throw password.problem()
    const kind = kinds.find(({ names }) => names.includes(optionalText(type, 'sha512')))
    if (kind === undefined) throw filterError(`password_hash does not support '${str(type!)}' hashes`, KNOWN)
    const given =
      salt === undefined || salt === null || salt === ''
        ? randomSalt(optionalInteger(size, kind.salt, 'salt_size'), kind.salt)
        : str(salt)
    if (/[^./0-9A-Za-z]/.test(given)) throw filterError('invalid characters in salt')
    if (given.length > kind.salt) throw filterError('invalid salt size')
    const count = rounds === undefined || rounds === null ? null : optionalInteger(rounds, 0, 'rounds')
    return kind.hash(str(password), given, count, optionalText(ident, ''))
  },
})

/**
 * A password's hash by the name passlib has for it, with its salt (a random one if none is given) and, for bcrypt, its version. Problem
 * of a filter for an algorithm that there is not.
 */
export function cryptPassword(
  password: string,
  algorithm: string,
  given: string | null,
  version: string | null,
): { readonly hash: string; readonly salt: string; readonly ident: string | null } {
  const kind = kinds.find(({ names }) => names[1] === algorithm)
  if (kind === undefined) throw filterError(`passlib does not support '${algorithm}' algorithm`, KNOWN_CRYPT)
  const salt = given ?? randomSalt(kind.salt, kind.salt)
  const ident = algorithm === 'bcrypt' ? (version ?? '2b') : null
  return { hash: kind.hash(password, salt, null, ident ?? ''), salt, ident }
}

const KNOWN_CRYPT = 'use sha512_crypt, sha256_crypt, bcrypt or md5_crypt'
const KNOWN = 'use sha512, sha256, blowfish or md5'

function shaCrypt(id: string, password: string, salt: string, rounds: number): string {
  if (rounds < 1000 || rounds > 999_999_999)
    throw filterError('password_hash: rounds must be between 1000 and 999999999')
  return encrypt(password, rounds === 5000 ? `$${id}$${salt}` : `$${id}$rounds=${rounds}$${salt}`)
}

function md5CryptOf(password: string, salt: string, rounds: number | null): string {
  if (rounds !== null) throw filterError('password_hash: md5 hashes have no rounds')
  return md5Crypt(password, salt)
}

const bcryptLetters = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Of the last letter of a salt only two bits count. */
function bcryptOf(password: string, salt: string, rounds: number | null, ident: string): string {
  const count = rounds ?? 12
  if (salt.length !== 22) throw filterError('invalid salt size')
  if (count < 4 || count > 31) throw filterError('password_hash: rounds must be between 4 and 31')
  if (!['', '2a', '2b', '2y'].includes(ident)) throw filterError(`password_hash: unknown ident '${ident}'`)
  const last = bcryptLetters[bcryptLetters.indexOf(salt[21]!) & 0b110000]!
  return hashSync(password, `$${ident || '2b'}$${String(count).padStart(2, '0')}$${salt.slice(0, 21)}${last}`)
}

function randomSalt(length: number, most: number): string {
  const size = Math.max(1, Math.min(length, most))
  return Array.from({ length: size }, () => saltCharacters[randomInt(saltCharacters.length)]).join('')
}
