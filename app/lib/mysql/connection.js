import { connect as connectSocket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { encryptPassword, plainPassword, scramble } from './auth.js'
import { frame, PacketReader, readError, splitPackets } from './packets.js'
import { format } from './sql.js'

const CAPABILITIES = {
  LONG_PASSWORD: 0x1,
  CONNECT_WITH_DB: 0x8,
  PROTOCOL_41: 0x200,
  SSL: 0x800,
  TRANSACTIONS: 0x2000,
  SECURE_CONNECTION: 0x8000,
  PLUGIN_AUTH: 0x80000,
}
const UTF8MB4 = 45
const COM_QUIT = 1
const COM_QUERY = 3
const INTEGER_TYPES = new Set([1, 2, 3, 8, 9, 13])
const TIMEOUT_MS = 5000

/**
 * Opens a connection and logs in. Follows the MySQL client/server protocol 4.1+, as MySQL 5.7 to 9.x and MariaDB speak it,
 * with caching_sha2_password and mysql_native_password. `tls` is 'preferred' (TLS if the server has it), 'required' or 'off';
 * `ca` a PEM certificate the server's must be signed by.
 */
export async function connect({ host, port = 3306, user, password, database, tls = 'preferred', ca = null }) {
  const connection = new Connection(await openSocket(host, port))
  try {
    await connection.logIn({ host, user, password, database, tls, ca })
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Whether an error is the server's answer; after any other the connection is of no more use. */
export function isServerError(error) {
  return typeof error.code === 'number'
}

class Connection {
  serverName = null
  usable = true
  #socket
  #received = Buffer.alloc(0)
  #packets = []
  #waiting = null
  #failure = null
  #sequence = 0

  constructor(socket) {
    this.#listen(socket)
  }

  async logIn({ host, user, password, database, tls, ca }) {
    const greeting = readGreeting(await this.#receive())
    const offered = (greeting.capabilities & CAPABILITIES.SSL) !== 0
    if (tls === 'required' && !offered) throw new Error(`${host} does not offer TLS`)
    const secure = offered && tls !== 'off'
    const login = {
      user,
      database,
      secure,
      plugin: greeting.plugin,
      nonce: greeting.nonce,
      flags: flagsFor(secure, database),
    }
    if (secure) {
      this.#send(loginHead(login.flags))
      await this.#startTls(host, ca)
    }
    this.#send(loginPacket(login, scramble(login.plugin, password, login.nonce)))
    await this.#authenticate(login, password)
  }

  /** Runs one statement; resolves to `{ rows }` or `{ insertId, affectedRows }`. */
  async query(sql, values = []) {
    this.#sequence = 0
    this.#send(Buffer.concat([Buffer.from([COM_QUERY]), Buffer.from(format(sql, values), 'utf8')]))
    const first = await this.#receive()
    if (first[0] === 0xff) throw readError(first)
    if (first[0] === 0x00) return readOk(first)
    const columns = []
    for (let left = new PacketReader(first).lengthEncoded(); left > 0; left--)
      columns.push(readColumn(await this.#receive()))
    await this.#receive()
    const rows = []
    for (;;) {
      const packet = await this.#receive()
      if (packet[0] === 0xff) throw readError(packet)
      if (packet[0] === 0xfe && packet.length < 9) return { rows }
      rows.push(readRow(packet, columns))
    }
  }

  close() {
    this.usable = false
    this.#sequence = 0
    if (this.#socket.writable) this.#socket.end(frame(Buffer.from([COM_QUIT]), 0))
    this.#socket.destroySoon()
  }

  async #authenticate(login, password) {
    for (;;) {
      const packet = await this.#receive()
      if (packet[0] === 0x00) return
      if (packet[0] === 0xff) throw readError(packet)
      if (packet[0] === 0xfe) {
        const reader = new PacketReader(packet.subarray(1))
        login.plugin = reader.untilZero().toString('latin1')
        login.nonce = Buffer.from(reader.rest().subarray(0, 20))
        this.#send(scramble(login.plugin, password, login.nonce))
      } else if (packet[0] === 0x01 && packet[1] === 0x04) {
        await this.#sendWholePassword(login, password)
      }
    }
  }

  /** The server has no cached hash of the password and asks for the password itself. */
  async #sendWholePassword(login, password) {
    if (login.secure) return this.#send(plainPassword(password))
    this.#send(Buffer.from([2]))
    const answer = await this.#receive()
    if (answer[0] === 0xff) throw readError(answer)
    this.#send(encryptPassword(password, login.nonce, answer.subarray(1)))
  }

  async #startTls(host, ca) {
    const plain = this.#socket
    plain.removeAllListeners('data')
    const options = { socket: plain, servername: /[a-z]/i.test(host) ? host : '' }
    // MySQL makes its own certificate, which names no host: without a CA the channel is private, but not authenticated.
    const trust = ca ? { ca, checkServerIdentity: () => undefined } : { rejectUnauthorized: false }
    const secure = connectTls({ ...options, ...trust })
    await new Promise((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', reject)
    })
    this.#listen(secure)
  }

  #listen(socket) {
    this.#socket = socket
    socket.setTimeout(0)
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the database closed the connection')))
  }

  #take(chunk) {
    const { packets, rest } = splitPackets(Buffer.concat([this.#received, chunk]))
    this.#received = rest
    this.#packets.push(...packets)
    this.#deliver()
  }

  #fail(error) {
    this.usable = false
    this.#failure ??= error
    this.#deliver()
  }

  #send(payload) {
    this.#socket.write(frame(payload, this.#sequence++))
  }

  /** Resolves to the next packet's payload. */
  #receive() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#socket.destroy(new Error('the database took too long')), TIMEOUT_MS)
      this.#waiting = { resolve, reject, timer }
      this.#deliver()
    })
  }

  #deliver() {
    if (!this.#waiting || (this.#packets.length === 0 && !this.#failure)) return
    const { resolve, reject, timer } = this.#waiting
    this.#waiting = null
    clearTimeout(timer)
    const packet = this.#packets.shift()
    if (!packet) return reject(this.#failure)
    this.#sequence = packet.sequence + 1
    resolve(packet.payload)
  }
}

function openSocket(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true })
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`${host}:${port} does not answer`)))
    socket.once('connect', () => {
      socket.removeListener('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

function flagsFor(secure, database) {
  const { LONG_PASSWORD, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, PLUGIN_AUTH, SSL, CONNECT_WITH_DB } =
    CAPABILITIES
  const always = LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | PLUGIN_AUTH
  return always | (secure ? SSL : 0) | (database ? CONNECT_WITH_DB : 0)
}

function readGreeting(payload) {
  if (payload[0] === 0xff) throw readError(payload)
  const reader = new PacketReader(payload)
  reader.uint(1)
  reader.untilZero()
  reader.uint(4)
  const nonceStart = reader.bytes(8)
  reader.uint(1)
  const lowFlags = reader.uint(2)
  reader.uint(3)
  const capabilities = lowFlags | (reader.uint(2) << 16)
  const nonceSize = reader.uint(1)
  reader.bytes(10)
  const nonceEnd = reader.bytes(Math.max(13, nonceSize - 8)).subarray(0, 12)
  const plugin = reader.atEnd ? 'mysql_native_password' : reader.untilZero().toString('latin1')
  return { capabilities, plugin, nonce: Buffer.concat([nonceStart, nonceEnd]) }
}

function loginHead(flags) {
  const head = Buffer.alloc(32)
  head.writeUInt32LE(flags, 0)
  head.writeUInt32LE(0xffffff, 4)
  head[8] = UTF8MB4
  return head
}

function loginPacket({ user, database, plugin, flags }, answer) {
  const zero = Buffer.alloc(1)
  return Buffer.concat([
    loginHead(flags),
    Buffer.from(user, 'utf8'),
    zero,
    Buffer.from([answer.length]),
    answer,
    ...(database ? [Buffer.from(database, 'utf8'), zero] : []),
    Buffer.from(plugin, 'latin1'),
    zero,
  ])
}

function readOk(payload) {
  const reader = new PacketReader(payload)
  reader.uint(1)
  return { affectedRows: reader.lengthEncoded(), insertId: reader.lengthEncoded() }
}

function readColumn(payload) {
  const reader = new PacketReader(payload)
  const [, , , , name] = Array.from({ length: 6 }, () => reader.value())
  reader.lengthEncoded()
  reader.bytes(6)
  return { name: name.toString('utf8'), isInteger: INTEGER_TYPES.has(reader.uint(1)) }
}

function readRow(payload, columns) {
  const reader = new PacketReader(payload)
  return Object.fromEntries(columns.map(({ name, isInteger }) => [name, convert(reader.value(), isInteger)]))
}

function convert(bytes, isInteger) {
  if (bytes === null) return null
  const text = bytes.toString('utf8')
  return isInteger ? Number(text) : text
}
