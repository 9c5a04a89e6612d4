/** Cuts a stream into the outputs of steps: each ends with its mark and, when `withCode`, ` CODE;`. */
export class MarkReader {
  readonly #waiting: { mark: Buffer; done: (output: Buffer, code: number) => void }[] = []
  readonly #withCode: boolean
  #chunks: Buffer[] = []
  #searched = 0
  received = 0

  constructor(withCode: boolean) {
    this.#withCode = withCode
  }

  expect(mark: string, done: (output: Buffer, code: number) => void): void {
    this.#waiting.push({ mark: Buffer.from(mark), done })
  }

  push(chunk: Buffer): void {
    this.received += chunk.length
    this.#chunks.push(chunk)
    while (this.#waiting.length > 0 && this.#take()) {}
  }

  /** What came since the last mark: the words of a shell that broke off. */
  rest(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  #take(): boolean {
    const { mark, done } = this.#waiting[0]!
    const length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    // Join only when the last chunks can hold the mark, so that long outputs are not copied again and again.
    const overlap = mark.length + 16
    if (this.#tail(length - this.#searched + overlap).indexOf(mark) === -1) {
      this.#searched = length
      return false
    }
    const all = Buffer.concat(this.#chunks)
    const start = all.indexOf(mark)
    let end = start + mark.length
    let code = 0
    if (this.#withCode) {
      const semicolon = all.indexOf(0x3b, end)
      if (semicolon === -1) return false
      code = Number(all.subarray(end, semicolon).toString('latin1'))
      end = semicolon + 1
    }
    this.#waiting.shift()
    this.#chunks = end === all.length ? [] : [all.subarray(end)]
    this.#searched = 0
    done(all.subarray(0, start), code)
    return true
  }

  #tail(length: number): Buffer {
    const taken: Buffer[] = []
    for (let index = this.#chunks.length - 1, left = length; index >= 0 && left > 0; index--) {
      taken.unshift(this.#chunks[index]!)
      left -= this.#chunks[index]!.length
    }
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken)
  }
}
