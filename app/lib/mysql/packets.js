/** Reads the fields of one packet, in the order of MySQL's client/server protocol. */
export class PacketReader {
  #bytes
  #at = 0

  constructor(bytes) {
    this.#bytes = bytes
  }

  get atEnd() {
    return this.#at >= this.#bytes.length
  }

  uint(size) {
    const value = this.#bytes.readUIntLE(this.#at, size)
    this.#at += size
    return value
  }

  bytes(size) {
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  rest() {
    return this.bytes(this.#bytes.length - this.#at)
  }

  /** Bytes up to a zero byte, which is taken too. */
  untilZero() {
    const zero = this.#bytes.indexOf(0, this.#at)
    const value = this.bytes((zero === -1 ? this.#bytes.length : zero) - this.#at)
    this.#at = Math.min(this.#at + 1, this.#bytes.length)
    return value
  }

  /** A length-encoded integer. */
  lengthEncoded() {
    const first = this.uint(1)
    if (first < 0xfb) return first
    if (first === 0xfc) return this.uint(2)
    if (first === 0xfd) return this.uint(3)
    const low = this.uint(4)
    return low + this.uint(4) * 2 ** 32
  }

  /** A length-encoded string as bytes, or null for SQL's NULL. */
  value() {
    if (this.#bytes[this.#at] === 0xfb) {
      this.#at++
      return null
    }
    return this.bytes(this.lengthEncoded())
  }
}

/** A packet with its header: three bytes of length, one of sequence. */
export function frame(payload, sequence) {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header[3] = sequence & 0xff
  return Buffer.concat([header, payload])
}

/** Splits whole packets off the front of what has arrived; the rest stays for later. */
export function splitPackets(received) {
  const packets = []
  let at = 0
  while (received.length - at >= 4) {
    const end = at + 4 + received.readUIntLE(at, 3)
    if (received.length < end) break
    packets.push({ sequence: received[at + 3], payload: received.subarray(at + 4, end) })
    at = end
  }
  return { packets, rest: received.subarray(at) }
}

/** The server's own error: its number, SQL state and words. */
export function readError(payload) {
  const reader = new PacketReader(payload)
  reader.uint(1)
  const code = reader.uint(2)
  let message = reader.rest().toString('utf8')
  let state = ''
  if (message.startsWith('#')) {
    state = message.slice(1, 6)
    message = message.slice(6)
  }
  return Object.assign(new Error(message), { code, state })
}
