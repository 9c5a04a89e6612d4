import type { Value } from '../../kernel/value.ts'
import type { Unit } from '../syntax/ast.ts'
import { concat } from './concat.ts'
import { type Context, Frame } from './context.ts'

/** What a statement tells the loop around it. */
export type Flow = 'next' | 'break' | 'continue'

/** A compiled statement: appends what it prints to `out`. */
export type Step = (frame: Frame, out: Value[]) => Flow

export type Evaluate = (frame: Frame) => Value

/** A compiled template. */
export type Program = {
  readonly unit: Unit
  readonly body: Step
  readonly blocks: ReadonlyMap<string, Step>
}

/** Runs a template into `out`, its parents after it. */
export function runProgram(program: Program, context: Context, out: Value[]): void {
  let current: Program | null = program
  while (current !== null) {
    for (const [name, block] of current.blocks) {
      const stack = context.blocks.get(name)
      if (stack === undefined) context.blocks.set(name, [block])
      else stack.push(block)
    }
    context.parent = null
    current.body(new Frame(context, context.exported, null), out)
    current = context.parent as Program | null
    if (current !== null) out.length = context.extendedAt
  }
}

/** What `print` writes while it runs, as one value of the context's mode. */
export function capture(context: Context, print: (out: Value[]) => void): Value {
  const out: Value[] = []
  const { parent } = context
  context.parent = null
  try {
    print(out)
  } finally {
    context.parent = parent
  }
  return concat(out, context.mode)
}
