import type { Host } from './host.ts'
import { bootContainer } from './nspawn.ts'

const IMAGE = '/var/tmp/provision-modhost/root'

/** The one host that all rows of a mocha run share; booted when first asked for, removed when the run ends. */
export const testHost: () => Promise<Host> = shared()

function shared(): () => Promise<Host> {
  let host: Promise<Host> | null = null
  after(async function () {
    this.timeout(30_000)
    await (await host)?.close()
  })
  return () => {
    host ??= bootContainer(IMAGE)
    return host
  }
}
