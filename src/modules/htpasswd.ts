import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { attributeArgs, attributesOf } from './parts/attributes.ts'
import { asBytes, type Edited, type EditNow, type EditWant, editFile, splitLines } from './parts/edit-file.ts'
import { htpasswdHash, htpasswdMatches, SCHEMES } from './parts/htpasswd.ts'

const schema = args({
  path: arg.path('The file', { required: true, aliases: ['dest', 'destfile'] }),
  name: arg.str('The user', { required: true, aliases: ['username'] }),
  password: arg.secret('The password, in clear'),
  crypt_scheme: arg.choice(SCHEMES, 'How it is hashed', { default: 'apr_md5_crypt' }),
  state: arg.choice(['absent', 'present'], 'Whether the user is in the file', { default: 'present' }),
  create: arg.bool('Make the file when it is missing', { default: true }),
  ...attributeArgs,
})

type Args = ReturnType<typeof schema.check>

/** Users and passwords for a web server's basic authentication; hashes are worked out here and are never shown. */
export const module = defineModule<Args, EditWant, EditNow>({
  name: 'htpasswd',
  collection: 'community.general',
  summary: 'Manages users of a web server’s basic authentication',
  examples: [
    '- community.general.htpasswd:\n    path: /t/passwdfile\n    name: janedoe\n    password: "9s36?;fyNp"\n    mode: "0640"\n',
  ],
  ...editFile,
  args: schema,
  want: wanted,
  plan: (now, want) =>
    editFile.plan(now, want).map((change) => {
      if (change.what !== 'content') return change
      return { ...change, before: change.before === null ? null : '********', after: '********' }
    }),
  result: ({ now, want }): JsonObject => {
    if (now.status === null && want.missing === '')
      return { msg: now.edited.msg, warnings: [`${want.path} does not exist`] }
    return { msg: now.edited.msg }
  },
})

function wanted(given: Args): EditWant {
  const { path, state, create } = given
  const adds = state === 'present'
  if (adds && given.password === undefined) throw new Failure('password is needed for a user who is to be present')
  return {
    path,
    create: adds && create,
    backup: false,
    validate: undefined,
    attributes: attributesOf(given),
    missing: adds ? `Destination ${path} does not exist` : '',
    edit: adds ? setUser(given) : dropUser(given),
  }
}

/** The user's line with the password, unless it is the one there. Empty lines go, as in Ansible. */
function setUser({ path, name, password, crypt_scheme }: Args): (text: string | null) => Edited {
  const secret = password!.reveal()
  return (text) => {
    const lines = linesOf(text)
    const index = lines.findIndex((line) => isOf(line, name))
    const known = index === -1 ? null : Buffer.from(lines[index]!.trim().split(':')[1] ?? '', 'latin1').toString('utf8')
    if (known !== null && htpasswdMatches(known, secret))
      return { text: changed(lines, text), msg: `${name} already present` }
    const line = `${asBytes(`${name}:${htpasswdHash(secret, crypt_scheme, `${path}\0${name}`)}`)}\n`
    const after = index === -1 ? [...lines, line] : lines.with(index, line)
    return { text: after.join(''), msg: text === null ? `Created ${path} and added ${name}` : `Add/update ${name}` }
  }
}

function dropUser({ name }: Args): (text: string | null) => Edited {
  return (text) => {
    const lines = linesOf(text)
    const after = lines.filter((line) => !isOf(line, name))
    const msg = after.length === lines.length ? `${name} not present` : `Remove ${name}`
    return { text: text === null ? null : changed(after, text), msg }
  }
}

function linesOf(text: string | null): string[] {
  const lines = splitLines(text ?? '').filter((line) => line.trim() !== '')
  return lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`))
}

function isOf(line: string, name: string): boolean {
  return line.startsWith(`${asBytes(name)}:`)
}

function changed(lines: readonly string[], text: string | null): string | null {
  const after = lines.join('')
  return after === (text ?? '') ? null : after
}
