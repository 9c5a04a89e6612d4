import type { Value } from '../../kernel/value.ts'
import { typeError, valueError } from '../problems.ts'
import { truthy } from '../python/compare.ts'
import { iterate } from '../python/sequence.ts'
import { Namespace, NativeText } from '../python/types.ts'
import { capturedName, type MacroShape, type Place, type Statement, type Target } from '../syntax/ast.ts'
import { compileCall } from './compile-call.ts'
import type { Compiler } from './compile-expression.ts'
import { compileFor } from './compile-for.ts'
import { compileBlock, compileExtends, compileFromImport, compileImport, compileInclude } from './compile-template.ts'
import { finalize, fixPrinted } from './concat.ts'
import type { Frame } from './context.ts'
import { type MacroPlan, makeMacro } from './macro.ts'
import { capture, type Step } from './program.ts'

export type Blocks = Map<string, Step>

/** Statements → one step. `blocks` collects the blocks among them. */
export function compileBody(compiler: Compiler, body: readonly Statement[], blocks: Blocks): Step {
  const steps = body.map((statement) => compileStatement(compiler, statement, blocks))
  if (steps.length === 1) return steps[0]!
  return (frame, out) => {
    for (const step of steps) {
      const flow = step(frame, out)
      if (flow !== 'next') return flow
    }
    return 'next'
  }
}

function compileStatement(compiler: Compiler, node: Statement, blocks: Blocks): Step {
  const step = statementStep(compiler, node, blocks)
  if (node.kind === 'data') return step
  const { place } = node
  return (frame, out) => {
    try {
      return step(frame, out)
    } catch (error) {
      throw frame.context.locate(error, place)
    }
  }
}

function statementStep(compiler: Compiler, node: Statement, blocks: Blocks): Step {
  switch (node.kind) {
    case 'data':
      return (_, out) => {
        out.push(node.text)
        if (compiler.changes) fixPrinted(out)
        return 'next'
      }
    case 'output':
      return compileOutput(compiler, node)
    case 'if':
      return compileIf(compiler, node, blocks)
    case 'for':
      return compileFor(compiler, node, blocks)
    case 'set': {
      const value = compiler.keep(node.value)
      const assign = compileTarget(node.target)
      return quietly((frame) => assign(frame, value(frame)))
    }
    case 'set-block':
      return compileSetBlock(compiler, node, blocks)
    case 'with':
      return compileWith(compiler, node, blocks)
    case 'macro': {
      const plan = macroPlan(compiler, node.macro, blocks)
      return quietly((frame) => frame.vars.set(plan.name, makeMacro(plan, frame)))
    }
    case 'call-block':
      return compileCallBlock(compiler, node, blocks)
    case 'filter-block':
      return compileFilterBlock(compiler, node, blocks)
    case 'do': {
      const value = compiler.evaluate(node.value)
      return quietly((frame) => value(frame))
    }
    case 'break':
    case 'continue':
      return () => node.kind
    case 'scope': {
      const body = compileBody(compiler, node.body, blocks)
      return (frame, out) => body(frame.inner(), out)
    }
    default:
      return templateStep(compiler, node, blocks)
  }
}

function templateStep(compiler: Compiler, node: Statement, blocks: Blocks): Step {
  switch (node.kind) {
    case 'block':
      return compileBlock(node, compileBody(compiler, node.body, blocks), blocks)
    case 'extends':
      return compileExtends(compiler.evaluate(node.template))
    case 'include':
      return compileInclude(compiler.evaluate(node.template), node)
    case 'import':
      return compileImport(compiler.evaluate(node.template), node)
    case 'from-import':
      return compileFromImport(compiler.evaluate(node.template), node)
    default:
      throw new Error(`no such statement: ${node.kind}`)
  }
}

function quietly(act: (frame: Frame) => unknown): Step {
  return (frame) => {
    act(frame)
    return 'next'
  }
}

function compileOutput(compiler: Compiler, node: Extract<Statement, { kind: 'output' }>): Step {
  const value = compiler.keep(node.value)
  return (frame, out) => {
    if (frame.context.parent === null) out.push(finalize(value(frame), frame.context.mode))
    else value(frame)
    if (compiler.changes) fixPrinted(out)
    return 'next'
  }
}

function compileIf(compiler: Compiler, node: Extract<Statement, { kind: 'if' }>, blocks: Blocks): Step {
  const branches = node.branches.map(({ test, body }) => ({
    test: compiler.evaluate(test),
    body: compileBody(compiler, body, blocks),
  }))
  const otherwise = compileBody(compiler, node.otherwise, blocks)
  return (frame, out) => {
    for (const { test, body } of branches) if (truthy(test(frame))) return body(frame, out)
    return otherwise(frame, out)
  }
}

function compileSetBlock(compiler: Compiler, node: Extract<Statement, { kind: 'set-block' }>, blocks: Blocks): Step {
  const body = compileBody(compiler, node.body, blocks)
  const assign = compileTarget(node.target)
  const filter = node.filter === null ? null : compiler.keep(node.filter)
  return (frame) => {
    const inner = frame.inner()
    const text = capture(frame.context, (out) => body(inner, out))
    inner.vars.set(capturedName, text)
    assign(frame, filter === null ? text : filter(inner))
    return 'next'
  }
}

function compileWith(compiler: Compiler, node: Extract<Statement, { kind: 'with' }>, blocks: Blocks): Step {
  const bindings = node.bindings.map(({ target, value }) => ({
    assign: compileTarget(target),
    value: compiler.evaluate(value),
  }))
  const body = compileBody(compiler, node.body, blocks)
  return (frame, out) => {
    const inner = frame.inner()
    for (const { assign, value } of bindings) assign(inner, value(frame))
    return body(inner, out)
  }
}

/** What a macro or call block needs to be made at run time. */
function macroPlan(compiler: Compiler, macro: MacroShape, blocks: Blocks): MacroPlan {
  const { result, used } = compiler.track(() => ({
    parameters: macro.parameters.map(({ name, fallback }) => ({
      name,
      fallback: fallback === null ? null : compiler.evaluate(fallback),
    })),
    body: compileBody(compiler, macro.body, blocks),
  }))
  return { name: macro.name, used, ...result }
}

function compileCallBlock(compiler: Compiler, node: Extract<Statement, { kind: 'call-block' }>, blocks: Blocks): Step {
  const plan = macroPlan(compiler, node.macro, blocks)
  if (node.call.kind !== 'call') throw new Error('a call block without a call')
  const call = compileCall(compiler, node.call.of, node.call.args, (frame) => ['caller', makeMacro(plan, frame)])
  return (frame, out) => {
    out.push(call(frame))
    return 'next'
  }
}

function compileFilterBlock(
  compiler: Compiler,
  node: Extract<Statement, { kind: 'filter-block' }>,
  blocks: Blocks,
): Step {
  const body = compileBody(compiler, node.body, blocks)
  const filter = compiler.keep(node.filter)
  return (frame, out) => {
    const inner = frame.inner()
    const text = capture(frame.context, (captured) => body(inner, captured))
    inner.vars.set(capturedName, text)
    out.push(filter(inner))
    return 'next'
  }
}

/** How a value gets into a target's variables. */
export function compileTarget(target: Target): (frame: Frame, value: Value) => void {
  switch (target.kind) {
    case 'name': {
      const { name } = target
      return (frame, value) => frame.vars.set(name, value)
    }
    case 'attribute':
      return attributeTarget(target.name, target.attribute, target.place)
    case 'tuple': {
      const targets = target.items.map(compileTarget)
      return (frame, value) => {
        const values = Array.from(iterate(value instanceof NativeText ? value.text : value))
        if (values.length !== targets.length) throw unpackError(targets.length, values.length)
        for (const [index, assign] of targets.entries()) assign(frame, values[index]!)
      }
    }
  }
}

function attributeTarget(name: string, attribute: string, place: Place): (frame: Frame, value: Value) => void {
  return (frame, value) => {
    const namespace = frame.find(name)
    if (!(namespace instanceof Namespace)) {
      throw frame.context.locate(typeError('cannot assign attribute on non-namespace object'), place)
    }
    namespace.values.set(attribute, value)
  }
}

function unpackError(wanted: number, got: number): Error {
  return valueError(
    got > wanted
      ? `too many values to unpack (expected ${wanted})`
      : `not enough values to unpack (expected ${wanted}, got ${got})`,
  )
}
