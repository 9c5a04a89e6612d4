import { didYouMean } from '../../kernel/problem.ts'
import type { Expression, Place, Statement, Target, Tree, Unit } from './ast.ts'
import { type Fail, type LexerOptions, Lines, tokenize } from './lexer.ts'
import { parseExpression, parseTuple } from './parse-expression.ts'
import { isReserved, parsePrimary } from './parse-primary.ts'
import { type Body, type Parsing, statementParsers } from './parse-statements.ts'
import { describe, TokenStream } from './token-stream.ts'

/** How a syntax error at a place of the template becomes a problem. */
export type FailPlace = (detail: string, place: Place, hint?: string) => never

/** A template's text → its tree. Raises `template.syntax`. */
export function parseTemplate(source: string, unit: Unit, options: LexerOptions, fail: FailPlace): Tree {
  const parser = new Parser(stream(source, unit, options, fail))
  return { unit, body: parser.template(), assigned: parser.assigned }
}

/** A bare expression (`when:`) → its tree. */
export function parseBare(source: string, unit: Unit, options: LexerOptions, fail: FailPlace): Expression {
  const shift = options.blockStart.length + 1
  const shifted: FailPlace = (detail, place, hint) => fail(detail, unshift(place, shift), hint)
  const tokens = stream(`${options.blockStart} ${source} ${options.blockEnd}`, unit, options, shifted)
  tokens.next()
  if (tokens.current.kind === 'block-end') tokens.fail('the condition is empty')
  const expression = parseExpression(tokens)
  if (tokens.current.kind !== 'block-end') tokens.fail(`unexpected ${describe(tokens.current)}`)
  tokens.next()
  if (tokens.current.kind !== 'end') tokens.fail('the condition ends too early')
  return expression
}

function unshift(place: Place, by: number): Place {
  return place.line === 1 ? { ...place, column: Math.max(1, place.column - by) } : place
}

function stream(source: string, unit: Unit, options: LexerOptions, fail: FailPlace): TokenStream {
  const lines = new Lines(source)
  const failAt: Fail = (detail, offset, hint) => fail(detail, { unit, ...lines.at(offset) }, hint)
  return new TokenStream(tokenize(source, options, failAt), unit, (detail, token, hint) =>
    fail(detail, { unit, line: token.line, column: token.column }, hint),
  )
}

class Parser implements Parsing {
  readonly stream: TokenStream
  readonly assigned = new Set<string>()
  readonly blocks = new Set<string>()
  readonly #open: string[] = []

  constructor(stream: TokenStream) {
    this.stream = stream
  }

  template(): Statement[] {
    const body = this.#statements([])
    if (this.stream.current.kind !== 'end') this.stream.fail(`unexpected ${describe(this.stream.current)}`)
    return body
  }

  body(ends: readonly string[], dropEnd = true): Body {
    if (this.stream.current.kind === 'operator' && this.stream.current.text === ':') this.stream.next()
    this.stream.expect('block-end', 'the end of the statement')
    this.#open.push(ends.at(-1)!)
    const statements = this.#statements(ends)
    const opened = this.#open.pop()
    if (this.stream.current.kind === 'end') {
      this.stream.fail(`Unexpected end of template. '${opened}' is missing`)
    }
    const end = this.stream.current.text
    if (dropEnd) this.stream.next()
    return { statements, end }
  }

  /** Everything up to a tag named in `ends`; stands on that name afterwards. */
  #statements(ends: readonly string[]): Statement[] {
    const body: Statement[] = []
    for (;;) {
      const place = this.stream.place()
      const token = this.stream.current
      if (token.kind === 'end') return body
      this.stream.next()
      if (token.kind === 'data') body.push({ kind: 'data', place, text: token.text })
      else if (token.kind === 'variable-start') {
        body.push({ kind: 'output', place, value: parseTuple(this.stream) })
        this.stream.expect('variable-end', 'the end of the expression')
      } else {
        if (this.stream.current.kind === 'name' && ends.includes(this.stream.current.text)) return body
        body.push(this.#statement())
        this.stream.expect('block-end', 'the end of the statement')
      }
    }
  }

  #statement(): Statement {
    const place = this.stream.place()
    const token = this.stream.expect('name', 'a tag name')
    const parse = statementParsers.get(token.text)
    if (parse !== undefined) return parse(this, place)
    const opened = this.#open.at(-1)
    const expected = opened === undefined ? '' : `; the innermost open tag needs '${opened}'`
    return this.stream.fail(
      `Encountered unknown tag '${token.text}'${expected}`,
      token,
      didYouMean(token.text, statementParsers.keys()),
    )
  }

  target(options: { readonly namespace?: boolean; readonly end?: string } = {}): Target {
    const place = this.stream.place()
    const first = this.stream.look(1)
    if (
      options.namespace === true &&
      this.stream.current.kind === 'name' &&
      first.kind === 'operator' &&
      first.text === '.'
    ) {
      const name = this.stream.next().text
      this.stream.next()
      return { kind: 'attribute', place, name, attribute: this.stream.expectName().text }
    }
    const node = parseTuple(this.stream, {
      item: parsePrimary,
      ...(options.end === undefined ? {} : { end: [options.end] }),
    })
    return this.#toTarget(node)
  }

  name(): string {
    const token = this.stream.expectName()
    return this.#assign(token.text)
  }

  #assign(name: string): string {
    if (isReserved(name)) this.stream.fail(`can't assign to '${name}'`)
    this.assigned.add(name)
    return name
  }

  #toTarget(node: Expression): Target {
    if (node.kind === 'name') return { kind: 'name', place: node.place, name: this.#assign(node.name) }
    if (node.kind === 'tuple' || node.kind === 'list') {
      return { kind: 'tuple', place: node.place, items: node.items.map((item) => this.#toTarget(item)) }
    }
    const { line, column } = node.place
    return this.stream.fail("can't assign to this", { kind: 'name', text: '', value: '', line, column })
  }
}
