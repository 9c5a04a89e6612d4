import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { run } from '../engine/run.ts'
import type { Event } from '../kernel/event.ts'
import { type Position, Problem } from '../kernel/problem.ts'
import { Redactor } from '../kernel/secret.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { diskFiles } from '../language/disk.ts'
import { createReporters } from '../reporters/create.ts'
import type { Output, Reporter, ReporterKind } from '../reporters/reporter.ts'
import { connect } from './connect.ts'
import { readExtraVars } from './extra-vars.ts'
import { openInventory } from './inventory-source.ts'
import { listRun } from './listing.ts'
import { moduleLibrary } from './modules.ts'
import { playbookCandidates, type RunArguments } from './options.ts'
import { openProject } from './project.ts'
import { askTerminal } from './terminal.ts'
import { openVault } from './vault-secrets.ts'

/** Runs playbooks, or only lists what they hold; returns the exit code. */
export async function runCommand(args: RunArguments): Promise<number> {
  const redactor = new Redactor()
  const vault = await openVault(args, redactor)
  const files = diskFiles(vault.decryptFile)
  const warnings: { text: string; at: Position | null }[] = []
  const warn = (text: string, at: Position | null = null) => warnings.push({ text, at })
  const playbookPaths = playbooksOf(args)
  const extraVars = readExtraVars(args.extraVars, files)
  const library = moduleLibrary()
  const inventory = await openInventory(args.inventories, { files, playbook: playbookPaths[0]!, warn })
  const { loader, templates } = openProject({
    files,
    library,
    extraVars,
    rolesPath: [],
    collectionsPaths: [],
    native: process.env.ANSIBLE_JINJA2_NATIVE === '1',
    redactor,
    decrypt: vault.decryptText,
    hosts: (pattern) => inventory.match(pattern, null),
    warn,
  })
  const playbooks = playbookPaths.map((path) => loader.loadPlaybook(path))
  if (args.syntaxCheck) return listSyntax(playbookPaths)
  if (args.listHosts || args.listTasks || args.listTags)
    return listRun(args, playbooks, inventory, templates, extraVars)

  const reporter = await reporterFor(args)
  const emit = (event: Event) => reporter.emit(redactor.data(event))
  for (const warning of warnings) emit({ type: 'warning', ...warning })
  const engine: Engine = {
    options: await runOptions(args, redactor),
    emit,
    hosts: inventory,
    templates,
    files: { exists: (path) => files.kind(path) !== null, readText: (path) => files.read(path) ?? '' },
    loader,
    redactor,
    extraVars,
    magic: magicOf(args),
    sourceOf: (file) => files.read(file),
    moduleNames: library.names,
    refreshInventory: () => inventory.refresh(),
    module: (name, collection) => library.load(name, collection),
    connect: (target) => connect(target, { acceptNewHostKeys: args.acceptNewHostKeys }),
    ask: (prompt, secret) => {
      reporter.suspend()
      return askTerminal(prompt, secret)
    },
  }
  try {
    return await run(engine, playbooks)
  } finally {
    await reporter.end()
  }
}

/** The playbooks to run, as absolute paths. Problem `playbook.missing`. */
function playbooksOf(args: RunArguments): string[] {
  if (args.playbooks.length > 0) return args.playbooks.map((path) => resolve(path))
  const candidates = args.inventories.flatMap(playbookCandidates)
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return [resolve(found)]
  throw new Problem({
    code: 'usage.playbook',
    summary: 'No playbook',
    detail: `there is no playbook at ${candidates.join(', ')}`,
    hint: 'name one: provision INVENTORY PLAYBOOK',
  })
}

function listSyntax(paths: readonly string[]): number {
  for (const path of paths) process.stdout.write(`\nplaybook: ${path}\n`)
  return 0
}

async function runOptions(args: RunArguments, redactor: Redactor): Promise<Engine['options']> {
  const secret = async (ask: boolean, file: string | null, prompt: string) => {
    const text =
      file !== null ? readFileSync(file, 'utf8').replace(/\n$/, '') : ask ? await askTerminal(prompt, true) : null
    if (text !== null) redactor.add(text)
    return text
  }
  const password = await secret(args.askPass, args.connectionPasswordFile, 'SSH password: ')
  const become = await secret(args.askBecomePass, args.becomePasswordFile, 'BECOME password: ')
  return {
    check: args.check,
    diff: args.diff,
    forks: args.forks ?? Math.max(50, availableParallelism() * 25),
    tags: args.tags,
    skipTags: args.skipTags,
    roles: args.roles,
    limit: args.limit,
    forceHandlers: args.forceHandlers,
    verbosity: args.verbosity,
    startAtTask: args.startAtTask,
    lookAhead: args.lookAhead,
    defaults: {
      connection: args.connection,
      user: args.user,
      password,
      privateKeyFile: args.privateKey,
      sshArgs: [args.sshCommonArgs, args.sshExtraArgs].flatMap((text) => (text === null ? [] : shlexSplit(text))),
      timeout: args.timeout ?? 10,
      become: args.become,
      becomeUser: args.becomeUser,
      becomeMethod: args.becomeMethod,
      becomePassword: become,
    },
  }
}

/** Magic variables that hold for the whole run. `omit` is random: equal to nothing a playbook can write. */
function magicOf(args: RunArguments): Dict {
  const version = new Map<Value, Value>([
    ['full', '2.19.0'],
    ['major', 2],
    ['minor', 19],
    ['revision', 0],
    ['string', '2.19.0'],
  ])
  return new Map<Value, Value>([
    ['omit', `__omit_place_holder__${randomBytes(20).toString('hex')}`],
    ['ansible_version', version],
    ['ansible_inventory_sources', args.inventories.map((path) => (path.includes(',') ? path : resolve(path)))],
    ['ansible_playbook_python', process.execPath],
    ['ansible_controller_hostname', hostname()],
    ['ansible_config_file', null],
  ])
}

async function reporterFor(args: RunArguments): Promise<Reporter> {
  const colour = wantsColour()
  const terminal = process.stdout.isTTY === true
  const specs = args.outputs.some(({ file }) => file === null)
    ? args.outputs
    : [{ form: (terminal ? 'tree' : 'plain') as ReporterKind, file: null }, ...args.outputs]
  const { verbosity, check, diff } = args
  return createReporters(
    specs.map(({ form, file }) => {
      const out: Output = file === null ? process.stdout : createWriteStream(file)
      const columns = file === null && terminal ? (process.stdout.columns ?? null) : null
      return {
        kind: form,
        options: { out, err: process.stderr, colour: colour && file === null, verbosity, columns, check, diff },
      }
    }),
  )
}

/** Colour on a terminal, or where it is forced (https://no-color.org, ANSIBLE_FORCE_COLOR). */
function wantsColour(): boolean {
  const { NO_COLOR, ANSIBLE_NOCOLOR, ANSIBLE_FORCE_COLOR, FORCE_COLOR } = process.env
  if (isSet(ANSIBLE_FORCE_COLOR) || isSet(FORCE_COLOR)) return true
  return process.stdout.isTTY === true && !isSet(NO_COLOR) && !isSet(ANSIBLE_NOCOLOR)
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0'
}
