import { text as readAll } from 'node:stream/consumers'
import { Problem } from '../kernel/problem.ts'
import { encrypt, inlineVault } from '../vault/cipher.ts'
import type { Flag } from './flags.ts'
import { askTerminal } from './terminal.ts'
import type { VaultTask } from './vault.ts'
import { confirm, writeContent } from './vault-files.ts'

export const STRING_FLAGS: readonly Flag[] = [
  { flags: '-p, --prompt', kind: 'switch', help: 'ask for the text' },
  { flags: '--show-input', kind: 'switch', help: 'show what is typed' },
  { flags: '-n, --name <name>', kind: 'texts', help: 'name of the variable; repeatable' },
  { flags: '--stdin-name <name>', kind: 'text', help: 'name of the variable for standard input' },
]

type Named = { readonly text: string; readonly name: string | null; readonly from: string }

/** `encrypt_string`: texts as `!vault` values for a YAML file, with ansible-vault's order and layout. Problems `usage.*`. */
export async function encryptStrings(task: VaultTask): Promise<void> {
  const { option, encryption } = task
  const texts = await textsOf(task)
  const values = texts.map(({ text, name, from }, index) => {
    if (texts.length > 1) process.stderr.write(delimiter(name, index + 1, from))
    return inlineVault(encrypt(text, encryption!.password, encryption!.id), name)
  })
  await writeContent(option.text('output') ?? '-', `${values.join('\n')}\n`)
  confirm('Encryption successful')
}

async function textsOf({ files: given, option }: VaultTask): Promise<Named[]> {
  const args = given.filter((text) => text !== '-')
  const prompt = option.is('prompt')
  const stdin = given.includes('-') || option.text('stdinName') !== null || (given.length === 0 && !prompt)
  if (prompt && stdin) throw usage('--prompt cannot be used while standard input is read too')
  const texts: Named[] = []
  if (prompt) texts.push(await ask(!option.is('showInput')))
  if (stdin) texts.push({ text: await readAll(process.stdin), name: option.text('stdinName'), from: 'stdin' })
  const names = option.texts('name')
  if (names.length > 0 && args.length > names.length) {
    process.stderr.write(
      `The number of --name options do not match the number of args.\nThe last named variable will be "${names.at(-1)}". The rest will not have names.\n`,
    )
  }
  texts.push(...args.map((text, index) => ({ text, name: names[index] ?? null, from: 'the command line args' })))
  const empty = texts.find(({ text }) => text === '')
  if (empty !== undefined) throw usage(`the plaintext provided from ${empty.from} was empty, not encrypting`)
  return texts
}

async function ask(hidden: boolean): Promise<Named> {
  const name = await askTerminal('Variable name (enter for no name): ', false)
  const text = await askTerminal(hidden ? 'String to encrypt (hidden): ' : 'String to encrypt: ', hidden)
  if (text === null) throw usage('--prompt needs a terminal')
  return { text, name: name === '' ? null : name, from: 'the interactive prompt' }
}

function delimiter(name: string | null, number: number, from: string): string {
  return name === null
    ? `# The encrypted version of the string #${number} from ${from}.)\n`
    : `# The encrypted version of variable ("${name}", the string #${number} from ${from}).\n`
}

function usage(detail: string): Problem {
  return new Problem({ code: 'usage.text', summary: 'No text to encrypt', detail })
}
