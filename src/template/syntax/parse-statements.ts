import {
  capturedName,
  type Expression,
  type MacroShape,
  type Parameter,
  type Place,
  type Statement,
  type Target,
} from './ast.ts'
import { parseExpression, parseFilterChain, parseOr, parseTuple } from './parse-expression.ts'
import type { TokenStream } from './token-stream.ts'

export type Body = { readonly statements: Statement[]; readonly end: string }

/** What a statement's parser may use of the parser of the whole. */
export type Parsing = {
  readonly stream: TokenStream
  readonly assigned: Set<string>
  readonly blocks: Set<string>
  /** The statements up to a tag named in `ends`, after the current tag's end. */
  body(ends: readonly string[], dropEnd?: boolean): Body
  target(options?: { readonly namespace?: boolean; readonly end?: string }): Target
  /** A name that is assigned. */
  name(): string
}

type StatementParser = (parsing: Parsing, place: Place) => Statement

function parseIf(parsing: Parsing, place: Place): Statement {
  const branches: { test: Expression; body: Statement[] }[] = []
  for (;;) {
    const test = parseTuple(parsing.stream, { item: parseOr })
    const { statements, end } = parsing.body(['elif', 'else', 'endif'])
    branches.push({ test, body: statements })
    if (end === 'elif') continue
    const otherwise = end === 'else' ? parsing.body(['endif']).statements : []
    return { kind: 'if', place, branches, otherwise }
  }
}

function parseFor(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const target = parsing.target({ end: 'in' })
  stream.expectName('in')
  const items = parseTuple(stream, { item: parseOr, end: ['recursive'] })
  const condition = stream.takeName('if') ? parseExpression(stream) : null
  const recursive = stream.takeName('recursive')
  parsing.assigned.add('loop')
  const { statements, end } = parsing.body(['else', 'endfor'])
  const otherwise = end === 'else' ? parsing.body(['endfor']).statements : []
  return { kind: 'for', place, target, items, condition, recursive, body: statements, otherwise }
}

function parseSet(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const target = parsing.target({ namespace: true })
  if (stream.takeOperator('=')) return { kind: 'set', place, target, value: parseTuple(stream) }
  const filter = stream.takeOperator('|') ? parseFilterChain(stream, captured(place)) : null
  return { kind: 'set-block', place, target, filter, body: parsing.body(['endset']).statements }
}

function captured(place: Place): Expression {
  return { kind: 'name', place, name: capturedName }
}

function parseWith(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const bindings: { target: Target; value: Expression }[] = []
  while (stream.current.kind !== 'block-end') {
    if (bindings.length > 0) stream.expectOperator(',')
    const target = parsing.target({ end: '=' })
    stream.expectOperator('=')
    bindings.push({ target, value: parseExpression(stream) })
  }
  return { kind: 'with', place, bindings, body: parsing.body(['endwith']).statements }
}

function parseParameters(parsing: Parsing): Parameter[] {
  const { stream } = parsing
  const parameters: Parameter[] = []
  stream.expectOperator('(')
  while (!stream.isOperator(')')) {
    if (parameters.length > 0) stream.expectOperator(',')
    if (stream.isOperator(')')) break
    const name = parsing.name()
    const fallback = stream.takeOperator('=') ? parseExpression(stream) : null
    if (fallback === null && parameters.some((parameter) => parameter.fallback !== null)) {
      stream.fail('non-default argument follows default argument')
    }
    parameters.push({ name, fallback })
  }
  stream.expectOperator(')')
  return parameters
}

function macroShape(parsing: Parsing, name: string, end: string, parameters: Parameter[]): MacroShape {
  for (const special of ['caller', 'varargs', 'kwargs']) parsing.assigned.add(special)
  return { name, parameters, body: parsing.body([end]).statements }
}

function parseMacro(parsing: Parsing, place: Place): Statement {
  const name = parsing.name()
  return { kind: 'macro', place, macro: macroShape(parsing, name, 'endmacro', parseParameters(parsing)) }
}

function parseCall(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const parameters = stream.isOperator('(') ? parseParameters(parsing) : []
  const call = parseExpression(stream)
  if (call.kind !== 'call') stream.fail('expected call')
  return { kind: 'call-block', place, call, macro: macroShape(parsing, 'caller', 'endcall', parameters) }
}

function parseFilterBlock(parsing: Parsing, place: Place): Statement {
  const filter = parseFilterChain(parsing.stream, captured(place))
  return { kind: 'filter-block', place, filter, body: parsing.body(['endfilter']).statements }
}

function parseBlock(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const { text: name } = stream.expectName()
  if (parsing.blocks.has(name)) stream.fail(`block '${name}' defined twice`)
  parsing.blocks.add(name)
  const scoped = stream.takeName('scoped')
  const required = stream.takeName('required')
  const body = parsing.body(['endblock']).statements
  stream.takeName(name)
  const onlyBlank = body.every((node) => node.kind === 'data' && node.text.trim() === '')
  if (required && !onlyBlank) stream.fail('Required blocks can only contain comments or whitespace')
  return { kind: 'block', place, name, scoped, required, body }
}

function withContext(stream: TokenStream, fallback: boolean): boolean {
  const following = stream.look(1)
  if (!(stream.isName('with') || stream.isName('without')) || following.text !== 'context') return fallback
  const answer = stream.next().text === 'with'
  stream.next()
  return answer
}

function parseInclude(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const template = parseExpression(stream)
  const ignoreMissing = stream.isName('ignore') && stream.look(1).text === 'missing'
  if (ignoreMissing) {
    stream.next()
    stream.next()
  }
  return { kind: 'include', place, template, ignoreMissing, withContext: withContext(stream, true) }
}

function parseImport(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const template = parseExpression(stream)
  stream.expectName('as')
  const alias = parsing.name()
  return { kind: 'import', place, template, alias, withContext: withContext(stream, false) }
}

function parseFrom(parsing: Parsing, place: Place): Statement {
  const { stream } = parsing
  const template = parseExpression(stream)
  stream.expectName('import')
  const names: { name: string; alias: string }[] = []
  while (stream.current.kind === 'name' && !(isContextClause(stream) && names.length > 0)) {
    const { text: name } = stream.expectName()
    if (name.startsWith('_')) stream.fail('names starting with an underline can not be imported')
    const alias = stream.takeName('as') ? parsing.name() : name
    parsing.assigned.add(alias)
    names.push({ name, alias })
    if (!stream.takeOperator(',')) break
  }
  if (names.length === 0) stream.fail('expected a name to import')
  return { kind: 'from-import', place, template, names, withContext: withContext(stream, false) }
}

function isContextClause(stream: TokenStream): boolean {
  return (stream.isName('with') || stream.isName('without')) && stream.look(1).text === 'context'
}

/** By tag name. */
export const statementParsers: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ['if', parseIf],
  ['for', parseFor],
  ['set', parseSet],
  ['with', parseWith],
  ['macro', parseMacro],
  ['call', parseCall],
  ['filter', parseFilterBlock],
  ['block', parseBlock],
  ['extends', ({ stream }, place) => ({ kind: 'extends', place, template: parseExpression(stream) })],
  ['include', parseInclude],
  ['import', parseImport],
  ['from', parseFrom],
  ['do', ({ stream }, place) => ({ kind: 'do', place, value: parseTuple(stream) })],
  ['print', ({ stream }, place) => ({ kind: 'output', place, value: parseTuple(stream) })],
  ['break', (_, place) => ({ kind: 'break', place })],
  ['continue', (_, place) => ({ kind: 'continue', place })],
  [
    'autoescape',
    (parsing, place) => {
      parseExpression(parsing.stream)
      return { kind: 'scope', place, body: parsing.body(['endautoescape']).statements }
    },
  ],
])
