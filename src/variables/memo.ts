import type { Value } from '../kernel/value.ts'
import type { Scope } from './scope.ts'

/** Asks for a variable and goes on by its value, or holds a result. */
type Node<T> = { readonly name: string; readonly next: Map<Value | undefined, Node<T>> } | { readonly result: T }

/**
 * Results of an evaluation, found again by the variables it read: a tree that asks for one after another. An evaluation goes the same
 * way as long as it reads the same, so what it reads first is always the same, and what it reads next depends on that alone.
 */
export class Memo<T> {
  #root: Node<T> | null = null

  /** The result of an evaluation that read what this scope says; null when there was none. */
  find(scope: Scope): T | null {
    let node = this.#root
    while (node !== null && 'next' in node) node = node.next.get(scope.raw(node.name)) ?? null
    return node === null ? null : node.result
  }

  /** True when the result is one more, and takes no other's place. */
  keep(reads: ReadonlyMap<string, Value | undefined>, result: T): boolean {
    const left = new Map(reads)
    let node = this.#root
    let put = (made: Node<T>) => {
      this.#root = made
    }
    while (node !== null && 'next' in node && left.has(node.name)) {
      const { name, next } = node
      const value = left.get(name)
      left.delete(name)
      node = next.get(value) ?? null
      put = (made) => next.set(value, made)
    }
    put(branch([...left], result))
    return node === null
  }

  clear(): void {
    this.#root = null
  }
}

function branch<T>(reads: readonly (readonly [string, Value | undefined])[], result: T): Node<T> {
  let node: Node<T> = { result }
  for (const [name, value] of reads.toReversed()) node = { name, next: new Map([[value, node]]) }
  return node
}
