import type { Json } from '../../kernel/json.ts'
import { Problem } from '../../kernel/problem.ts'

/** A wanted mode: bits, or symbolic text that works on the bits that are there (chmod(1)). */
export type Mode = number | string

/**
 * The `mode` argument: an integer is bits (YAML reads 0644 as octal), text of digits is octal, other text is symbolic. Raises
 * `args.mode` for what is neither.
 */
export function parseMode(mode: Json | undefined): Mode | null {
  if (mode === undefined || mode === null || mode === '') return null
  if (typeof mode === 'number' && Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return mode
  if (typeof mode === 'string') {
    const digits = /^(?:0o)?([0-7]{1,5})$/.exec(mode)
    if (digits !== null && Number.parseInt(digits[1]!, 8) <= 0o7777) return Number.parseInt(digits[1]!, 8)
    if (mode.split(',').every((clause) => /^[ugoa]*([-+=][rwxXstugo]*)+$/.test(clause))) return mode
  }
  throw new Problem({
    code: 'args.mode',
    summary: 'Wrong mode',
    detail: `mode must be in octal or symbolic form, not ${JSON.stringify(mode)}`,
    hint: "write it as mode: '0644' or mode: u=rw,go=r",
  })
}

/** True for symbolic text whose outcome depends on the umask (`+x`). */
export function needsUmask(mode: Mode | null): boolean {
  return typeof mode === 'string' && mode.split(',').some((clause) => /^[-+=]/.test(clause))
}

/** The bits that a wanted mode means for a path that has the bits `now`. Symbolic rules: chmod(1), as Ansible applies them. */
export function resolveMode(mode: Mode, now: number, isDirectory: boolean, umask: number): number {
  if (typeof mode === 'number') return mode
  let result = now
  for (const clause of mode.split(',')) {
    const who = /^[ugoa]*/.exec(clause)![0]
    const users = who === '' || who === 'a' ? ['u', 'g', 'o'] : [...who.replaceAll('a', 'ugo')]
    for (const [, operator, permissions] of clause.slice(who.length).matchAll(/([-+=])([rwxXstugo]*)/g)) {
      for (const user of users) {
        const bits = bitsOf(permissions!, SHIFT[user]!, now, isDirectory, who === '' ? umask : 0)
        if (operator === '+') result |= bits
        else if (operator === '-') result &= ~bits
        else result = (result & ~MASK[user]!) | bits
      }
    }
  }
  return result
}

const SHIFT: { readonly [user: string]: number } = { u: 6, g: 3, o: 0 }
const MASK: { readonly [user: string]: number } = { u: 0o4700, g: 0o2070, o: 0o1007 }

function bitsOf(permissions: string, shift: number, now: number, isDirectory: boolean, umask: number): number {
  let bits = 0
  for (const permission of permissions) {
    if (permission === 'r') bits |= (4 << shift) & ~umask
    else if (permission === 'w') bits |= (2 << shift) & ~umask
    else if (permission === 'x') bits |= (1 << shift) & ~umask
    else if (permission === 'X') bits |= isDirectory || (now & 0o111) !== 0 ? 1 << shift : 0
    else if (permission === 's') bits |= shift === 6 ? 0o4000 : shift === 3 ? 0o2000 : 0
    else if (permission === 't') bits |= shift === 0 ? 0o1000 : 0
    else bits |= ((now >> SHIFT[permission]!) & 7) << shift
  }
  return bits
}
