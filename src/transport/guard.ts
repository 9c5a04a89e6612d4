import { createHash } from 'node:crypto'
import type { Guard } from '../kernel/shell.ts'
import { quoteBytes } from './render-blob.ts'

/** Longer answers are compared by their checksum. */
const SHORT = 2048

/** Stands for the end of a field in an answer that a variable of the shell holds, which holds no NUL. */
const END = '\x01'

/** What other fields imply need not be asked again. */
const NOT_IMPLIED = 'implied() { :; }\n'

/**
 * A command that is true while the host still answers as it did; `probe` is the guard's script as a shell reads it. The word behind the
 * answer tells a probe that came to its end from one that broke off.
 */
export function guardText(guard: Guard, probe: Buffer): Buffer {
  const answer = withoutImplied(guard.answer)
  if (answer.length > SHORT || answer.includes(END) || writesNuls(guard)) {
    const sum = createHash('sha1').update(answer).update('whole').digest('hex')
    return Buffer.concat([
      Buffer.from(`{ _answer=$( ( set -e; ${NOT_IMPLIED}`),
      probe,
      Buffer.from(`\nemit whole ) </dev/null 2>/dev/null | sha1sum ); [ "\${_answer%% *}" = ${sum} ]; }`),
    ])
  }
  const text = Buffer.from(`${answer.toString('latin1').replaceAll('\0', END)}whole`, 'latin1')
  return Buffer.concat([
    Buffer.from(`{ _answer=$( exec </dev/null 2>/dev/null; set -e; field() { emit "$1=$2${END}"; }; ${NOT_IMPLIED}`),
    probe,
    Buffer.from('\nemit whole ); [ "$_answer" = '),
    quoteBytes(text),
    Buffer.from(' ]; } 2>/dev/null'),
  ])
}

/** By other means than `field`. */
function writesNuls({ script }: Guard): boolean {
  return script.parts.some((part) => typeof part === 'string' && part.includes('\\0'))
}

function withoutImplied(answer: Buffer): Buffer {
  if (!answer.includes('+')) return answer
  const records = answer.toString('latin1').split('\0')
  return Buffer.from(records.filter((record) => !record.startsWith('+')).join('\0'), 'latin1')
}
