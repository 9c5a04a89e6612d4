import { readFileSync } from 'node:fs'
import { execa } from 'execa'

const HOSTS = ['web01', 'web02']
const REQUESTS = 20

/** Boots the lab, builds the site on it and shows that it works, as a visitor would see it. */
async function main() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.error('The demo makes throw-away hosts with systemd-nspawn: that needs Linux and root.')
    console.error('Run it as root, or use Vagrant:  vagrant up && npx provision inventory/vagrant.yml')
    process.exit(1)
  }
  await provision('lab', 'up')
  await provision('inventory/lab.yml')
  const address = `${readFileSync('.provision/lab/default/network', 'utf8').trim()}.11`
  await prove(address)
  console.log(`
www.foobar.com is served by three hosts:
  lb01   HAProxy, http://${address}/ (curl -H 'Host: www.foobar.com' http://${address}/)
  web01  nginx, the app, the primary database
  web02  nginx, the app, the replica database

Look around:     npx provision lab ssh web01
What has drifted: npx provision inventory/lab.yml --check --diff
One role only:    npx provision inventory/lab.yml --role nginx --check
Take it away:     npx provision lab down
`)
}

function provision(...args) {
  console.log(`\n$ npx provision ${args.join(' ')}`)
  return execa('bin/provision', args, { stdio: 'inherit' })
}

/** Real requests: both servers answer, evenly, and what is written through the site can be read from it. */
async function prove(address) {
  const served = new Map()
  for (let count = 0; count < REQUESTS; count++) {
    const response = await fetch(`http://${address}/`, { headers: { host: 'www.foobar.com' } })
    if (response.status !== 200) throw new Error(`the site answered ${response.status}`)
    await response.text()
    const server = response.headers.get('x-served-by') ?? 'unknown'
    served.set(server, (served.get(server) ?? 0) + 1)
  }
  const message = `hello from the demo at ${new Date().toISOString()}`
  const body = new URLSearchParams({ author: 'demo', text: message, body: message, message })
  await fetch(`http://${address}/messages`, { method: 'POST', body, redirect: 'manual' })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const list = await (await fetch(`http://${address}/messages.json`)).text()
  console.log(`\n${REQUESTS} requests: ${HOSTS.map((host) => `${host} answered ${served.get(host) ?? 0}`).join(', ')}`)
  console.log(
    `A message written to the primary ${list.includes(message) ? 'is read back from a replica' : 'was NOT found'}`,
  )
  if (!list.includes(message) || HOSTS.some((host) => !served.has(host))) process.exit(1)
}

await main()
