import type { Edited } from './edit-file.ts'

/** A rule of a PAM service (pam.conf(5)). */
export type PamRule = {
  readonly type: string
  readonly control: string
  readonly path: string
  readonly args: readonly string[]
}

type Line = { readonly text: string; readonly rule: PamRule | null }

/** What is to be made of the rules that a task is about; the text as it was where a rule stays. */
export type PamEdit = (lines: readonly Line[], matches: (line: Line) => boolean) => { lines: Line[]; count: number }

const RULE = /^\s*(-?(?:auth|account|session|password))\s+(\[.*?\]|\S+)\s+(\S+)[ \t]*(.*?)\s*$/

/** Edits the rules of a type, control and module; all other lines stay as they are. */
export function editPam(target: Pick<PamRule, 'type' | 'control' | 'path'>, edit: PamEdit): (text: string) => Edited {
  return (text) => {
    const lines = text.split('\n').map(parse)
    const { lines: after, count } = edit(lines, ({ rule }) => rule !== null && isSame(rule, target))
    const result = after.map((line) => line.text).join('\n')
    return { text: count === 0 || result === text ? null : result, msg: '', data: { change_count: count } }
  }
}

/** Replaces each of the rules by what `change` makes of it. */
export function changeRules(change: (rule: PamRule) => PamRule | null): PamEdit {
  return (lines, matches) => {
    let count = 0
    const after = lines.flatMap((line) => {
      if (!matches(line)) return [line]
      const rule = change(line.rule!)
      if (rule !== null && write(rule) === write(line.rule!)) return [line]
      count += 1
      return rule === null ? [] : [lineOf(rule)]
    })
    return { lines: after, count }
  }
}

/** Puts a rule before or after each of the rules, unless the next one there is such a rule already. */
export function insertRule(added: PamRule, where: 'before' | 'after'): PamEdit {
  return (lines, matches) => {
    let count = 0
    const after = lines.flatMap((line, index) => {
      if (!matches(line)) return [line]
      const others = where === 'before' ? lines.slice(0, index).toReversed() : lines.slice(index + 1)
      const neighbour = others.find(({ text }) => !/^\s*(#.*)?$/.test(text))
      if (neighbour?.rule && isSame(neighbour.rule, added)) return [line]
      count += 1
      return where === 'before' ? [lineOf(added), line] : [line, lineOf(added)]
    })
    return { lines: after, count }
  }
}

/** Arguments with others beside them; one of the same key gets the new value. */
export function withArguments(known: readonly string[], added: readonly string[]): string[] {
  const key = (word: string) => (word.startsWith('[') ? word : word.replace(/=.*$/s, '='))
  const result = [...known]
  for (const word of added) {
    const index = result.findIndex((other) => key(other) === key(word))
    if (index === -1) result.push(word)
    else result[index] = word
  }
  return result
}

/** Words of arguments; what stands in brackets is one. */
export function pamWords(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.match(/\[.*\]|\S+/g) ?? [])
}

/** `[success=1 default=ignore]` in one form; a simple word as it is. */
export function pamControl(written: string): string {
  if (!written.startsWith('[')) return written
  const pairs = written
    .slice(1, -1)
    .replaceAll(/\s*=\s*/g, '=')
    .trim()
  return `[${pairs.split(/\s+/).join(' ')}]`
}

function parse(text: string): Line {
  const match = RULE.exec(text)
  if (match === null) return { text, rule: null }
  const [, type, control, path, rest] = match
  return { text, rule: { type: type!, control: pamControl(control!), path: path!, args: pamWords([rest!]) } }
}

function isSame(rule: PamRule, { type, control, path }: Pick<PamRule, 'type' | 'control' | 'path'>): boolean {
  return rule.type === type && rule.control === control && rule.path === path
}

function lineOf(rule: PamRule): Line {
  return { text: write(rule), rule }
}

function write({ type, control, path, args }: PamRule): string {
  return [type.padEnd(10), control, path, ...args].join(' ')
}
