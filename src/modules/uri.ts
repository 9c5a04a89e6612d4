import { Blob } from '../kernel/blob.ts'
import { expandHome } from '../kernel/coerce.ts'
import type { Controller } from '../kernel/controller.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { defineModule, Failure, type Ran } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { formUrlencoded, multipart, partsOf, pythonJson } from './parts/http-body.ts'
import { type Body, exchange, type Request } from './parts/http-request.ts'
import { contentType, decode, parseJson, parseResponse, type Response } from './parts/http-response.ts'

const schema = args(
  {
    url: arg.str('The URL', { required: true }),
    method: arg.str('The method', { default: 'GET' }),
    body: arg.raw('What to send'),
    body_format: arg.choice(['raw', 'json', 'form-urlencoded', 'form-multipart'], 'How to send it', { default: 'raw' }),
    src: arg.str('A file to send: on the controller, or on the host with remote_src'),
    remote_src: arg.bool('Whether src is on the host', { default: false }),
    headers: arg.dict('Headers to send', { default: {} }),
    status_code: arg.listOf<number, { readonly default: readonly number[] }>('int', 'Status codes that mean success', {
      default: [200],
    }),
    return_content: arg.bool('Whether the result holds the content', { default: false }),
    dest: arg.path('A file or folder on the host to save the content in'),
    mode: arg.raw('Permissions of dest'),
    owner: arg.str('Owner of dest'),
    group: arg.str('Group of dest'),
    creates: arg.path('When this is on the host, nothing is requested'),
    removes: arg.path('When this is not on the host, nothing is requested'),
    url_username: arg.str('The user to log in as', { aliases: ['user'] }),
    url_password: arg.secret('The password', { aliases: ['password'] }),
    force_basic_auth: arg.bool('Send user and password without being asked', { default: false }),
    follow_redirects: arg.choice(
      ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
      'Which redirections to follow; safe: of GET and HEAD',
      { default: 'safe' },
    ),
    validate_certs: arg.bool('Whether certificates are checked', { default: true }),
    ca_path: arg.path('Certificates of authorities'),
    client_cert: arg.path('The client’s certificate'),
    client_key: arg.path('The client’s private key'),
    ciphers: arg.list('Ciphers that may be used', { default: [] }),
    timeout: arg.int('Seconds without an answer until it fails', { default: 30 }),
    unix_socket: arg.path('A Unix socket to connect to'),
    use_proxy: arg.bool('Whether the environment’s proxies are used', { default: true }),
    use_netrc: arg.bool('Whether ~/.netrc is read', { default: true }),
    http_agent: arg.str('The User-Agent', { default: 'ansible-httpget' }),
    force: arg.bool('Ask for a fresh copy', { default: false }),
    decompress: arg.bool('Accepted for compatibility: nothing compressed is asked for', { default: true }),
    unredirected_headers: arg.list('Accepted for compatibility', { default: [] }),
  },
  { exclusive: [['body', 'src']] },
)

type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly request: Request }
type Now = { readonly created: boolean; readonly removed: boolean }

export const module = defineModule<Args, Want, Now>({
  name: 'uri',
  summary: 'Makes an HTTP request from the host',
  examples: [
    '- uri:\n    url: http://127.0.0.1/healthz\n    return_content: true\n',
    '- uri:\n    url: http://127.0.0.1/items\n    method: POST\n    body_format: json\n    body:\n      name: one\n    status_code: [200, 201]\n',
  ],
  args: schema,
  effects: 'network',
  want: async (given, controller) => ({ ...given, request: await requestOf(given, controller) }),
  probe: (want) =>
    want.creates === undefined && want.removes === undefined
      ? null
      : lines([
          want.creates !== undefined && sh`[ ! -e ${want.creates} ] || field created 1`,
          want.removes !== undefined && sh`[ -e ${want.removes} ] || field removed 1`,
        ]),
  read: (fields) => ({ created: fields.flag('created'), removed: fields.flag('removed') }),
  plan: (now, want) =>
    now.created || now.removed
      ? []
      : [{ what: 'request', before: null, after: `${want.request.method} ${want.url}`, action: true, uncertain: true }],
  apply: (_, want) => applyOf(want),
  result: ({ now, want, ran }) => {
    if (ran !== null) return resultOf(ran, want).result
    return {
      stdout: now.created
        ? `skipped, since '${want.creates}' exists`
        : `skipped, since '${want.removes}' does not exist`,
    }
  },
  failure: ({ want, ran }) => failureOf(ran, want),
})

async function requestOf(given: Args, controller: Controller): Promise<Request> {
  const method = given.method.toUpperCase()
  if (!/^[A-Z]+$/.test(method)) {
    const detail = "Parameter 'method' needs to be a single word in uppercase, like GET or POST."
    throw new Problem({ code: 'args.value', summary: 'Wrong value of argument', detail })
  }
  const { type, body } = await bodyOf(given, controller)
  const headers: [string, string][] = Object.entries(given.headers).map(([name, value]) => [name, String(value)])
  const has = (name: string) => headers.some(([other]) => other.toLowerCase() === name)
  if (type !== null && (!has('content-type') || given.body_format === 'form-multipart'))
    headers.push(['Content-Type', type])
  if (!has('user-agent')) headers.push(['User-Agent', given.http_agent])
  if (given.force) headers.push(['cache-control', 'no-cache'])
  const safe = method === 'GET' || method === 'HEAD'
  return {
    url: given.url,
    method,
    headers,
    body,
    user: given.url_username,
    password: given.url_password,
    basic: given.force_basic_auth,
    follow: ['all', 'yes', 'urllib2'].includes(given.follow_redirects) || (given.follow_redirects === 'safe' && safe),
    insecure: !given.validate_certs,
    timeout: given.timeout,
    socket: given.unix_socket,
    proxy: given.use_proxy,
    netrc: given.use_netrc,
    cacert: given.ca_path,
    cert: given.client_cert,
    key: given.client_key,
    ciphers: given.ciphers,
    newerThan: given.force ? undefined : given.dest,
  }
}

async function bodyOf(given: Args, controller: Controller): Promise<{ type: string | null; body: Body | null }> {
  const file = async (name: string) => controller.file(await controller.find(name, 'files'))
  if (given.src !== undefined) {
    const body = given.remote_src ? { path: expandHome(given.src, controller.home) } : await file(given.src)
    return { type: null, body }
  }
  const body: Json = given.body ?? null
  if (given.body_format === 'json') {
    return { type: 'application/json', body: Blob.of(typeof body === 'string' ? body : pythonJson(body)) }
  }
  if (given.body_format === 'form-multipart') {
    return multipart(await partsOf(body, file))
  }
  if (given.body_format === 'form-urlencoded') {
    return { type: 'application/x-www-form-urlencoded', body: body === null ? null : Blob.of(formUrlencoded(body)) }
  }
  return { type: null, body: body === null ? null : Blob.of(typeof body === 'string' ? body : pythonJson(body)) }
}

/** The content travels only where it is looked at: when asked for, when it is JSON, when the status is not what was wanted. */
function applyOf(want: Want): Sh {
  const expected = want.status_code.map(String)
  const { dest } = want
  return lines([
    exchange(want.request),
    sh`
      status=\${seen%% *}
      good=
      for code in ${expected}; do [ "$status" != "$code" ] || good=1; done
      kind=
      while IFS= read -r line; do
        case $line in [Cc]ontent-[Tt]ype:*) kind=\${line#*:} ;; esac
      done <"$work/head"
      case ${want.return_content ? 'all' : ''}$good:$kind in
        all*|:*|*json*|*javascript*) send=1 ;;
        *) send= ;;
      esac
      if [ "$send" ]; then field body "$(base64 <"$work/body")"; fi`,
    dest !== undefined && save(dest, want),
    sh`[ "$good" ] || exit 1`,
  ])
}

/** A folder gets a file named as the server or the URL says. */
function save(dest: string, want: Want): Sh {
  const named = /\/([^/?#]+)(?:[?#].*)?$/.exec(want.url.replace(/^\w+:\/\/[^/]*/, ''))?.[1] ?? 'index.html'
  return sh`
    dest=${dest}
    if [ -d "$dest" ]; then
      name=$(tr -d '\r' <"$work/head" | sed -n 's/^[Cc]ontent-[Dd]isposition:.*filename="*\([^";\/]*\).*/\1/p' | tail -n 1)
      dest=\${dest%/}/\${name:-${named}}
    fi
    field path "$dest"
    if [ "$good" ] && [ "$status" != 304 ]; then
      if ! cmp -s "$work/body" "$dest"; then
        new=$(mktemp "$dest.XXXXXX")
        cat "$work/body" >"$new"
        if [ -e "$dest" ]; then chmod --reference="$dest" "$new"; else chmod "$(printf %o "$((0666 & ~$(umask)))")" "$new"; fi
        mv -f "$new" "$dest"
      fi
      ${want.mode === undefined ? null : sh`chmod ${modeText(want.mode)} "$dest"`}
      ${want.owner === undefined ? null : sh`chown ${want.owner} "$dest"`}
      ${want.group === undefined ? null : sh`chgrp ${want.group} "$dest"`}
      field saved 1
    fi`
}

function modeText(mode: Json): string {
  return typeof mode === 'number' ? mode.toString(8).padStart(4, '0') : String(mode)
}

function resultOf(ran: Ran, want: Want): { readonly response: Response; readonly result: JsonObject } {
  const response = parseResponse(ran.fields.text('seen'), ran.fields.text('head'))
  const { json, charset } = contentType(response.headers.get('content-type'))
  const body = ran.fields.get('body')
  const content = body === undefined ? null : decode(Buffer.from(body, 'base64'), charset)
  const data = json && content !== null ? parseJson(content) : undefined
  const headers = [...response.headers].map(([name, value]) => [name.replaceAll('-', '_'), value] as const)
  const location = response.headers.get('location')
  const length = response.headers.get('content-length') ?? 'unknown'
  const path = ran.fields.get('path')
  return {
    response,
    result: {
      ...Object.fromEntries(headers),
      ...(location === undefined ? {} : { location: absolute(want.url, location) }),
      ...(data === undefined ? {} : { json: data }),
      ...(want.return_content ? { content: content ?? '' } : {}),
      ...(path === undefined ? {} : { path }),
      status: response.status,
      url: response.url,
      redirected: response.url !== want.url,
      elapsed: response.elapsed,
      cookies: response.cookies,
      cookies_string: response.cookiesString,
      msg: response.status < 400 ? `OK (${length} bytes)` : `HTTP Error ${response.status}: ${response.reason}`,
      changed: ran.fields.flag('saved'),
    },
  }
}

function absolute(url: string, location: string): string {
  if (location.includes('://')) return location
  const [root = url] = /^\w+:\/\/[^/?#]+/.exec(url) ?? []
  return location.startsWith('/') ? `${root}${location}` : `${url.slice(0, url.lastIndexOf('/'))}/${location}`
}

function failureOf(ran: Ran, want: Want): Failure {
  const problem = ran.fields.get('problem')
  if (problem !== undefined) return new Failure(problem)
  const codes = `[${want.status_code.join(', ')}]`
  const { result, response } = resultOf(ran, want)
  if (ran.fields.has('error') || response.status === 0) {
    const words = ran.fields.text('error').trim() || ran.stderr.trim()
    const data = { status: -1, url: want.url, redirected: false, elapsed: response.elapsed }
    return new Failure(`Status code was -1 and not ${codes}: Request failed: <${words}>`, data)
  }
  return new Failure(`Status code was ${response.status} and not ${codes}: ${String(result.msg)}`, result)
}
