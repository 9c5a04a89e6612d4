import type { Dict } from '../kernel/value.ts'
import type { Layer } from './scope.ts'

/** The dicts that layers have for a name, down to the first value that is none, laid over each other. */
export function mergedBelow(name: string, layers: readonly Layer[]): Dict {
  const dicts: Dict[] = []
  for (const layer of layers) {
    const value = layer.get(name)
    if (value instanceof Map) dicts.push(value as Dict)
    else if (value !== undefined) break
  }
  return dicts.reduceRight(mergedDicts)
}

/** `above` laid over `below`, at any depth. */
export function mergedDicts(below: Dict, above: Dict): Dict {
  const result: Dict = new Map(below)
  for (const [key, value] of above) {
    const other = result.get(key)
    const both = other instanceof Map && value instanceof Map
    result.set(key, both ? mergedDicts(other as Dict, value as Dict) : value)
  }
  return result
}
