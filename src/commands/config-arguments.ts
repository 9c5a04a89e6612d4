import { shlexSplit } from '../kernel/shlex.ts'
import type { Config } from './config.ts'
import type { RunArguments } from './options.ts'

/** The arguments of a run with the configuration's settings where the arguments say nothing; its tags are there beside those given. */
export function configured(args: RunArguments, config: Config): RunArguments {
  const files = {
    become: args.askBecomePass ? null : (args.becomePasswordFile ?? config.becomePasswordFile),
    connection: args.askPass ? null : (args.connectionPasswordFile ?? config.connectionPasswordFile),
  }
  return {
    ...args,
    inventories: args.inventories.length > 0 ? args.inventories : config.inventories,
    diff: args.diff || config.diff,
    tags: [...config.tags, ...args.tags],
    skipTags: [...config.skipTags, ...args.skipTags],
    forks: args.forks ?? config.forks,
    forceHandlers: args.forceHandlers || config.forceHandlers,
    verbosity: args.verbosity > 0 ? args.verbosity : config.verbosity,
    user: args.user ?? config.remoteUser,
    privateKey: args.privateKey ?? config.privateKeyFile,
    connection: args.connection ?? config.connection,
    timeout: args.timeout ?? config.timeout,
    sshCommonArgs: args.sshCommonArgs ?? config.sshCommonArgs,
    sshExtraArgs: args.sshExtraArgs ?? config.sshExtraArgs,
    askPass: args.askPass || (config.askPass && files.connection === null),
    connectionPasswordFile: files.connection,
    become: args.become || config.become,
    becomeUser: args.becomeUser ?? config.becomeUser,
    becomeMethod: args.becomeMethod ?? config.becomeMethod,
    askBecomePass: args.askBecomePass || (config.askBecomePass && files.become === null),
    becomePasswordFile: files.become,
  }
}

/**
 * The words for ssh. The first of two values of an option counts, so what comes before is stronger; the order is Ansible's. Only
 * `host_key_checking = False` makes it trust any host key.
 */
export function sshArgs(
  { sshCommonArgs, sshExtraArgs }: Pick<RunArguments, 'sshCommonArgs' | 'sshExtraArgs'>,
  { sshArgs, hostKeyChecking }: Config,
): string[] {
  const words = (text: string | null) => (text === null ? [] : shlexSplit(text))
  const unchecked = hostKeyChecking ? [] : ['-o', 'StrictHostKeyChecking=no']
  return [...words(sshArgs), ...unchecked, ...words(sshCommonArgs), ...words(sshExtraArgs)]
}
