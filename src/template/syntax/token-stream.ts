import type { Place, Unit } from './ast.ts'
import type { Token, TokenKind } from './tokens.ts'

/** How the parser reports what is wrong at a token. */
type FailAt = (detail: string, token: Token, hint?: string) => never

/** The tokens of one template and how far the parser is. */
export class TokenStream {
  readonly unit: Unit
  readonly #tokens: readonly Token[]
  readonly #failAt: FailAt
  #index = 0

  constructor(tokens: readonly Token[], unit: Unit, failAt: FailAt) {
    this.#tokens = tokens
    this.unit = unit
    this.#failAt = failAt
  }

  get current(): Token {
    return this.#tokens[this.#index]!
  }

  look(ahead: number): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!
  }

  next(): Token {
    const token = this.current
    if (token.kind !== 'end') this.#index++
    return token
  }

  place(): Place {
    return { unit: this.unit, line: this.current.line, column: this.current.column }
  }

  isOperator(text: string): boolean {
    return this.current.kind === 'operator' && this.current.text === text
  }

  isName(text: string): boolean {
    return this.current.kind === 'name' && this.current.text === text
  }

  /** Takes the operator if it is next. */
  takeOperator(text: string): boolean {
    const found = this.isOperator(text)
    if (found) this.next()
    return found
  }

  takeName(text: string): boolean {
    const found = this.isName(text)
    if (found) this.next()
    return found
  }

  expectOperator(text: string): Token {
    if (!this.isOperator(text)) this.fail(`expected '${text}', got ${describe(this.current)}`)
    return this.next()
  }

  expectName(text?: string): Token {
    if (this.current.kind !== 'name' || (text !== undefined && this.current.text !== text)) {
      this.fail(`expected ${text === undefined ? 'a name' : `'${text}'`}, got ${describe(this.current)}`)
    }
    return this.next()
  }

  expect(kind: TokenKind, words: string): Token {
    if (this.current.kind !== kind) this.fail(`expected ${words}, got ${describe(this.current)}`)
    return this.next()
  }

  fail(detail: string, token: Token = this.current, hint?: string): never {
    return this.#failAt(detail, token, hint)
  }
}

/** A token in the words of an error. */
export function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the template'
    case 'block-end':
      return 'the end of the statement'
    case 'variable-end':
      return 'the end of the expression'
    case 'data':
      return 'text'
    default:
      return `'${token.text}'`
  }
}
