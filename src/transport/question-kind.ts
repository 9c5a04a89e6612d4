import type { Question } from '../kernel/question.ts'
import { quote } from '../kernel/sh.ts'

/** A question, the variable for its answer, and the one of the question whose answer is the same unless the subject is a link. */
export type Asked = Pick<Question, 'kind' | 'subject'> & {
  readonly variable: string
  readonly implied?: string | undefined
}

export type Kind = {
  /** The command for one subject, whatever it looks like. */
  alone(subject: string): string
  /** What a subject must look like so that its part of a common answer is told from the others'. */
  readonly shareable: RegExp
  /** Shell text that sets every variable. It leaves them unset when it can't tell the answers apart. Kinds that have it in common share a process. */
  together(asked: readonly Asked[]): string
}

/** The subjects as words of a shell. */
export function wordsOf(asked: readonly Asked[]): string[] {
  return asked.map(({ subject }) => quote(subject))
}

/** The lines that a simple command writes as `$1`, `$2`, …: a shell runs such a command in place of the subshell. */
export function linesOf(command: string): string {
  return `IFS='\n'; set -f; set -- $(${command} </dev/null 2>/dev/null); set +f; unset IFS\n`
}
