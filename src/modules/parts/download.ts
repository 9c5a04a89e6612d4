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
 * Shell text that writes what a URL gives to standard output, and fails in the tool's own words: by curl, else by wget. Headers, the password
 * and a URL that may hold a token are in no argument list. `since` (shell text for one word) names a file: only what is newer
 * comes, else nothing; wget, whose failures do not tell that case from others, fetches all.
 */
export function downloadBy(download: Download, since: Sh | null = null): Sh {
  const config = Blob.of(new Secret(curlConfig(download)))
  return sh`
    if command -v curl >/dev/null; then ${config} | curl -K - ${since === null ? null : sh`-z ${since}`}
    elif command -v wget >/dev/null; then ${wget(download)} || { emit ${`wget could not fetch ${download.url}`} >&2; false; }
    else emit 'neither curl nor wget is installed on the host; install one of them first' >&2; (exit 127); fi`
}

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

/**
 * What must not be seen goes to wget(1) as a startup file, which has to be a regular one: ours has lost its name before anything is
 * written to it. Only GNU's wget can do that; that of busybox does where there is nothing to hide.
 */
function wget(download: Download): Sh {
  const { username, password, clientCert, clientKey } = download
  const options = [
    ...['-q', '-O', '-', '-T', String(download.timeout), '-U', download.agent],
    ...(download.validateCerts ? [] : ['--no-check-certificate']),
    ...(download.useProxy ? [] : ['--no-proxy']),
    ...(clientCert === null ? [] : [`--certificate=${clientCert}`]),
    ...(clientKey === null ? [] : [`--private-key=${clientKey}`]),
  ]
  const settings = [
    ...Object.entries(download.headers).map(([name, value]) => `header = ${name}: ${String(value)}`),
    ...(username === null
      ? []
      : [`user = ${username}`, `password = ${password?.reveal() ?? ''}`, 'auth_no_challenge = on']),
  ].map((line) => `${line.replace(/[\r\n]+/g, ' ')}\n`)
  if (settings.length === 0 && !/[?@]/.test(download.url)) return sh`wget ${options} ${download.url}`
  return sh`(
      config=$(mktemp) && exec 3<>"$config" && rm -f "$config" && ${Blob.of(new Secret(settings.join('')))} >&3 &&
      ${Blob.of(new Secret(download.url))} | wget ${options} --config=/dev/fd/3 -i - 3<&3
    )`
}
