/** What ends with a mark: the output of a step and its exit code. */
type Waiting = {
  readonly mark: Buffer
  readonly done: (output: Buffer, code: number, processes: number) => void
  /** The step asks for one of its streams; it goes on afterwards. */
  readonly asks: (stream: number) => void
  /** Takes the output as it comes; what `done` is given is then empty. */
  readonly sink: ((output: Buffer) => void) | null
}

/** Cuts a stream into the outputs of steps: each ends with its mark and, when `withCode`, ` CODE;` or ` CODE PROCESSES;`. A mark with ` rN;` asks for stream N. */
export class MarkReader {
  readonly #waiting: Waiting[] = []
  readonly #withCode: boolean
  #chunks: Buffer[] = []
  #searched = 0
  received = 0

  constructor(withCode: boolean) {
    this.#withCode = withCode
  }

  expect(mark: string, done: Waiting['done'], asks: Waiting['asks'] = () => {}, sink: Waiting['sink'] = null): void {
    this.#waiting.push({ mark: Buffer.from(mark), done, asks, sink })
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
    const { mark, done, asks, sink } = this.#waiting[0]!
    const length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    // Join only when the last chunks can hold the mark, so that long outputs are not copied again and again.
    const overlap = mark.length + 16
    if (this.#tail(length - this.#searched + overlap).indexOf(mark) === -1) {
      this.#searched = length
      if (sink !== null && length > overlap) this.#pour(sink, length - overlap)
      return false
    }
    const all = Buffer.concat(this.#chunks)
    const start = all.indexOf(mark)
    let end = start + mark.length
    let code = '0'
    if (this.#withCode) {
      const semicolon = all.indexOf(0x3b, end)
      if (semicolon === -1) return false
      code = all.subarray(end, semicolon).toString('latin1').trim()
      end = semicolon + 1
    }
    const [before, after] = [all.subarray(0, start), all.subarray(end)]
    if (code.startsWith('r')) {
      this.#keep(before, after)
      asks(Number(code.slice(1)))
      return true
    }
    this.#waiting.shift()
    this.#keep(after)
    sink?.(before)
    const [exit, processes] = code.split(' ').map(Number)
    done(sink === null ? before : EMPTY, exit!, processes ?? 0)
    return true
  }

  #pour(sink: (output: Buffer) => void, length: number): void {
    const all = Buffer.concat(this.#chunks)
    sink(all.subarray(0, length))
    this.#keep(all.subarray(length))
  }

  #keep(...chunks: readonly Buffer[]): void {
    this.#chunks = chunks.filter((chunk) => chunk.length > 0)
    this.#searched = 0
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

const EMPTY = Buffer.alloc(0)
