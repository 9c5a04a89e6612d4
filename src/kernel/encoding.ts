import { Problem } from './problem.ts'

/**
 * Bytes in an encoding by Python's name for it (UTF-8 and UTF-16, Latin-1, ASCII, and those of one byte a character that WHATWG's Encoding
 * Standard knows) → text. Problem `encoding.unknown`.
 */
export function decodeText(bytes: Uint8Array, encoding: string): string {
  const name = normal(encoding)
  const latin1 = () => Buffer.from(bytes).toString('latin1')
  if (LATIN1.test(name)) return latin1()
  if (CP1252.test(name)) return latin1().replace(/[\x80-\x9f]/g, (character) => HIGH[character.charCodeAt(0) - 128]!)
  return decoderOf(encoding, name).decode(bytes)
}

/** Text → bytes in an encoding. Problems `encoding.unknown`, and `encoding.character` for a character that it does not have. */
export function encodeText(text: string, encoding: string): Buffer {
  const name = normal(encoding)
  if (/^utf-?8$/.test(name)) return Buffer.from(text)
  if (/^utf-?16$/.test(name)) return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (/^utf-?16-?le$/.test(name)) return Buffer.from(text, 'utf16le')
  if (/^utf-?16-?be$/.test(name)) return Buffer.from(text, 'utf16le').swap16()
  const codes = LATIN1.test(name) ? null : CP1252.test(name) ? cp1252 : codesOf(decoderOf(encoding, name))
  return Buffer.from([...text].map((character) => codeOf(character, codes, encoding)))
}

type Decoder = InstanceType<typeof TextDecoder>

const LATIN1 = /^(?:latin-?1|l1|iso-?8859-?1|cp819|8859|(?:us-?)?ascii|646)$/

const CP1252 = /^(?:windows-|cp)?1252$/

/** Bytes 128 to 159 of Windows-1252, which some versions of Node take for Latin-1's control characters. */
const HIGH = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ']

const cp1252: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => [HIGH[byte - 128] ?? String.fromCharCode(byte), byte]),
)

function normal(encoding: string): string {
  return encoding.trim().toLowerCase().replace(/_/g, '-')
}

function decoderOf(encoding: string, name: string): Decoder {
  try {
    return new TextDecoder(name.replace(/^latin-?9$/, 'iso-8859-15').replace(/^utf-?16-?(be|le)$/, 'utf-16$1'))
  } catch (error) {
    throw new Problem({
      code: 'encoding.unknown',
      summary: 'Unknown encoding',
      detail: `unknown encoding: ${encoding}`,
      hint: 'utf-8 is the usual one',
      cause: error,
    })
  }
}

/** The byte of each character. */
function codesOf(decoder: Decoder): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]))
}

function codeOf(character: string, codes: ReadonlyMap<string, number> | null, encoding: string): number {
  const code = codes === null ? character.codePointAt(0)! : codes.get(character)
  if (code !== undefined && code < 256) return code
  throw new Problem({
    code: 'encoding.character',
    summary: 'Character that the encoding does not have',
    detail: `'${encoding}' codec can't encode character '${character}'`,
    hint: 'use utf-8, or leave the character out',
  })
}
