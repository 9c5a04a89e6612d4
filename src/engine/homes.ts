import type { Homes } from '../kernel/controller.ts'
import type { JsonObject } from '../kernel/json.ts'
import { sh } from '../kernel/sh.ts'
import type { Soon } from '../kernel/soon.ts'
import type { Scope } from '../variables/scope.ts'
import { NotYet } from '../variables/signals.ts'
import type { Wire } from './wire.ts'

/** The homes that arguments may need; only a leading `~` makes it ask the host. Looking ahead opens no connection. */
export function homesIn(given: JsonObject, wire: Wire, scope: Scope): Soon<Homes> {
  return needsHome(given) ? homesOn(wire, given, scope) : () => null
}

async function homesOn(wire: Wire, given: JsonObject, scope: Scope): Promise<Homes> {
  const text = JSON.stringify(given)
  const users = [...new Set([...text.matchAll(/"~([A-Za-z_][\w.-]*)(?=[/"])/g)].map(([, user]) => user!))]
  if (scope.foresight !== null && (users.length > 0 || !wire.isOpen)) throw new NotYet('the home directory')
  const homes = new Map([['', (await (await wire.shell()).identity).home]])
  if (users.length > 0) {
    const script = sh`for user in ${users}; do eval "home=~$user"; echo "$home"; done`
    const { stdout } = await wire.probe({ script }, async () => [])
    const found = stdout.toString('utf8').split('\n')
    users.forEach((user, index) => {
      if (found[index]?.startsWith('/')) homes.set(user, found[index])
    })
  }
  return (user) => homes.get(user) ?? null
}

export function needsHome(given: JsonObject): boolean {
  return /"(~|\$HOME|\$\{HOME\})/.test(JSON.stringify(given))
}
