import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Database } from './lib/database.js'
import { Guestbook } from './lib/guestbook.js'
import { handle } from './lib/routes.js'

main()

function main() {
  const config = JSON.parse(readFileSync(process.env.APP_CONFIG ?? 'config.json', 'utf8'))
  const database = new Database(config.database)
  const site = {
    title: config.title ?? 'Guestbook',
    server: hostname(),
    release: basename(dirname(fileURLToPath(import.meta.url))),
    database,
    guestbook: new Guestbook(database),
  }
  const server = createServer((request, response) => handle(site, request, response))
  server.listen(config.port ?? 3000, config.address ?? '127.0.0.1')

  // Requests under way are answered before the process ends, so that a restart costs nobody an error.
  process.on('SIGTERM', () => {
    server.close(() => {
      database.close()
      process.exit(0)
    })
    server.closeIdleConnections()
  })
}
