import { Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { Attributes, Callable, present, Undefined } from '../python/types.ts'
import type { Statement } from '../syntax/ast.ts'
import { concat } from './concat.ts'
import { Context, emptyScope, Frame, scopeOf } from './context.ts'
import { capture, type Evaluate, type Program, runProgram, type Step } from './program.ts'

/** `{% block %}`: prints the innermost override of itself, unless a parent template is going to. */
export function compileBlock(node: Extract<Statement, { kind: 'block' }>, body: Step, blocks: Map<string, Step>): Step {
  const { name, scoped, required } = node
  const own: Step = required
    ? () => {
        throw new Problem({
          code: 'template.block',
          summary: 'A required block is missing',
          detail: `Required block '${name}' not found`,
        })
      }
    : body
  blocks.set(name, own)
  return (frame, out) => {
    const { context } = frame
    if (context.parent === null) runBlock(name, 0, scoped ? frame : rootFrame(context), out)
    return 'next'
  }
}

function rootFrame(context: Context): Frame {
  return new Frame(context, context.exported, null)
}

function runBlock(name: string, level: number, outer: Frame, out: Value[]): void {
  const { context } = outer
  const block = context.blocks.get(name)?.[level]
  const inner = outer.inner()
  inner.vars.set('super', superOf(name, level + 1, outer))
  inner.vars.set('self', new SelfReference(context))
  block?.(inner, out)
}

function superOf(name: string, level: number, outer: Frame): Value {
  const { context } = outer
  if (context.blocks.get(name)?.[level] === undefined) {
    return new Undefined({ name: 'super', hint: `there is no parent block called '${name}'.`, at: context.at })
  }
  return new Callable('super', () => capture(context, (out) => runBlock(name, level, outer, out)))
}

/** `self.title()` prints the block `title` once more. */
export class SelfReference extends Attributes {
  readonly typeName = 'TemplateReference'
  readonly #context: Context
  constructor(context: Context) {
    super()
    this.#context = context
  }
  attribute(name: string): Value | undefined {
    const context = this.#context
    if (!context.blocks.has(name)) return undefined
    return new Callable(name, () => capture(context, (out) => runBlock(name, 0, rootFrame(context), out)))
  }
}

/** `{% extends %}`: from here on only definitions count; the parent prints. */
export function compileExtends(template: Evaluate): Step {
  return (frame, out) => {
    const { context } = frame
    if (context.parent !== null) {
      throw new Problem({
        code: 'template.extends',
        summary: 'A template extends two others',
        detail: 'extended multiple times',
      })
    }
    context.parent = load(template(frame), context, false)
    context.extendedAt = out.length
    return 'next'
  }
}

function load(name: Value, context: Context, optional: boolean): Program | null {
  if (name instanceof Undefined) throw name.problem()
  const names = Array.isArray(name) ? listOf(name).map(str) : [str(name)]
  return context.host.load(names, context.path, optional)
}

export function compileInclude(template: Evaluate, node: Extract<Statement, { kind: 'include' }>): Step {
  return (frame, out) => {
    const { context } = frame
    const program = load(template(frame), context, node.ignoreMissing)
    if (program === null || context.parent !== null) return 'next'
    runProgram(program, child(program, frame, node.withContext), out)
    return 'next'
  }
}

function child(program: Program, frame: Frame, withContext: boolean): Context {
  const { context } = frame
  return new Context(
    context.host,
    withContext ? scopeOf(frame) : emptyScope,
    context.mode,
    context.at,
    program.unit.path,
  )
}

/** An imported template: its macros and variables without a leading underscore. */
class Module extends Attributes {
  readonly typeName = 'TemplateModule'
  readonly exported: ReadonlyMap<string, Value>
  readonly text: string
  constructor(exported: ReadonlyMap<string, Value>, text: string) {
    super()
    this.exported = exported
    this.text = text
  }
  attribute(name: string): Value | undefined {
    return name.startsWith('_') ? undefined : this.exported.get(name)
  }
}

function importModule(name: Value, frame: Frame, withContext: boolean): Module {
  const program = load(name, frame.context, false)!
  const context = child(program, frame, withContext)
  const out: Value[] = []
  runProgram(program, context, out)
  return new Module(context.exported, str(concat(out, 'text')))
}

export function compileImport(template: Evaluate, node: Extract<Statement, { kind: 'import' }>): Step {
  return (frame) => {
    frame.vars.set(node.alias, importModule(template(frame), frame, node.withContext))
    return 'next'
  }
}

export function compileFromImport(template: Evaluate, node: Extract<Statement, { kind: 'from-import' }>): Step {
  return (frame) => {
    const source = template(frame)
    const module = importModule(source, frame, node.withContext)
    for (const { name, alias } of node.names) {
      const hint = `the template ${str(source)} does not export the requested name '${name}'`
      const at = frame.context.position(node.place)
      frame.vars.set(
        alias,
        present(module.attribute(name), () => new Undefined({ name, hint, at })),
      )
    }
    return 'next'
  }
}
