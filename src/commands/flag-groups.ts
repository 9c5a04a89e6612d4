import { FLAGS, type Flag, longName } from './flags.ts'

/** The flags of a run that other commands share, by their long names. */
export function sharedFlags(...names: readonly string[]): Flag[] {
  return FLAGS.filter((flag) => names.includes(longName(flag)))
}

export const VAULT_FLAGS = ['--vault-password-file', '--vault-id', '--ask-vault-password', '--verbose'] as const
