import type { KeyPairKeyObjectResult } from 'node:crypto'
import type { Client, ParsedKey } from 'ssh2'

/** What a host confirms a channel with: `recipient` is ssh2's number of it, `sender` the host's. */
export type Confirmation = {
  readonly recipient: number
  readonly sender: number
  readonly window: number
  readonly packetSize: number
}

/** What ssh2 does when a message comes, by the message's name. */
export type Handlers = {
  SERVICE_ACCEPT(protocol: Protocol, service: string): void
  EXT_INFO(protocol: Protocol, extensions: readonly unknown[]): void
  USERAUTH_PK_OK(protocol: Protocol): void
  USERAUTH_SUCCESS(protocol: Protocol): void
  USERAUTH_FAILURE(protocol: Protocol, methods: readonly string[], isPartial: boolean): void
  CHANNEL_OPEN_CONFIRMATION(protocol: Protocol, confirmation: Confirmation): void
  CHANNEL_OPEN_FAILURE(protocol: Protocol, channel: number, reason: number, words: string): void
  CHANNEL_SUCCESS(protocol: Protocol, channel: number): void
  CHANNEL_FAILURE(protocol: Protocol, channel: number): void
  CHANNEL_WINDOW_ADJUST(protocol: Protocol, channel: number, amount: number): void
  CHANNEL_EXTENDED_DATA(protocol: Protocol, channel: number, data: Buffer, type: number): void
  CHANNEL_CLOSE(protocol: Protocol, channel: number): void
}

export type Sign = (data: Buffer, done: (signature: Buffer) => void) => void

/** A key exchange under way; of the keys only RFC 8731's method has some. */
export type KeyExchange = { readonly type: string; _keys: KeyPairKeyObjectResult }

/** What packets go out through: as they are, until there are keys. */
type Cipher = { allocPacket(length: number): Buffer; encrypt(packet: Buffer): void }

/** What ssh2 says to a host. `channel` is the host's number, but for `session`, which gives ssh2's own. */
export type Protocol = {
  readonly _handlers: Handlers
  _offer: Offer
  /** What was offered, from then on until there are new keys. */
  _kexinit?: Buffer | undefined
  /** There when both offers are. */
  readonly _kex?: KeyExchange
  readonly _cipher: Cipher
  /** Says who we are, once. */
  start?: () => void
  /** Offers our algorithms. */
  rekey(): void
  /** The first thing said when the host's key has been taken. */
  service(name: string): void
  /** Asks whether a key is taken, or, with `sign`, logs in with it. */
  authPK(user: string, key: ParsedKey, algorithm?: string, sign?: Sign): void
  authPassword(user: string, password: string, newPassword?: string): void
  session(channel: number, window: number, packetSize: number): void
  exec(channel: number, command: string, wantsReply: boolean): void
  channelData(channel: number, data: Buffer | string): void
  channelEOF(channel: number): void
  channelClose(channel: number): void
  channelWindowAdjust(channel: number, amount: number): void
}

const HANDLERS: readonly (keyof Handlers)[] = [
  'SERVICE_ACCEPT',
  'EXT_INFO',
  'USERAUTH_PK_OK',
  'USERAUTH_SUCCESS',
  'USERAUTH_FAILURE',
  'CHANNEL_OPEN_CONFIRMATION',
  'CHANNEL_OPEN_FAILURE',
  'CHANNEL_SUCCESS',
  'CHANNEL_FAILURE',
  'CHANNEL_WINDOW_ADJUST',
  'CHANNEL_EXTENDED_DATA',
  'CHANNEL_CLOSE',
]

/** What the connection says (RFC 4254), as opposed to the login. */
export const SAYINGS = [
  'session',
  'exec',
  'channelData',
  'channelEOF',
  'channelClose',
  'channelWindowAdjust',
] as const satisfies readonly (keyof Protocol)[]

const SAYS = ['rekey', 'service', 'authPK', 'authPassword', ...SAYINGS] as const

/** The names of algorithms that are offered for a key exchange (RFC 4253, 7.1), best first; `cs` to the host, `sc` from it. */
export type Lists = {
  readonly kex: readonly string[]
  readonly serverHostKey: readonly string[]
  readonly cs: Way
  readonly sc: Way
}
type Way = { readonly [list in 'cipher' | 'mac' | 'compress' | 'lang']: readonly string[] }

type Named<T> = T extends readonly string[] ? { readonly array: T } : { readonly [key in keyof T]: Named<T[key]> }
type Offer = { readonly lists: Named<Lists>; readonly constructor: new (lists: Lists) => Offer }

type Inside = { readonly _protocol?: Partial<Protocol>; readonly _remoteVer?: string }

/**
 * What ssh2 does not show of a client that has begun to connect. Null when this ssh2 is made otherwise: all works without it, but
 * every answer is waited for.
 */
export function protocolOf(client: Client): Protocol | null {
  const { _protocol: protocol } = client as unknown as Inside
  return missingIn(client).length === 0 ? (protocol as Protocol) : null
}

/** What should be inside a client that has begun to connect, and is not. */
export function missingIn(client: Client): readonly string[] {
  const { _protocol: protocol } = client as unknown as Inside
  const handlers = protocol?._handlers
  return [
    ...HANDLERS.filter((name) => typeof handlers?.[name] !== 'function'),
    ...SAYS.filter((name) => typeof protocol?.[name] !== 'function'),
    ...(protocol?._offer?.lists === undefined ? ['_offer'] : []),
    ...(typeof protocol?._cipher?.allocPacket === 'function' ? [] : ['_cipher']),
  ]
}

/** Changes what is offered for the first key exchange, unless it has begun: then the host has read the offer, and goes by it. */
export function changeOffer(client: Client, change: (lists: Lists) => Lists): void {
  const protocol = protocolOf(client)
  if (protocol === null || protocol._kexinit !== undefined) return
  const { kex, serverHostKey, cs, sc } = protocol._offer.lists
  const lists = { kex: kex.array, serverHostKey: serverHostKey.array, cs: wayOf(cs), sc: wayOf(sc) }
  protocol._offer = new protocol._offer.constructor(change(lists))
}

function wayOf({ cipher, mac, compress, lang }: Named<Way>): Way {
  return { cipher: cipher.array, mac: mac.array, compress: compress.array, lang: lang.array }
}

/** What the host calls its software (RFC 4253, 4.2), once it has said so. */
export function softwareOf(client: Client): string {
  return (client as unknown as Inside)._remoteVer ?? ''
}
