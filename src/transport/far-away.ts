import { isIP, type Socket } from 'node:net'

/** A connection that takes longer, in milliseconds, is one to another data centre. */
const FAR = 10

/**
 * Whether the host is far away, judged by a connection that is just being made: told when it has been made. To find the host's address
 * does not count, nor does what this process does meanwhile.
 */
export function isFarAway(host: string, socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let isFar = false
    const begin = () => {
      // What has come while this process did something else is taken in between the two.
      const look = () => {
        isFar = socket.connecting
      }
      setTimeout(() => setImmediate(look), FAR).unref()
    }
    if (isIP(host) === 0) socket.once('lookup', begin)
    else begin()
    socket.once('connect', () => resolve(isFar))
  })
}
