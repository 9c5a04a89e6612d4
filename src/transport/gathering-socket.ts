import { connect, type Socket } from 'node:net'

/**
 * A TCP socket without Nagle's delay that sends together what is written in one go: ssh2 writes the length, the content and the checksum of
 * each packet one by one, and every write would be a system call and a segment of its own.
 */
export function gatheringSocket(host: string, port: number): Socket {
  const socket = connect({ host, port, noDelay: true })
  const write = socket.write.bind(socket)
  socket.write = (bytes: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(bytes, encoding as BufferEncoding, written)
  }
  return socket
}

type Written = (error?: Error | null) => void
