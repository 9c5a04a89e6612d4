import type { Fields } from '../kernel/fields.ts'
import type { Json } from '../kernel/json.ts'
import { type Sh, sh } from '../kernel/sh.ts'
import type { Facts } from './fact-source.ts'

/** Runs or reads every `*.fact` of a folder (Ansible's `ansible_local`): an executable one gives its output, another its text. */
export function localScript(folder: string): Sh {
  return sh`
    for fact in ${folder}/*.fact; do
      [ -e "$fact" ] || [ -h "$fact" ] || continue
      field .fact "$fact"
      if [ ! -e "$fact" ]; then
        answer=$(emit ${`${END}${END}dead`})
      elif [ -x "$fact" ]; then
        answer=$(exec 3>&1; words=$("$fact" 2>&1 >&3 3>&- && code=0 || code=$?; emit ${END}"$code"); emit ${END}"$words")
      else
        answer=$(cat "$fact" 2>/dev/null || :; emit ${`${END}${END}0`})
      fi
      field .fact-text "$answer"
    done
  `
}

/** Stands behind a fact's own output, before its messages, and again before its exit code. */
const END = '\u0001'

export function readLocal(fields: Fields): Facts {
  const texts = fields.all('.fact-text')
  const found: Facts = {}
  fields.all('.fact').forEach((path, index) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace('.fact', '')
    const answer = texts[index] ?? ''
    const parts = answer.split(END)
    const [words, code] = parts.slice(-2)
    found[name] =
      code === '0'
        ? parsed(parts.slice(0, -2).join(END), path)
        : code === 'dead'
          ? `Could not stat fact (${path})`
          : `Failure executing fact script (${path}), rc: ${code}, err: ${words}`
  })
  return { local: found }
}

function parsed(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return iniOf(text) ?? `error loading facts as JSON or ini - please check content: ${path}`
  }
}

/** An INI file by the rules of Python's ConfigParser: options in lower case, `=` or `:`, continued lines; `null` when it is none. */
function iniOf(text: string): Json {
  const sections: { [name: string]: { [option: string]: string } } = {}
  let section: { [option: string]: string } | null = null
  let option: string | null = null
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const header = /^\[(.+)\]\s*$/.exec(line)?.[1]
    if (header !== undefined) {
      sections[header] ??= {}
      section = sections[header]
      option = null
    } else if (section === null) return null
    else if (/^\s/.test(line) && option !== null) section[option] += `\n${line.trim()}`
    else {
      const pair = /^([^=:]*[^=:\s])\s*[=:]\s*(.*?)\s*$/.exec(line)
      if (pair === null) return null
      option = pair[1]!.trim().toLowerCase()
      section[option] = pair[2]!
    }
  }
  const defaults = sections.DEFAULT ?? {}
  return Object.fromEntries(
    Object.entries(sections)
      .filter(([name]) => name !== 'DEFAULT')
      .map(([name, options]) => [name, { ...defaults, ...options }]),
  )
}
