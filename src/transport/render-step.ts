import { gzipSync } from 'node:zlib'
import type { Blob } from '../kernel/blob.ts'
import { quote } from '../kernel/sh.ts'
import type { Step } from '../kernel/shell.ts'

/** Above this size text goes compressed: a shell parses quoted text at a few hundred MB/s, a network rarely carries that. */
const COMPRESS_FROM = 8 * 1024

/**
 * A step as bytes for a shell's standard input: a subshell, so that no variable, `exit` or `cd` outlives it, whose end shows on both
 * streams as the mark and (on standard output) the exit code. The shell starts it only when all of it has arrived.
 */
export async function renderStep(step: Step, mark: string): Promise<Buffer> {
  const parts: Buffer[] = [Buffer.from('( set -e\n')]
  for (const [name, value] of step.environment ?? []) parts.push(Buffer.from(`export ${name}=${quote(value)}\n`))
  for (const part of step.script.parts)
    parts.push(typeof part === 'string' ? Buffer.from(part) : await renderBlob(part))
  parts.push(Buffer.from(`\n) </dev/null; emit "${mark} $?;"; emit ${mark} >&2\n`))
  return Buffer.concat(parts)
}

/** A command that writes the blob's bytes: a builtin for short text; decoders, fed by a here-document, for the rest. */
async function renderBlob(blob: Blob): Promise<Buffer> {
  const bytes = await blob.read()
  if (bytes.length < COMPRESS_FROM && !bytes.includes(0)) return quoteBytes(bytes)
  const packed = gzipSync(bytes, { level: 3 })
  const pays = packed.length < bytes.length * 0.9
  const encoded = (pays ? packed : bytes).toString('base64').replace(/.{1,4096}/g, '$&\n')
  const decode = pays ? '{ base64 -d | gzip -dc; }' : 'base64 -d'
  // The here-document stands inside a group of its own, so that whatever follows the blob may stay on its line.
  return Buffer.from(`{ ${decode} <<'PROVISION_END'\n${encoded}PROVISION_END\n}`)
}

function quoteBytes(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll("'", `'\\''`)
  return Buffer.from(`emit '${text}'`, 'latin1')
}
