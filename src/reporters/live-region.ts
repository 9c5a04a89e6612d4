import type { DefaultRenderer, ListrTaskWrapper } from 'listr2'
import type { Output } from './reporter.ts'
import type { Live } from './tree-view.ts'

/** Nothing is drawn for work that ends sooner than this: a run without changes would only flicker. */
const DELAY_MS = 80

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer>
type Drawing = { task: Wrapper | null; readonly stop: () => void; readonly ended: Promise<unknown> }

/** The moving lines at the bottom of a terminal, drawn by listr2. */
export class LiveRegion {
  readonly #out: Output
  readonly #err: Output
  readonly #colour: boolean
  #content: Live | null = null
  #timer: NodeJS.Timeout | null = null
  #drawing: Drawing | null = null
  #last: Promise<unknown> = Promise.resolve()
  #over = false

  constructor(out: Output, err: Output, colour: boolean) {
    this.#out = out
    this.#err = err
    this.#colour = colour
  }

  /** Draws this from now on; null: nothing. */
  show(content: Live | null): void {
    this.#content = content
    if (content === null) this.stop()
    else if (this.#drawing !== null) this.#refresh()
    else if (!this.#over) {
      this.#timer ??= setTimeout(() => {
        this.#timer = null
        this.#start()
      }, DELAY_MS).unref()
    }
  }

  /** Takes the lines off the terminal at once; what is written next stands where they were. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#drawing?.stop()
    this.#drawing = null
  }

  async end(): Promise<void> {
    this.#over = true
    for (const signal of SIGNALS) process.removeListener(signal, this.#interrupted)
    this.stop()
    await this.#last
  }

  /**
   * The cursor comes back before the process goes. First in the row of listeners and then out of it, so that the others decide
   * whether it goes as if this one had never been there.
   */
  readonly #interrupted = (signal: NodeJS.Signals): void => {
    this.stop()
    process.removeListener(signal, this.#interrupted)
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }

  #start(): void {
    for (const signal of SIGNALS) {
      if (!process.listeners(signal).includes(this.#interrupted)) process.prependListener(signal, this.#interrupted)
    }
    const previous = this.#last
    const drawing: Drawing = { task: null, ...this.#draw(previous, (task) => this.#began(drawing, task)) }
    this.#drawing = drawing
    this.#last = drawing.ended
  }

  #began(drawing: Drawing, task: Wrapper): void {
    drawing.task = task
    if (this.#drawing === drawing) this.#refresh()
  }

  #refresh(): void {
    const task = this.#drawing?.task
    if (task == null || this.#content === null) return
    task.title = this.#content.title
    task.output = this.#content.lines.join('\n')
  }

  /**
   * One listr2 run, which lasts until it is stopped; `stop` clears its lines before it returns. The lines are decoration: if they
   * can't be drawn, the report goes on without them.
   */
  #draw(previous: Promise<unknown>, began: (task: Wrapper) => void): { stop: () => void; ended: Promise<unknown> } {
    let stopped = false
    let clear: () => void = () => undefined
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const run = async () => {
      const { DefaultRenderer, Listr, ListrLogger, ProcessOutput } = await import('listr2')
      await previous
      if (stopped) return
      /** Draws on the streams given, whatever the process's own are, and can be ended before its tasks are. */
      class Renderer extends DefaultRenderer {
        static override nonTTY = true
        #drawn = false
        override async render(): Promise<void> {
          await super.render()
          this.#drawn = true
          clear = () => this.end()
          if (stopped) this.end()
        }
        override update(): void {
          if (this.#drawn) super.update()
        }
        override end(): void {
          if (this.#drawn) super.end()
          this.#drawn = false
        }
      }
      const terminal = new ProcessOutput(this.#out as NodeJS.WriteStream, this.#err as NodeJS.WriteStream, {
        leaveEmptyLine: false,
      })
      const list = new Listr<unknown, typeof Renderer, typeof Renderer>(
        [
          {
            title: this.#content?.title ?? '',
            task: (_, task) => {
              began(task)
              return finished
            },
          },
        ],
        {
          renderer: Renderer,
          rendererOptions: {
            clearOutput: true,
            ...(this.#colour ? {} : { color: { PENDING: plain, COMPLETED: plain, OUTPUT: plain } }),
            formatOutput: 'truncate',
            logger: new ListrLogger({ useIcons: true, processOutput: terminal }),
          },
          fallbackRenderer: Renderer,
          registerSignalListeners: false,
        },
      )
      await list.run()
    }
    const stop = () => {
      stopped = true
      clear()
      finish()
    }
    const ended = run().catch(() => {
      this.#over = true
    })
    return { stop, ended }
  }
}

function plain(text = ''): string {
  return text
}
