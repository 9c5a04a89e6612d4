import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { down, downAll, reset, status, statusAll, up } from '../lab/lab.ts'
import { DEFAULT_HOSTS, hostsOf } from '../lab/spec.ts'
import type { LabEvent, LabStatus } from '../lab/types.ts'

type Named = { name: string }

/** `provision lab …`: takes the arguments after `lab`, returns the exit code. Problems are the caller's to print. */
export async function lab(args: readonly string[]): Promise<number> {
  let code = 0
  const program = new Command('provision lab').description('Throwaway test hosts on this machine')
  program.exitOverride().enablePositionalOptions()

  named(program.command('up'), 'Bring up what is missing of a lab and start its hosts')
    .argument('[inventory]', 'YAML inventory: lab_image and the last octet of ansible_host of each host')
    .option('--with-python', 'add Python and its apt and MySQL bindings, for running Ansible against the hosts')
    .action(async (inventory: string | undefined, options: Named & { withPython?: boolean }) => {
      const hosts = inventory === undefined ? DEFAULT_HOSTS : await hostsOf(inventory)
      show(await up({ name: options.name, hosts, python: options.withPython ?? false }, { report }))
    })

  named(program.command('status'), 'Say which hosts run and where their keys are')
    .option('--all', 'all labs of this machine')
    .action(async (options: Named & { all?: boolean }) => {
      const labs = options.all ? await statusAll() : [await status(options.name)]
      for (const each of labs) show(each)
    })

  named(program.command('ssh'), 'Log in to a host as admin, or run a command there')
    .argument('<host>')
    .argument('[command...]')
    .passThroughOptions()
    .action(async (host: string, command: readonly string[], options: Named) => {
      const { folder } = await status(options.name)
      code = await ssh(['-F', join(folder, 'ssh_config'), host, ...command])
    })

  named(program.command('reset'), 'Give hosts the image’s files again')
    .argument('[host...]')
    .action(async (hosts: readonly string[], options: Named) => {
      await reset(options.name, hosts, { report })
    })

  named(program.command('down'), 'Take a lab down and leave nothing of it')
    .option('--all', 'every lab of this folder, and labs whose folder is gone')
    .action(async (options: Named & { all?: boolean }) => {
      if (options.all) await downAll({ report })
      else if (!(await down(options.name, { report }))) say(`there is no lab "${options.name}"`)
    })

  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    code = error.exitCode
  }
  return code
}

function named(command: Command, summary: string): Command {
  const fallback = process.env.PROVISION_LAB || 'default'
  return command.summary(summary).description(summary).option('--name <name>', 'which lab (PROVISION_LAB)', fallback)
}

function report({ host, text, ms }: LabEvent): void {
  const took = ms === null ? '' : ` in ${(ms / 1000).toFixed(1)} s`
  say(`${host === null ? '' : `${host}: `}${text}${took}`)
}

function show(lab: LabStatus): void {
  say(`lab ${lab.name} (${lab.id}) of ${lab.project}${lab.python ? ', with Python' : ''}`)
  const width = Math.max(...lab.hosts.map((host) => host.name.length))
  for (const { name, address, image, state, pid } of lab.hosts) {
    say(
      `  ${name.padEnd(width)}  ${address.padEnd(15)} ${image.padEnd(10)} ${state}${pid === null ? '' : `, pid ${pid}`}`,
    )
  }
  say(`  ssh -F ${join(lab.folder, 'ssh_config')} ${lab.hosts[0]!.name}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** OpenSSH with our terminal; its exit code is the command's, or 128 and the signal's number as in a shell. */
async function ssh(args: readonly string[]): Promise<number> {
  const [code, signal]: [number | null, NodeJS.Signals | null] = await once(
    spawn('ssh', args, { stdio: 'inherit' }),
    'exit',
  ).then((ended) => [ended[0] ?? null, ended[1] ?? null])
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}
