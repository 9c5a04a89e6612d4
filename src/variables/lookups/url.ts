import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { str } from '../../template/index.ts'
import { isTrue } from './is-true.ts'
import type { Lookup, LookupContext } from './lookup.ts'

/** What is fetched, and how. It travels as JSON. */
export type UrlRequest = {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  /** Headers that are left out once the server sends us elsewhere. */
  readonly ownHeaders: readonly string[]
  readonly user: string | null
  readonly password: string
  /** Name and password are sent unasked. */
  readonly unasked: boolean
  /** A file that says who one is to a host (netrc), where nothing else does. */
  readonly netrc: string | null
  readonly follow: boolean
  readonly checkCertificates: boolean
  readonly ca: string | null
  readonly ciphers: string | null
  readonly socket: string | null
  /** Seconds. */
  readonly timeout: number
  readonly proxies: { readonly http: string; readonly https: string; readonly none: string } | null
}

export type UrlAnswer =
  | { readonly status: number; readonly reason: string; readonly body: string }
  | { readonly error: string }

/** The content of what URLs name, fetched from the controller (ansible.builtin.url). */
export const url: Lookup = {
  name: 'url',
  effects: true,
  run(terms, options, context) {
    const option = optionsOf(options, context)
    return terms.flatMap((term) => {
      const answer = context.fetch(requestOf(str(term), option, context))
      if ('error' in answer) throw failed(`Failed lookup url for ${str(term)} : ${answer.error}`)
      if (answer.status >= 300)
        throw failed(`Received HTTP error for ${str(term)} : HTTP Error ${answer.status}: ${answer.reason}`)
      const text = Buffer.from(answer.body, 'base64').toString('utf8')
      if (!isTrue(option('split_lines', true))) return [text]
      const lines = text.split(/\r\n|\r|\n/)
      if (lines.at(-1) === '') lines.pop()
      return lines
    })
  },
}

type Option = (name: string, otherwise: Value) => Value

/** An option as it is given, or else as the variable `ansible_lookup_url_NAME` or the environment says. */
function optionsOf(given: ReadonlyMap<string, Value>, { scope, environment }: LookupContext): Option {
  return (name, otherwise) =>
    given.get(name) ??
    scope.lookup(`ansible_lookup_url_${VARIABLES[name] ?? name}`) ??
    environment(`ANSIBLE_LOOKUP_URL_${(VARIABLES[name] ?? name).toUpperCase()}`) ??
    otherwise
}

/** Options whose variables have another name. */
const VARIABLES: { readonly [name: string]: string } = { http_agent: 'agent', unredirected_headers: 'unredir_headers' }

function requestOf(address: string, option: Option, { environment }: LookupContext): UrlRequest {
  const headers = option('headers', new Map())
  const text = (name: string) => {
    const value = option(name, null)
    return value === null ? null : str(value)
  }
  const proxy = (name: string) => environment(`${name}_proxy`) ?? environment(`${name.toUpperCase()}_PROXY`) ?? ''
  return {
    url: address,
    headers: {
      'user-agent': str(option('http_agent', 'ansible-httpget')),
      ...(isTrue(option('force', false)) ? { 'cache-control': 'no-cache' } : {}),
      ...Object.fromEntries([...(headers as Dict)].map(([name, value]) => [str(name).toLowerCase(), str(value)])),
    },
    ownHeaders: listOf(option('unredirected_headers', [])).map((name) => name.toLowerCase()),
    user: text('username'),
    password: text('password') ?? '',
    unasked: isTrue(option('force_basic_auth', false)),
    netrc: isTrue(option('use_netrc', true)) ? (environment('NETRC') ?? `${environment('HOME') ?? ''}/.netrc`) : null,
    follow: !['no', 'none', 'false'].includes(str(option('follow_redirects', 'urllib2')).toLowerCase()),
    checkCertificates: isTrue(option('validate_certs', true)),
    ca: text('ca_path'),
    ciphers: listOf(option('ciphers', [])).join(':') || null,
    socket: text('unix_socket'),
    timeout: Number(option('timeout', 10)),
    proxies: isTrue(option('use_proxy', true))
      ? { http: proxy('http'), https: proxy('https'), none: proxy('no') }
      : null,
  }
}

function listOf(value: Value): string[] {
  if (Array.isArray(value)) return value.map(str)
  return str(value)
    .split(',')
    .filter((part) => part !== '')
}

function failed(detail: string): Problem {
  return new Problem({ code: 'lookup.url', summary: 'A URL could not be looked up', detail })
}
