import { generateKeyPairSync } from 'node:crypto'

/** A new key, as PEM text (SEC 1). Of those that ssh2 makes itself, some are malformed. */
export function privateKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'sec1', format: 'pem' })
    .toString()
}
