import { randomInt } from 'node:crypto'
import { encrypt } from 'unixcrypt'
import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { optionalInteger, optionalText } from '../python/coerce.ts'
import { str } from '../python/repr.ts'
import { type Call, Undefined } from '../python/types.ts'

const saltCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./'

/** `password_hash`: sha256 and sha512 crypt. */
export const passwordFilters: ReadonlyMap<string, Call> = calls({
  'password_hash(password hashtype? salt? salt_size? rounds? ident?)': (_, password, type, salt, size, rounds) =>
    passwordHash(password, optionalText(type, 'sha512'), salt, size, rounds),
})

function passwordHash(password: Value, type: string, salt?: Value, size?: Value, rounds?: Value): string {
  if (password instanceof Undefined) throw password.problem()
  const id =
    type === 'sha512' || type === 'sha512_crypt' ? '6' : type === 'sha256' || type === 'sha256_crypt' ? '5' : null
  if (id === null) throw filterError(`password_hash can't make '${type}' hashes`, 'use sha512 or sha256')
  const given = salt === undefined || salt === null ? randomSalt(optionalInteger(size, 16, 'salt_size')) : str(salt)
  if (/[^./0-9A-Za-z]/.test(given)) throw filterError('invalid characters in salt')
  if (given.length > 16) throw filterError('invalid salt size')
  const implicit = id === '6' ? 656_000 : 535_000
  const count = optionalInteger(rounds, implicit, 'rounds')
  if (count < 1000 || count > 999_999_999) throw filterError('password_hash: rounds must be between 1000 and 999999999')
  const prefix = count === 5000 ? `$${id}$${given}` : `$${id}$rounds=${count}$${given}`
  return encrypt(str(password), prefix)
}

function randomSalt(length: number): string {
  return Array.from(
    { length: Math.max(1, Math.min(length, 16)) },
    () => saltCharacters[randomInt(saltCharacters.length)],
  ).join('')
}
