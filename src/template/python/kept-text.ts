import type { Dict, Value } from '../../kernel/value.ts'
import { DictView, NativeText } from './types.ts'

/**
 * Which texts in a list or dict, at any depth, must stay text. The containers themselves hold plain strings, so that nothing that reads
 * them has to know of `NativeText`; whoever takes a text out to print it asks here.
 */
const kept = new WeakMap<object, ReadonlySet<string>>()

/** A list or dict just made, with the marks taken off its texts and remembered. */
export function settled<Made extends Value[] | Dict>(made: Made): Made {
  let texts: Set<string> | null = null
  for (const [key, item] of made.entries()) {
    if (typeof item !== 'object' || item === null) continue
    if (item instanceof NativeText) {
      texts = (texts ?? new Set()).add(item.text)
      if (made instanceof Map) made.set(key, item.text)
      else made[key as number] = item.text
    } else {
      const inner = kept.get(item)
      if (inner !== undefined) texts = new Set([...(texts ?? []), ...inner])
    }
  }
  if (texts !== null) kept.set(made, texts)
  return made
}

/** What was taken out of a container, with its mark if it is a text that must stay one. */
export function takenFrom(container: Value, value: Value): Value {
  if (typeof value !== 'string' || typeof container !== 'object' || container === null) return value
  return kept.get(container)?.has(value) === true ? new NativeText(value) : value
}

/** What was made of other values (by a filter, a method, a lookup): texts that must stay text there must do so here. */
export function carried(sources: readonly Value[], result: Value): Value {
  if (result === null || (typeof result !== 'object' && typeof result !== 'string')) return result
  let texts: ReadonlySet<string> | null = null
  for (const source of sources) {
    const own = typeof source === 'object' && source !== null ? kept.get(source) : undefined
    if (own !== undefined && source !== result) texts = texts === null ? own : new Set([...texts, ...own])
  }
  if (texts === null) return result
  if (typeof result === 'string') return texts.has(result) ? new NativeText(result) : result
  spread(result, texts)
  return result
}

function spread(value: Value, texts: ReadonlySet<string>): void {
  if (value instanceof DictView) kept.set(value, texts)
  if (!(Array.isArray(value) || value instanceof Map) || kept.has(value)) return
  kept.set(value, texts)
  for (const item of value.values()) spread(item as Value, texts)
}
