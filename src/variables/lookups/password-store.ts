import { Problem } from '../../kernel/problem.ts'
import type { LookupContext } from './lookup.ts'
import { type Wish, wrong } from './passwordstore-options.ts'

/** One entry of a password store, by the program that keeps it. Problems `lookup.command`, `lookup.terms`. */
export class PasswordStore {
  readonly #wish: Wish
  readonly #context: LookupContext
  readonly #environment: { readonly [name: string]: string }

  constructor(wish: Wish, context: LookupContext) {
    this.#wish = wish
    this.#context = context
    const there = context.kind(wish.directory) === 'directory'
    this.#environment = {
      LANGUAGE: 'C',
      ...(wish.backend === 'gopass' ? { GOPASS_NO_REMINDER: 'YES' } : {}),
      ...(wish.backend === 'pass' && there ? { PASSWORD_STORE_DIR: wish.directory } : {}),
      ...(wish.umask === null ? {} : { PASSWORD_STORE_UMASK: wish.umask }),
    }
    if (wish.backend === 'pass' && !there && this.#isPass())
      throw wrong(`Passwordstore directory '${wish.directory}' does not exist`)
  }

  /** The whole text; null when there is none of that name. */
  read(): string | null {
    const { backend, name, lock } = this.#wish
    const { code, out, err } = this.#run([backend, 'show', '--', name], null, lock === 'readwrite')
    if (code !== 0) {
      if (err.includes('not in the password store')) return null
      throw failed(code, [backend, 'show', name], err)
    }
    return this.#isFile() ? out : null
  }

  write(lines: readonly string[]): void {
    this.#insert('false', lines)
  }

  /** Leaves alone what is there by the time that the lock is had. */
  writeNew(lines: readonly string[]): void {
    const known = this.#wish.backend === 'pass' && this.#isPass() ? '[ -f "$3" ]' : '"$1" show -- "$2" >/dev/null 2>&1'
    this.#insert(known, lines)
  }

  #insert(unless: string, lines: readonly string[]): void {
    const { backend, name, lock } = this.#wish
    const script = `if ${unless}; then cat >/dev/null; else exec "$1" insert -f -m -- "$2"; fi`
    const program = ['sh', '-c', script, 'sh', backend, name, this.#file()]
    const { code, out, err } = this.#run(program, `${lines.join('\n')}\n`, lock !== 'none')
    const useless = `${out}${err}`.includes('encryption failed: Unusable public key')
    if (code !== 0 || useless) throw failed(code || CONFIGURATION, [backend, 'insert', '-f', '-m', name], err)
  }

  /** pass(1) shows folders too; other programs of its name keep other files. */
  #isFile(): boolean {
    if (this.#wish.backend === 'gopass' || this.#context.kind(this.#file()) === 'file') return true
    return !this.#isPass()
  }

  #isPass(): boolean {
    const { code, out, err } = this.#run(['pass', '--version'], null, false)
    if (code !== 0) throw failed(code, ['pass', '--version'], err)
    return out.includes('pass: the standard unix password manager')
  }

  #file(): string {
    return `${this.#wish.directory}/${this.#wish.name}.gpg`
  }

  /** The lock is one on the store's folder itself, so nothing is left behind and no one else's file stands in the way. */
  #run(program: readonly string[], input: string | null, locked: boolean) {
    const { directory, patience } = this.#wish
    const lock = ['flock', '-w', String(patience), '-E', String(TIME_OUT), directory]
    const isLocked = locked && this.#context.kind(directory) === 'directory'
    const answer = this.#context.start(isLocked ? [...lock, ...program] : program, input, this.#environment)
    if (isLocked && answer.code === TIME_OUT)
      throw failed(TIME_OUT, program, `the lock on ${directory} was not free in ${patience} seconds`)
    return answer
  }
}

/** Exit codes of sysexits.h. */
const CONFIGURATION = 78
const TIME_OUT = 75

/** Standard output is left out: it may be the password. */
function failed(code: number, program: readonly string[], err: string): Problem {
  return new Problem({
    code: 'lookup.command',
    summary: 'Command failed on the controller',
    detail: `exit code ${code} while running ${program.join(' ')}. Error output: ${err.trim()}`,
  })
}
