import { MAX_AUTHOR, MAX_BODY } from './guestbook.js'
import { errorPage, guestbookPage } from './pages.js'

const BODY_LIMIT = 16 * 1024

const ROUTES = {
  'GET /': showGuestbook,
  'POST /messages': addMessage,
  'GET /messages.json': listMessages,
  'GET /healthz': health,
  'GET /whoami': whoami,
}

/** Answers one request. What goes wrong becomes an answer too: 4xx for the client's mistakes, 503 when a database is away. */
export async function handle(site, request, response) {
  const url = new URL(request.url, 'http://site')
  response.setHeader('X-Served-By', site.server)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = ROUTES[`${method} ${url.pathname}`]
  try {
    if (route) await route(site, request, response, url)
    else sendPage(response, 404, errorPage(site, 404, 'There is no such page.'))
  } catch (error) {
    if (!error.status) console.error(error.message)
    const status = error.status ?? 503
    sendPage(response, status, errorPage(site, status, error.status ? error.message : 'A database does not answer.'))
  }
}

async function showGuestbook(site, request, response, url) {
  const after = Number(url.searchParams.get('after') ?? 0)
  const { messages, answeredBy } = await site.guestbook.list(Number.isSafeInteger(after) ? after : 0)
  sendPage(response, 200, guestbookPage(site, { messages, answeredBy, client: clientAddress(request) }))
}

async function addMessage(site, request, response) {
  const fields = await readFields(request)
  const author = String(fields.author ?? '').trim()
  const body = String(fields.body ?? '').trim()
  if (author === '' || body === '') throw refusal(400, 'A message needs a name and a text.')
  if (author.length > MAX_AUTHOR || body.length > MAX_BODY) throw refusal(400, 'That message is too long.')
  const id = await site.guestbook.add({ author, body, server: site.server })
  if (request.headers['content-type']?.startsWith('application/json')) sendJson(response, 201, { id })
  else response.writeHead(303, { Location: `/?after=${id}` }).end()
}

async function listMessages(site, _request, response) {
  const { messages, answeredBy } = await site.guestbook.list(0)
  sendJson(response, 200, { server: site.server, database: answeredBy, messages })
}

async function health(site, _request, response) {
  const databases = await site.database.check()
  const healthy = databases.primary.ok && databases.replicas.some((replica) => replica.ok)
  sendJson(response, healthy ? 200 : 503, { healthy, server: site.server, ...databases })
}

async function whoami(site, request, response) {
  const { primary, replicas } = await site.database.check()
  sendJson(response, 200, {
    server: site.server,
    release: site.release,
    client: clientAddress(request),
    scheme: request.headers['x-forwarded-proto'] ?? 'http',
    primary: primary.server,
    replicas: replicas.map((replica) => replica.server),
  })
}

/** nginx in front of this server sets X-Real-IP itself, so a client can't choose it. */
function clientAddress(request) {
  return request.headers['x-real-ip'] ?? request.socket.remoteAddress
}

async function readFields(request) {
  const text = await readText(request)
  if (!request.headers['content-type']?.startsWith('application/json'))
    return Object.fromEntries(new URLSearchParams(text))
  try {
    return Object(JSON.parse(text))
  } catch {
    throw refusal(400, 'The body is not JSON.')
  }
}

async function readText(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > BODY_LIMIT) throw refusal(413, 'That message is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusal(status, message) {
  return Object.assign(new Error(message), { status })
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(`${JSON.stringify(value)}\n`)
}

function sendPage(response, status, html) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }).end(html)
}
