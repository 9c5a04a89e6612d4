import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Hosts } from './hosts.ts'
import type { Workplace } from './workplace.ts'

/** The same hosts, farther away: behind one process that forwards a port for each. */
export async function farAway(place: Workplace, hosts: Hosts, rtt: number): Promise<Hosts & { end(): void }> {
  const routes = hosts.list.map(({ address, port }, index) => ({ port: 22_001 + index, to: `${address}:${port}` }))
  const near = hosts.list[0]!.address.replace(/\.\d+$/, '.1')
  const script = join(import.meta.dirname, 'latency-proxy.ts')
  const args = [String(rtt), ...routes.map(({ port, to }) => `${near}:${port}=${to}`)]
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  place.cleanups.push(async () => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const list = hosts.list.map((host, index) => ({ ...host, address: near, port: routes[index]!.port }))
  const keyOf = (address: string) =>
    hosts.knownHosts
      .split('\n')
      .find((line) => line.split(' ')[0]!.split(',').includes(address))!
      .split(' ')
      .slice(1)
      .join(' ')
  const knownHosts = hosts.list
    .map(({ address }, index) => `[${near}]:${routes[index]!.port} ${keyOf(address)}\n`)
    .join('')
  return { ...hosts, list, knownHosts, end: () => child.kill('SIGKILL') }
}
