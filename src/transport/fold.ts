import { Question } from '../kernel/question.ts'
import type { Sh } from '../kernel/sh.ts'
import type { Asked } from './question-kind.ts'
import { KINDS } from './question-kinds.ts'

/** Shell text that asks questions together, and the variables that hold the answers, by the questions' keys. */
export type Folded = { readonly text: string; readonly variables: ReadonlyMap<string, string> }

/** A question asked alone. */
export function alone({ kind, subject }: Question): string {
  return `$(${KINDS[kind].alone(subject)})`
}

/** Whether `fold` finds its part of a common answer. */
export function isShareable({ kind, subject }: Question): boolean {
  return KINDS[kind].shareable.test(subject)
}

export function questionsOf(script: Sh): Question[] {
  return script.parts.filter((part) => part instanceof Question)
}

/** Questions asked together, each kind in one command; kinds with one `together` share it. */
export function fold(questions: readonly Question[]): Folded {
  const variables = new Map<string, string>()
  const processes = new Map<(asked: readonly Asked[]) => string, Asked[]>()
  for (const question of questions.flatMap(withImplied)) {
    const { kind, subject, key } = question
    if (variables.has(key) || !isShareable(question)) continue
    const { together } = KINDS[kind]
    const asked = processes.get(together) ?? []
    asked.push({
      kind,
      subject,
      variable: `_q${variables.size}`,
      implied: variables.get(impliedBy(question)?.key ?? ''),
    })
    variables.set(key, asked.at(-1)!.variable)
    processes.set(together, asked)
  }
  const texts = [...processes].map(([together, asked]) => together(asked))
  if (texts.length === 0) return { text: '', variables }
  return { text: `unset ${[...variables.values()].join(' ')}\n${texts.join('')}set --\n`, variables }
}

/** A question is answered before those whose answers follow from its own. */
function withImplied(question: Question): Question[] {
  const implied = impliedBy(question)
  return implied === null ? [question] : [implied, question]
}

/** What is no link is what it refers to. */
function impliedBy({ kind, subject }: Question): Question | null {
  return kind === 'referent' ? new Question('status', subject) : null
}
