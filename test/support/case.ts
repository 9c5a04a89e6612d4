import type { Change } from '../../src/kernel/change.ts'
import type { JsonObject } from '../../src/kernel/json.ts'
import { Chosen, type Observed, type Prepared, type Runnable } from '../../src/kernel/module.ts'
import { plain, Sh, sh } from '../../src/kernel/sh.ts'
import type { Step, StepOutput } from '../../src/kernel/shell.ts'
import { openController } from './controller.ts'
import type { Host, ShellName } from './host.ts'
import type { Row } from './rows.ts'

export type Performed = { readonly changes: readonly Change[]; readonly script: string; readonly result: JsonObject }

/** A row of a module on a host, under one shell. */
export type Case = {
  /** Empties `/t` and sets the host up as the row says. */
  arrange(): Promise<void>
  prepare(): Promise<Prepared>
  /** Runs a script under this case's shell. */
  send(script: Sh): Promise<StepOutput>
  /** Runs a probe in a message of many, a plain one behind another that leaves words in each variable it uses. */
  sendAmong(script: Sh): Promise<StepOutput>
  /** Probes and compares: what a check does. */
  observe(prepared: Prepared): Promise<{ output: StepOutput | null; observed: Observed }>
  /** Probe, plan, apply, result: what a run does. Throws the problem or failure that comes. */
  perform(): Promise<Performed>
  /** Runs the row's `after`. */
  verify(): Promise<void>
  close(): Promise<void>
}

export async function openCase(host: Host, shellName: ShellName, module: Runnable, row: Row): Promise<Case> {
  const { controller, folder, close } = await openController(row)
  const given = typeof row.args === 'function' ? row.args(folder) : row.args
  const self: Case = {
    arrange: async () => {
      await host.sure(`cd /; umask 022; rm -rf /t; mkdir -m 755 /t; cd /t\n${row.given ?? ''}`)
    },
    prepare: async () => module.prepare(given, controller),
    send: async (script) => (await host.shell(shellName)).run([{ script }])[0]!,
    sendAmong: async (script) => {
      const steps = [spoiling(script), script, sh`:`].map((each): Step => ({ script: each, reads: true }))
      return (await host.shell(shellName)).run(steps)[1]!
    },
    observe: async (prepared) => {
      const output = prepared.probe === null ? null : await self.send(prepared.probe)
      try {
        return { output, observed: prepared.observe(output) }
      } catch (error) {
        if (error instanceof Chosen) return self.observe(error.prepared)
        throw error
      }
    },
    perform: async () => {
      const { observed } = await self.observe(await self.prepare())
      const script = observed.changes.length === 0 ? null : observed.apply()
      const applied = script === null ? null : await self.send(script)
      return { changes: observed.changes, script: script?.text ?? '', result: resultOf(observed, applied) }
    },
    verify: async () => {
      if (row.want.after !== undefined) await host.sure(`cd /t\n${row.want.after}`)
    },
    close,
  }
  return self
}

/** What `register` would hold; throws the failure of an apply that failed. */
export function resultOf(observed: Observed, applied: StepOutput | null): JsonObject {
  if (applied !== null && applied.rc !== 0) throw observed.failure(applied)
  const diff = observed.diff?.(applied, true)
  return { changed: observed.changes.length > 0, ...observed.result(applied), ...(diff === undefined ? {} : { diff }) }
}

/** Shell text that prints a fingerprint of everything below the paths: names, kinds, owners, modes, sizes, times. */
export function fingerprint(row: Row): Sh {
  const paths = ['/t', ...(row.paths ?? [])]
  const state = new Sh([row.state ?? ':'])
  return sh`
    find ${paths} -printf '%p %y %m %U %G %s %T@ %C@ %l\n' 2>/dev/null | sha1sum
    (cd /t; ${state}) 2>&1 || :`
}

function spoiling(script: Sh): Sh {
  const names = [...script.text.matchAll(/\$\{?([A-Za-z]\w*)/g)].map(([, name]) => name!)
  return plain(new Sh([...new Set(names)].map((name) => `${name}=left; `)))
}
