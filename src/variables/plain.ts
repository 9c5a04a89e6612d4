import { Template, type Value, VaultText } from '../kernel/value.ts'
import { PendingValue, UnknownValue } from './signals.ts'

const plain = new WeakMap<object, boolean>()

/** True when nothing in the value has to be rendered. Containers of the playbook's own data never change, so it is asked once. */
export function isPlain(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return remember(value, () => value.every((item) => isPlain(item as Value)))
  if (value instanceof Map) {
    return remember(value, () => [...value].every(([key, item]) => isPlain(key as Value) && isPlain(item as Value)))
  }
  return !(
    value instanceof Template ||
    value instanceof VaultText ||
    value instanceof UnknownValue ||
    value instanceof PendingValue
  )
}

function remember(container: object, ask: () => boolean): boolean {
  const known = plain.get(container)
  if (known !== undefined) return known
  const answer = ask()
  plain.set(container, answer)
  return answer
}
