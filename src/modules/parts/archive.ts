import type { Blob } from '../../kernel/blob.ts'
import { type Sh, sh } from '../../kernel/sh.ts'
import { type Download, downloadBy } from './download.ts'
import { hostPath } from './paths.ts'

export type Format = 'tar' | 'gz' | 'bz2' | 'xz' | 'zst' | 'zip'

/** Where the archive comes from: sent along, on the host already, or fetched by the host. */
export type Source =
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly download: Download }

export const HANDLERS: { readonly [format in Format]: string } = {
  tar: 'TarArchive',
  gz: 'TgzArchive',
  bz2: 'TarBzipArchive',
  xz: 'TarXzArchive',
  zst: 'TarZstdArchive',
  zip: 'ZipArchive',
}

const MAGIC: readonly (readonly [Format, string])[] = [
  ['gz', '1f8b'],
  ['bz2', '425a68'],
  ['xz', 'fd377a585a00'],
  ['zst', '28b52ffd'],
  ['zip', '504b'],
]

/** So many bytes tell the format. */
export const MAGIC_BYTES = 6

/** The format by the first bytes; what has no known ones is taken for a plain tar. */
export function formatOfBytes(bytes: Buffer): Format {
  const start = bytes.subarray(0, MAGIC_BYTES).toString('hex')
  return MAGIC.find(([, magic]) => start.startsWith(magic))?.[0] ?? 'tar'
}

/** The format by the name's ending; null when it tells nothing. */
export function formatOfName(name: string): Format | null {
  const ending = /\.(?:(tar)|(?:tar\.)?(gz|bz2|xz|zst|zip)|(tgz|tbz2?|txz|jar|war|whl))$/i.exec(name)
  if (ending === null) return null
  const short: { readonly [ending: string]: Format } = {
    tgz: 'gz',
    tbz: 'bz2',
    tbz2: 'bz2',
    txz: 'xz',
    jar: 'zip',
    war: 'zip',
    whl: 'zip',
  }
  return ending[1] !== undefined
    ? 'tar'
    : ((ending[2]?.toLowerCase() as Format | undefined) ?? short[ending[3]!.toLowerCase()]!)
}

const FLAGS: { readonly [format in Format]: readonly string[] } = {
  tar: [],
  gz: ['-z'],
  bz2: ['-j'],
  xz: ['-J'],
  zst: ['--zstd'],
  zip: [],
}

/** Shell text that runs tar on the archive. A file on the host is named, so that tar sees its format for itself; the others come by a pipe. */
export function tar(source: Source, format: Format, words: readonly string[], members: readonly string[]): Sh {
  if (source.kind === 'path') return sh`tar ${words} -f ${hostPath(source.path)} ${members}`
  const content = source.kind === 'blob' ? source.blob : downloadBy(source.download)
  return sh`${content} | tar ${words} ${FLAGS[format]} -f - ${members}`
}
