import { randomBytes } from 'node:crypto'
import { availableParallelism, hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { EXIT } from '../engine/exit-codes.ts'
import { LocalBlobs } from '../engine/local-blobs.ts'
import { run } from '../engine/run.ts'
import type { Emit, Event } from '../kernel/event.ts'
import { Lanes } from '../kernel/lanes.ts'
import type { Redactor } from '../kernel/secret.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Reporter } from '../reporters/reporter.ts'
import { ownMachine } from '../transport/machine.ts'
import { SharedFiles } from '../transport/shared-files.ts'
import { type FactCache, jsonFileCache, NO_CACHE } from '../variables/fact-cache.ts'
import type { Config } from './config.ts'
import { sshArgs } from './config-arguments.ts'
import { connect } from './connect.ts'
import { defaultForks, memoryHere } from './default-forks.ts'
import { listing } from './listing.ts'
import { ANSIBLE_VERSION } from './modules.ts'
import { type OpenedRun, openRun } from './open-run.ts'
import type { RunArguments } from './options.ts'
import { passwordsOf } from './passwords.ts'
import { withDefaults } from './play-defaults.ts'
import { redactEvent } from './redact-event.ts'
import { openReporters } from './reporters.ts'
import { askTerminal, lineReader } from './terminal.ts'

/** Runs playbooks, or only lists what they hold; returns the exit code. */
export async function runCommand(given: RunArguments): Promise<number> {
  const opened = await openRun(given, null)
  const { args, config, redactor, extraVars, loader, templates, inventory, warnings } = opened
  const playbooks = opened.playbooks.map((path) => withDefaults(loader.loadPlaybook(resolve(path)), config))
  if (args.syntaxCheck) return listSyntax(opened.playbooks)
  if (args.listHosts || args.listTasks || args.listTags) {
    for (const { text } of warnings) process.stderr.write(`[WARNING]: ${redactor.text(text)}\n`)
    const named = playbooks.map(({ plays }, index) => ({ file: opened.playbooks[index]!, plays }))
    process.stdout.write(listing(args, named, inventory, templates, extraVars))
    return 0
  }

  const reporter = await openReporters(args, config)
  const emit = (event: Event) => reporter.emit(redactEvent(event, redactor))
  for (const warning of warnings) emit({ type: 'warning', ...warning })
  const stop = stopOnSignal(emit)
  const engine = { ...(await engineOf(opened, reporter, emit)), stopping: stop.asked }
  try {
    const code = await run(engine, playbooks)
    return stop.asked() ? EXIT.interrupted : code
  } finally {
    stop.forget()
    await reporter.end()
  }
}

/**
 * The first Ctrl-C lets the tasks under way finish and then ends the run; the second ends it at once. Who listens stays for the
 * second, for libraries that listen too end the process as soon as they are alone.
 */
function stopOnSignal(emit: Emit): { asked(): boolean; forget(): void } {
  let asked = false
  const signals = ['SIGINT', 'SIGTERM'] as const
  const forget = () => {
    for (const signal of signals) process.removeListener(signal, stop)
  }
  const stop = (signal: NodeJS.Signals) => {
    if (asked) {
      forget()
      process.kill(process.pid, signal)
      return
    }
    asked = true
    emit({
      type: 'warning',
      text: 'stopping when the tasks under way are done; press Ctrl-C again to break off',
      at: null,
    })
  }
  for (const signal of signals) process.on(signal, stop)
  return { asked: () => asked, forget }
}

/** The engine of a run, wired to its project, modules, transports and reporter. */
export async function engineOf(opened: OpenedRun, reporter: Pick<Reporter, 'suspend'>, emit: Emit): Promise<Engine> {
  const { args, config, redactor, files, extraVars, library, content, loader, templates, inventory } = opened
  const local = {
    exists: (path: string) => files.kind(path) !== null,
    readText: (path: string) => files.read(path) ?? '',
    decrypt: opened.decryptFile,
  }
  const readLine = lineReader()
  const shared = { startups: new Lanes<string>(), files: new SharedFiles() }
  return {
    options: await runOptions(args, config, redactor),
    emit,
    hosts: inventory,
    templates,
    files: local,
    blobs: new LocalBlobs(local),
    loader,
    redactor,
    facts: factCache(opened, emit),
    extraVars,
    magic: magicOf(args, config),
    stopping: () => false,
    sourceOf: (file) => files.read(file),
    moduleNames: library.names,
    refreshInventory: opened.refresh,
    loadPlugins: () => content.load(),
    module: (name, collection) => library.load(name, collection),
    modulesKnown: () => content.placesKnown,
    machine: ownMachine(),
    connect: (target) => connect(target, { acceptNewHostKeys: args.acceptNewHostKeys, ...shared }),
    ask: (prompt, secret) => {
      reporter.suspend()
      return askTerminal(prompt, secret)
    },
    readLine: (prompt) => {
      reporter.suspend()
      return readLine(prompt)
    },
  }
}

/** The facts of earlier runs, which `--flush-cache` forgets. */
function factCache({ args, config, inventory }: OpenedRun, emit: Emit): FactCache {
  const { folder, ...settings } = config.factCache
  if (folder === null) return NO_CACHE
  const cache = jsonFileCache({ folder, ...settings }, (text) => emit({ type: 'warning', text, at: null }))
  if (args.flushCache) for (const host of inventory.all()) cache.of(host).forget()
  return cache
}

function listSyntax(paths: readonly string[]): number {
  for (const path of paths) process.stdout.write(`\nplaybook: ${path}\n`)
  return 0
}

/** How the engine runs, with the passwords that were asked for. */
async function runOptions(args: RunArguments, config: Config, redactor: Redactor): Promise<Engine['options']> {
  const { login, become } = await passwordsOf(args, redactor)
  for (const text of [config.becomePassword, ...Object.values(config.becomeMethods).map(({ password: own }) => own)])
    if (text !== null) redactor.add(text)
  return {
    check: args.check,
    diff: args.diff,
    forks: args.forks ?? defaultForks(availableParallelism(), memoryHere()),
    tags: args.tags,
    skipTags: args.skipTags,
    roles: args.roles,
    limit: args.limit,
    forceHandlers: args.forceHandlers,
    verbosity: args.verbosity,
    startAtTask: args.startAtTask,
    lookAhead: args.lookAhead,
    pollInterval: config.pollInterval,
    injectFacts: config.injectFacts,
    missingHandlerFails: config.missingHandlerFails,
    asyncDir: config.asyncDir,
    gathering: config.gathering ?? 'implicit',
    step: args.step,
    taskDebugger: config.taskDebugger,
    debuggerIgnoresErrors: config.debuggerIgnoresErrors,
    interactive: args.step || config.taskDebugger,
    strategy: config.strategy ?? 'linear',
    privateRoleVars: config.privateRoleVars,
    defaults: {
      connection: args.connection,
      user: args.user,
      password: login,
      privateKeyFile: args.privateKey,
      sshArgs: sshArgs(args, config),
      sshExecutable: config.sshExecutable,
      timeout: args.timeout ?? 10,
      retries: config.sshRetries,
      become: args.become,
      becomeUser: args.becomeUser,
      becomeMethod: args.becomeMethod,
      becomePassword: become ?? config.becomePassword,
      becomeExe: config.becomeExe,
      becomeFlags: config.becomeFlags,
      becomeMethods: config.becomeMethods,
      shellExecutable: config.executable ?? '/bin/sh',
    },
  }
}

/** Magic variables that hold for the whole run. `omit` is random: equal to nothing a playbook can write. */
function magicOf(args: RunArguments, config: Config): Dict {
  const version = new Map<Value, Value>([
    ['string', ANSIBLE_VERSION],
    ['full', ANSIBLE_VERSION],
    ['major', 2],
    ['minor', 19],
    ['revision', 0],
  ])
  return new Map<Value, Value>([
    ['omit', `__omit_place_holder__${randomBytes(20).toString('hex')}`],
    ['ansible_version', version],
    ['ansible_inventory_sources', args.inventories.map((path) => (path.includes(',') ? path : resolve(path)))],
    ['ansible_playbook_python', process.execPath],
    ['ansible_controller_hostname', hostname()],
    ['ansible_config_file', config.file],
  ])
}
