import { constants, createHash, publicEncrypt } from 'node:crypto'

/** The first answer of an authentication plugin to the server's nonce. */
export function scramble(plugin, password, nonce) {
  if (plugin === 'mysql_clear_password' || !SCRAMBLES[plugin]) throw new Error(`no support for the plugin ${plugin}`)
  return password === '' ? Buffer.alloc(0) : SCRAMBLES[plugin](Buffer.from(password, 'utf8'), nonce)
}

const SCRAMBLES = {
  // SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password)))
  mysql_native_password(password, nonce) {
    const once = hash('sha1', password)
    return xor(once, hash('sha1', nonce, hash('sha1', once)))
  },
  // SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce)
  caching_sha2_password(password, nonce) {
    const once = hash('sha256', password)
    return xor(once, hash('sha256', hash('sha256', once), nonce))
  },
}

/** The password, ended by a zero byte, as the full exchange of caching_sha2_password sends it inside TLS. */
export function plainPassword(password) {
  return Buffer.from(`${password}\0`, 'utf8')
}

/** The password, mixed with the nonce and encrypted for the server's RSA key: the full exchange without TLS. */
export function encryptPassword(password, nonce, key) {
  const mixed = xor(plainPassword(password), nonce)
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, mixed)
}

function hash(algorithm, ...parts) {
  const digest = createHash(algorithm)
  for (const part of parts) digest.update(part)
  return digest.digest()
}

function xor(bytes, mask) {
  return Buffer.from(bytes.map((byte, index) => byte ^ mask[index % mask.length]))
}
