import { Blob } from '../../kernel/blob.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { arg } from '../../kernel/schema.ts'
import { Secret } from '../../kernel/secret.ts'
import { type Sh, sh } from '../../kernel/sh.ts'

/** The arguments of every module that fetches something by URL. */
export const downloadArgs = {
  url_username: arg.str('User for the server', { aliases: ['username'] }),
  url_password: arg.secret('Password for the server', { aliases: ['password'] }),
  force_basic_auth: arg.bool('Send the password without being asked', { default: false }),
  headers: arg.dict('Headers of the request'),
  http_agent: arg.str('The User-Agent header', { default: 'ansible-httpget' }),
  timeout: arg.int('Seconds without a byte', { default: 10 }),
  use_proxy: arg.bool('Use the proxy that the environment names', { default: true }),
  validate_certs: arg.bool('Check the server’s certificate', { default: true }),
  client_cert: arg.path('Certificate to show, on the host'),
  client_key: arg.path('Key of that certificate, on the host'),
}

export type Download = {
  readonly url: string
  readonly username: string | null
  readonly password: Secret | null
  readonly headers: JsonObject
  readonly agent: string
  readonly timeout: number
  readonly useProxy: boolean
  readonly validateCerts: boolean
  readonly clientCert: string | null
  readonly clientKey: string | null
}

type Args = {
  readonly url_username: string | undefined
  readonly url_password: Secret | undefined
  readonly headers: JsonObject | undefined
  readonly http_agent: string
  readonly timeout: number
  readonly use_proxy: boolean
  readonly validate_certs: boolean
  readonly client_cert: string | undefined
  readonly client_key: string | undefined
}

export function downloadOf(url: string, args: Args): Download {
  return {
    url,
    username: args.url_username ?? null,
    password: args.url_password ?? null,
    headers: args.headers ?? {},
    agent: args.http_agent,
    timeout: args.timeout,
    useProxy: args.use_proxy,
    validateCerts: args.validate_certs,
    clientCert: args.client_cert ?? null,
    clientKey: args.client_key ?? null,
  }
}

/**
 * Shell text that writes what a URL gives to standard output, and fails in the tool's own words: by curl, else by wget. Headers and the password are
 * read from standard input, so they are in no argument list; wget can't do that, and is refused for a password. `since` (shell text for one
 * word) names a file: only what is newer comes, else nothing.
 */
export function downloadBy(download: Download, since: Sh | null = null): Sh {
  const config = Blob.of(new Secret(curlConfig(download)))
  return sh`
    if command -v curl >/dev/null; then ${config} | curl -K - ${since === null ? null : sh`-z ${since}`}
    elif command -v wget >/dev/null; then ${download.password === null ? wget(download, since) : REFUSED}
    else emit 'neither curl nor wget is installed on the host; install one of them first' >&2; (exit 127); fi`
}

const REFUSED = sh`{ emit 'wget would show the password to every user of the host; install curl first' >&2; (exit 127); }`

function curlConfig(download: Download): string {
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
  const { username, password, clientCert, clientKey } = download
  const lines = [
    `url = ${quoted(download.url)}`,
    'fail\nsilent\nshow-error\nlocation',
    `connect-timeout = ${download.timeout}\nspeed-time = ${download.timeout}\nspeed-limit = 1`,
    `user-agent = ${quoted(download.agent)}`,
    ...Object.entries(download.headers).map(([name, value]) => `header = ${quoted(`${name}: ${String(value)}`)}`),
    ...(username === null ? [] : [`user = ${quoted(`${username}:${password?.reveal() ?? ''}`)}`]),
    ...(download.validateCerts ? [] : ['insecure']),
    ...(download.useProxy ? [] : ['noproxy = "*"']),
    ...(clientCert === null ? [] : [`cert = ${quoted(clientCert)}`]),
    ...(clientKey === null ? [] : [`key = ${quoted(clientKey)}`]),
  ]
  return `${lines.join('\n')}\n`
}

function wget(download: Download, since: Sh | null): Sh {
  const options = [
    ...['-q', '-O', '-', '-T', String(download.timeout), '-U', download.agent],
    ...Object.entries(download.headers).flatMap(([name, value]) => ['--header', `${name}: ${String(value)}`]),
    ...(download.validateCerts ? [] : ['--no-check-certificate']),
    ...(download.useProxy ? [] : ['--no-proxy']),
  ]
  const newer =
    since === null ? null : sh`--header "If-Modified-Since: $(date -u -r ${since} '+%a, %d %b %Y %H:%M:%S GMT')"`
  return sh`{ wget ${options} ${newer} ${download.url} || { emit ${`wget could not fetch ${download.url}`} >&2; false; }; }`
}
