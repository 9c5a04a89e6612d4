import { generateKeyPairSync } from 'node:crypto'
import type { Client } from 'ssh2'
import { type KeyExchange, protocolOf } from './ssh2-inside.ts'

/** Messages of RFC 4253, 12, and RFC 5656, 7.1. From ECDH_INIT on they belong to the method of the key exchange. */
const KEXINIT = 20
const ECDH_INIT = 30
const LAST_OF_METHOD = 49

/** What ssh2 calls curve25519-sha256 (RFC 8731), the method that it likes best. */
const CURVE25519 = '25519'

/**
 * Takes a round trip out of the key exchange by ssh2, which waits for the host's name and its offer before it begins. It need not (RFC 4253,
 * 5.2): the method will be the one that we like best, if the host knows it at all (7.1), and so its first message can go out behind our
 * own offer. A host reads the same bytes in the same order, only sooner, and nothing of it is secret.
 *
 * A host that does not know the method can't go on: then `wrong` is called.
 */
export function exchangeAhead(client: Client, wrong: () => void): void {
  const protocol = protocolOf(client)
  const start = protocol?.start
  if (protocol === null || start === undefined) return
  protocol.start = () => {
    start()
    const cipher = protocol._cipher
    const say = cipher.encrypt.bind(cipher)
    protocol.rekey()
    const offer = protocol._kexinit
    const keys = generateKeyPairSync('x25519')
    say(packetOf(ecdhInit(keys), cipher))
    // When the host's offer is there, ssh2 says all this once more.
    cipher.encrypt = (packet) => {
      const message = packet[5]!
      if (message === KEXINIT) protocol._kexinit = offer
      else if (message < ECDH_INIT || message > LAST_OF_METHOD) say(packet)
      else if (protocol._kex?.type === CURVE25519) protocol._kex._keys = keys
      else wrong()
    }
  }
}

type Keys = KeyExchange['_keys']

function ecdhInit({ publicKey }: Keys): Buffer {
  // What comes before the key's 32 bytes only says what it is (RFC 8410, 4).
  const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  return Buffer.concat([Buffer.from([ECDH_INIT, 0, 0, 0, key.length]), key])
}

/** Behind the lengths of the packet and its padding (RFC 4253, 6). */
function packetOf(payload: Buffer, cipher: { allocPacket(length: number): Buffer }): Buffer {
  const packet = cipher.allocPacket(payload.length)
  packet.set(payload, 5)
  return packet
}
