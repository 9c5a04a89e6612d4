import { floatRepr } from '../python/repr.ts'

/** What YAML 1.1 reads plain text as, other than text. */
const notText = new RegExp(
  [
    '^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$',
    '^(?:[-+]?(?:[0-9][0-9_]*)\\.[0-9_]*(?:[eE][-+][0-9]+)?|\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$',
    '^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$',
    '^(?:<<|=|~|null|Null|NULL|)$',
    '^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \\t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?(?:[ \\t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$',
  ].join('|'),
)

type Analysis = {
  readonly multiline: boolean
  readonly flowPlain: boolean
  readonly blockPlain: boolean
  readonly singleQuoted: boolean
}

const blankOrBreak = /^[\0 \t\r\n\x85\u2028\u2029]$/
const lineBreak = /[\n\x85\u2028\u2029]/

/** Which styles can hold the text. */
export function analyze(text: string): Analysis {
  if (text === '') return { multiline: false, flowPlain: false, blockPlain: false, singleQuoted: true }
  const { flow, block } = indicators(text)
  const multiline = lineBreak.test(text)
  const edge = /^[ \n\x85\u2028\u2029]|[ \n\x85\u2028\u2029]$/.test(text)
  const breakSpace = /[\n\x85\u2028\u2029] /.test(text)
  const special = / [\n\x85\u2028\u2029]/.test(text) || hasSpecial(text)
  const plain = !edge && !breakSpace && !special && !multiline && !notText.test(text)
  return {
    multiline,
    flowPlain: plain && !flow,
    blockPlain: plain && !block,
    singleQuoted: !breakSpace && !special,
  }
}

function hasSpecial(text: string): boolean {
  return /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd]|\ufeff/u.test(text)
}

/** Whether the text has what means something to YAML in flow or block context. */
function indicators(text: string): { flow: boolean; block: boolean } {
  let block = text.startsWith('---') || text.startsWith('...')
  let flow = block
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    const spaceBefore = i === 0 || blankOrBreak.test(text[i - 1]!)
    const spaceAfter = i + 1 >= text.length || blankOrBreak.test(text[i + 1]!)
    if (i === 0 && '#,[]{}&*!|>\'"%@`'.includes(char)) flow = block = true
    else if (i === 0 && char === '-' && spaceAfter) flow = block = true
    else if (char === '#' && spaceBefore) flow = block = true
    else if (char === ':' || (char === '?' && i === 0)) {
      flow = true
      if (spaceAfter) block = true
    } else if (i > 0 && ',?[]{}'.includes(char)) flow = true
  }
  return { flow, block }
}

/** A float as PyYAML writes it. */
export function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const text = floatRepr(value)
  return !text.includes('.') && text.includes('e') ? text.replace('e', '.0e') : text
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\x07', 'a'],
  ['\x08', 'b'],
  ['\x09', 't'],
  ['\x0a', 'n'],
  ['\x0b', 'v'],
  ['\x0c', 'f'],
  ['\x0d', 'r'],
  ['\x1b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\x85', 'N'],
  ['\xa0', '_'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
])

/** How a character stands in double quotes; null when it stands for itself. */
export function doubleQuotedEscape(char: string, unicode: boolean): string | null {
  const code = char.codePointAt(0)!
  const printable = code >= 0x20 && code <= 0x7e
  const wide = unicode && ((code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd))
  if (!'"\\\x85\u2028\u2029\ufeff'.includes(char) && (printable || wide)) return null
  const known = escapes.get(char)
  if (known !== undefined) return `\\${known}`
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
  return code <= 0xffff
    ? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
    : `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`
}
