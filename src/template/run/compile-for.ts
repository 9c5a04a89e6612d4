import type { Value } from '../../kernel/value.ts'
import { truthy } from '../python/compare.ts'
import { listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'
import type { Statement } from '../syntax/ast.ts'
import type { Compiler } from './compile-expression.ts'
import { type Blocks, compileBody, compileTarget } from './compile-statement.ts'
import type { Frame } from './context.ts'
import { Loop } from './loop.ts'
import { capture, type Evaluate, type Flow, type Step } from './program.ts'

type Assign = (frame: Frame, value: Value) => void

type Plan = {
  readonly assign: Assign
  readonly condition: Evaluate | null
  readonly body: Step
  readonly otherwise: Step
  readonly usesLoop: boolean
  readonly recursive: boolean
}

/** `{% for %}`: a fresh frame for every iteration; `else` when no iteration ran to its end, as in Jinja2. */
export function compileFor(compiler: Compiler, node: Extract<Statement, { kind: 'for' }>, blocks: Blocks): Step {
  const items = compiler.evaluate(node.items)
  const condition = node.condition === null ? null : compiler.evaluate(node.condition)
  const { result: body, used } = compiler.track(() => compileBody(compiler, node.body, blocks))
  const plan: Plan = {
    assign: compileTarget(node.target),
    condition,
    body,
    otherwise: compileBody(compiler, node.otherwise, blocks),
    usesLoop: node.recursive || used.has('loop'),
    recursive: node.recursive,
  }
  return (frame, out) => {
    iterateLoop(plan, frame, items(frame), 0, out)
    return 'next'
  }
}

function iterateLoop(plan: Plan, frame: Frame, source: Value, depth: number, out: Value[]): Flow {
  const items = matching(plan, frame, listOf(source))
  const loop = plan.usesLoop ? new Loop(items, depth, plan.recursive ? recursion(plan, frame, depth) : null) : null
  let completed = false
  for (let index = 0; index < items.length; index++) {
    const inner = frame.inner()
    if (loop !== null) {
      loop.index0 = index
      inner.vars.set('loop', loop)
    }
    plan.assign(inner, items[index]!)
    const flow = plan.body(inner, out)
    if (flow === 'break') break
    if (flow === 'next') completed = true
  }
  return completed ? 'next' : plan.otherwise(frame.inner(), out)
}

function recursion(plan: Plan, frame: Frame, depth: number): Call {
  return (args) =>
    capture(frame.context, (out) => {
      iterateLoop(plan, frame, args[0] === undefined ? [] : args[0], depth + 1, out)
    })
}

function matching(plan: Plan, frame: Frame, items: readonly Value[]): readonly Value[] {
  const { condition, assign } = plan
  if (condition === null) return items
  return items.filter((item) => {
    const inner = frame.inner()
    assign(inner, item)
    return truthy(condition(inner))
  })
}
