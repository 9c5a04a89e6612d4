import type { Value } from '../../kernel/value.ts'
import { hostAndPort, parseUrl } from '../filters/url.ts'
import { addressText, v6Groups } from '../net/address.ts'
import { filterError } from '../problems.ts'
import { type Der, malformed, oidOf, parts, readDer, textOf, unsigned } from './der.ts'
import { oidName } from './oid-names.ts'
import { colons } from './public-key.ts'

/** How a host name is written: as it stands, or with its labels as people read them. */
export type HostText = (host: string) => string

/** The attributes of a Name (RFC 5280, 4.1.2.4) in order: the number of the type, and the value. */
export function attributesOf(name: Der): [string, string][] {
  return parts(name)
    .flatMap(parts)
    .map((attribute) => {
      const [type, value] = parts(attribute)
      if (type === undefined || value === undefined) throw malformed('a name')
      return [oidOf(type.content), textOf(value)]
    })
}

/** A name as a dict, in which the last of repeated attributes counts, and as a list of pairs. */
export function nameFacts(what: string, name: Der): [string, Value][] {
  const pairs = attributesOf(name).map(([type, value]): [Value, Value] => [oidName(type), value])
  return [
    [what, new Map(pairs)],
    [`${what}_ordered`, pairs],
  ]
}

/** A GeneralName (RFC 5280, 4.2.1.6) as text: `DNS:example.com`. Raises `template.filter` for an X.400 address or EDI party. */
export function generalName({ tag, content }: Der, host: HostText): string {
  switch (tag) {
    case 0xa0: {
      const [type, value] = parts({ tag, content, whole: content })
      if (type === undefined || value === undefined) throw malformed('an otherName')
      return `otherName:${oidOf(type.content)};${colons(value.content)}`
    }
    case 0x81:
      return `email:${content.toString('utf8').replace(/(?<=^[^@]*@).*$/s, host)}`
    case 0x82:
      return `DNS:${host(content.toString('utf8'))}`
    case 0xa4:
      return `dirName:${directoryName(readDer(content))}`
    case 0x86:
      return `URI:${uri(content.toString('utf8'), host)}`
    case 0x87:
      return `IP:${address(content)}`
    case 0x88:
      return `RID:${oidOf(content)}`
    default:
      throw filterError(`A name of the kind ${tag & 0x1f} can't be written as text`)
  }
}

/** RFC 4514, 2.1: the last attribute first. */
function directoryName(name: Der): string {
  return attributesOf(name)
    .reverse()
    .map(([type, value]) => `${oidName(type, 'short')}=${escaped(value)}`)
    .join(',')
}

/** RFC 4514, 2.4. */
function escaped(value: string): string {
  return value
    .replace(/[\\,+<>;"]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
}

/** Put together from its parts as Python does it: the host in lower case, and no mark without something behind it. */
function uri(text: string, written: HostText): string {
  const { scheme, netloc, path, query, fragment } = parseUrl(text)
  const at = netloc.lastIndexOf('@')
  const { hostname, port } = hostAndPort(netloc.slice(at + 1))
  const host = `${netloc.slice(0, at + 1)}${written(hostname ?? '')}${port === null ? '' : `:${port}`}`
  const slashes = host !== '' || (NET_SCHEMES.has(scheme) && !path.startsWith('//'))
  const root = slashes && path !== '' && !path.startsWith('/') ? '/' : ''
  return [
    scheme && `${scheme}:`,
    slashes && `//${host}`,
    `${root}${path}`,
    query && `?${query}`,
    fragment && `#${fragment}`,
  ]
    .filter((part) => part !== false)
    .join('')
}

/** Schemes after which Python writes `//` even without a host. */
const NET_SCHEMES: ReadonlySet<string> = new Set(['ftp', 'http', 'file', 'https', 'rsync', 'svn', 'sftp', 'nfs', 'git'])

/** An address, or a network as octets of it and its mask. */
function address(bytes: Buffer): string {
  const size = bytes.length % 16 === 0 ? 16 : 4
  const value = unsigned(bytes.subarray(0, size))
  const text = size === 16 ? v6Groups(value) : addressText(4, value)
  if (bytes.length === size) return text
  if (bytes.length !== 2 * size) throw malformed('an IP address')
  return `${text}/${unsigned(bytes.subarray(size)).toString(2).replaceAll('0', '').length}`
}
