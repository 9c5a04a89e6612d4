import type { Files } from '../kernel/files.ts'
import { type Position, Problem } from '../kernel/problem.ts'
import { type Dict, templated } from '../kernel/value.ts'
import { loadYaml } from '../kernel/yaml.ts'
import { parseKeyValues } from '../language/key-value.ts'

/**
 * `-e` as ansible-playbook reads it: `k=v` words, YAML or JSON, or `@FILE`; later ones win. Problems `extra-vars.type`,
 * `file.missing` and those of YAML.
 */
export function readExtraVars(texts: readonly string[], files: Files, repeated: Repeated): Dict {
  const all: Dict = new Map()
  for (const text of texts) for (const [name, value] of readOne(text, files, repeated)) all.set(name, value)
  return all
}

type Repeated = (text: string, at: Position) => void

function readOne(text: string, files: Files, repeated: Repeated): Dict {
  if (text.startsWith('@')) {
    const content = files.read(text.slice(1))
    if (content !== null) return dictOf(loadYaml(content, text.slice(1), { repeated }), text)
    throw new Problem({ code: 'file.missing', summary: 'File not found', detail: `-e ${text}: there is no such file` })
  }
  if (/^\s*[[{]/.test(text)) return dictOf(loadYaml(text, '--extra-vars', { repeated }), text)
  const { args } = parseKeyValues(text, false, null)
  return new Map([...args].map(([name, value]) => [name, templated(value, null)]))
}

function dictOf(value: unknown, text: string): Dict {
  if (value instanceof Map) return value as Dict
  throw new Problem({
    code: 'extra-vars.type',
    summary: 'Not a dict of variables',
    detail: `-e ${text} gives no dict of variables`,
  })
}
