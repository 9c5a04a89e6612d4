import type { Confirmation, Protocol } from './ssh2-inside.ts'

/**
 * So many bytes go to a command before the host has said that it has begun. sshd opens a window of 2 MiB as it starts a command, before
 * it reads on; and its process for logins hands what it has read beyond them to the next one in a message of 256 KiB at most.
 */
const LENT = 128 * 1024

/** The largest piece of data that sshd takes, and the number it gives to the first channel of a connection. */
const PACKET = 32 * 1024
const FIRST = 0

/** RFC 4254, 5.2. */
const STDERR = 1

/**
 * Gives ssh2 the answers to channels and commands in OpenSSH's stead (RFC 4254, 5 and 6.5), so that a command, and what it is to read,
 * travel with the opening of the first channel, and with the command on any other. Only the first channel's number is foretold: a command
 * sent to a channel that is not there is run by nobody, so when the number is another one the connection is discarded, and nothing was
 * done. What the host refuses ends the channel with its words on standard error.
 */
export function foretellChannels(protocol: Protocol, discard: () => void): void {
  new ForetoldChannels(protocol, discard).install()
}

class ForetoldChannels {
  readonly #protocol: Protocol
  readonly #discard: () => void
  /** What ssh2 does with answers. */
  readonly #answer: Protocol['_handlers']
  /** The first channel, until the host confirms it. */
  #first: number | null = null
  #isFirst = true
  /** ssh2's numbers of channels by the host's. */
  readonly #numbers = new Map<number, number>()
  /** Channels whose commands the host has not answered. */
  readonly #started = new Set<number>()
  /** What the host's windows owe. */
  readonly #lent = new Map<number, number>()

  constructor(protocol: Protocol, discard: () => void) {
    this.#protocol = protocol
    this.#discard = discard
    this.#answer = { ...protocol._handlers }
  }

  install(): void {
    const protocol = this.#protocol
    const open = protocol.session
    const exec = protocol.exec
    protocol.session = (channel, window, packetSize) => {
      open(channel, window, packetSize)
      if (!this.#isFirst) return
      this.#isFirst = false
      this.#first = channel
      this.#confirm({ recipient: channel, sender: FIRST, window: 0, packetSize: PACKET })
    }
    protocol.exec = (number, command, wantsReply) => {
      exec(number, command, wantsReply)
      const channel = this.#numbers.get(number)!
      this.#started.add(channel)
      this.#answer.CHANNEL_SUCCESS(protocol, channel)
    }
    this.#check()
  }

  /** Gives ssh2 a channel whose window is open already. */
  #confirm(confirmation: Confirmation): void {
    const { recipient, sender, window } = confirmation
    this.#numbers.set(sender, recipient)
    this.#lent.set(recipient, LENT)
    this.#answer.CHANNEL_OPEN_CONFIRMATION(this.#protocol, { ...confirmation, window: window + LENT })
  }

  #check(): void {
    const handlers = this.#protocol._handlers
    handlers.CHANNEL_OPEN_CONFIRMATION = (_, confirmation) => {
      if (confirmation.recipient !== this.#first) return this.#confirm(confirmation)
      this.#first = null
      const { recipient, sender, packetSize, window } = confirmation
      if (sender === FIRST && packetSize >= PACKET) return this.#credit(recipient, window)
      this.#refuse(recipient, 'it calls itself OpenSSH, but numbers its channels otherwise')
      this.#discard()
    }
    handlers.CHANNEL_OPEN_FAILURE = (protocol, channel, reason, words) => {
      if (channel === this.#first) this.#refuse(channel, `it opens no channel: ${words}`)
      else this.#answer.CHANNEL_OPEN_FAILURE(protocol, channel, reason, words)
    }
    handlers.CHANNEL_WINDOW_ADJUST = (_, channel, amount) => this.#credit(channel, amount)
    handlers.CHANNEL_SUCCESS = (protocol, channel) => {
      if (!this.#started.delete(channel)) this.#answer.CHANNEL_SUCCESS(protocol, channel)
    }
    handlers.CHANNEL_FAILURE = (protocol, channel) => {
      if (this.#started.delete(channel)) this.#refuse(channel, 'it runs no command')
      else this.#answer.CHANNEL_FAILURE(protocol, channel)
    }
  }

  /** The host has opened its window: what was lent of it is paid first. */
  #credit(channel: number, amount: number): void {
    const debt = this.#lent.get(channel) ?? 0
    const paid = Math.min(debt, amount)
    if (paid < debt) this.#lent.set(channel, debt - paid)
    else this.#lent.delete(channel)
    if (amount > paid) this.#answer.CHANNEL_WINDOW_ADJUST(this.#protocol, channel, amount - paid)
  }

  #refuse(channel: number, words: string): void {
    this.#answer.CHANNEL_EXTENDED_DATA(this.#protocol, channel, Buffer.from(words), STDERR)
    this.#answer.CHANNEL_CLOSE(this.#protocol, channel)
  }
}
