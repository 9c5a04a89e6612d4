import { Problem } from '../kernel/problem.ts'
import type { Redactor } from '../kernel/secret.ts'
import type { VaultText } from '../kernel/value.ts'
import type { RunArguments } from './options.ts'

export async function openVault(_args: RunArguments, _redactor: Redactor) {
  const refuse = (): string => {
    throw new Problem({ code: 'vault.password', summary: 'No vault password' })
  }
  return { decryptFile: (_text: string, _path: string) => refuse(), decryptText: (_text: VaultText) => refuse() }
}
