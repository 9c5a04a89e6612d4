import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { vault } from '../../../src/commands/vault.ts'
import { openVault, sourcesOf } from '../../../src/commands/vault-secrets.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { Redactor, Secret } from '../../../src/kernel/secret.ts'
import { VaultText } from '../../../src/kernel/value.ts'
import { encrypt } from '../../../src/vault/cipher.ts'
import { decrypt } from '../../../src/vault/vault.ts'
import { provision } from '../../support/program.ts'

const PLAIN = 'user: deploy\npassword: hunter2hunter\n'

function vaultProcess(folder: string, args: readonly string[], options: Parameters<typeof provision>[2] = {}) {
  return provision(folder, ['vault', ...args], options)
}

function opened(text: string, password: string): string {
  return decrypt(text, { secrets: [{ id: 'default', password: new Secret(password) }] }).content.toString()
}

describe('provision vault', () => {
  let folder: string
  const path = (name: string) => join(folder, name)
  const content = (name: string) => readFileSync(path(name), 'utf8')

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-vault-test-'))
    writeFileSync(path('one'), 'pw1\n')
    writeFileSync(path('two'), 'pw2\n')
    writeFileSync(path('script'), '#!/bin/sh\necho pw3\n', { mode: 0o700 })
    writeFileSync(path('plain.yml'), PLAIN, { mode: 0o640 })
    writeFileSync(path('vault.yml'), encrypt(PLAIN, new Secret('pw1')), { mode: 0o640 })
    writeFileSync(path('editor'), '#!/bin/sh\nstat -c %a "$1" "$(dirname "$1")" > "$HOME/seen"\necho more: 1 >> "$1"\n')
    chmodSync(path('editor'), 0o700)
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('what a vault file holds comes to a host byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 254, 10, 195, 40, 0])
    writeFileSync(path('key.bin'), encrypt(bytes, new Secret('pw1')))
    writeFileSync(path('play.yml'), `- hosts: all\n  tasks:\n    - copy: { src: key.bin, dest: "${path('copied')}" }\n`)
    const args = ['playbook', '-i', 'h1,', '-c', 'local', '--vault-password-file', 'one', 'play.yml']
    const { code } = await provision(folder, args, { env: { ANSIBLE_GATHERING: 'explicit' } })
    expect([code, readFileSync(path('copied')).equals(bytes)]).to.deep.equal([0, true])
  })

  it('encrypts in place, keeping the mode and leaving nothing beside it', async () => {
    const before = readdirSync(folder)
    expect(await vault(['encrypt', '--vault-password-file', path('one'), path('plain.yml')])).to.equal(0)
    expect(content('plain.yml')).to.match(/^\$ANSIBLE_VAULT;1\.1;AES256\n/)
    expect(opened(content('plain.yml'), 'pw1')).to.equal(PLAIN)
    expect(statSync(path('plain.yml')).mode & 0o777).to.equal(0o640)
    expect(readdirSync(folder)).to.deep.equal(before)
  })

  it('decrypts what a link points to, and the link stays', async () => {
    symlinkSync('vault.yml', path('link.yml'))
    expect(await vault(['decrypt', '--vault-password-file', path('one'), path('link.yml')])).to.equal(0)
    expect(content('vault.yml')).to.equal(PLAIN)
  })

  it('goes through standard input and output', async () => {
    const result = await vaultProcess(folder, ['decrypt', '--vault-id', 'one'], { input: content('vault.yml') })
    expect(result).to.deep.equal({ code: 0, stdout: PLAIN, stderr: '' })
  })

  it('views without changing the file', async () => {
    const before = content('vault.yml')
    expect((await vaultProcess(folder, ['view', '--vault-password-file', 'one', 'vault.yml'])).stdout).to.equal(PLAIN)
    expect(content('vault.yml')).to.equal(before)
  })

  it('gives a file another password and vault id', async () => {
    const ids = ['--vault-password-file', path('one'), '--new-vault-id', `prod@${path('script')}`]
    expect(await vault(['rekey', ...ids, path('vault.yml')])).to.equal(0)
    expect(content('vault.yml')).to.match(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/)
    expect(opened(content('vault.yml'), 'pw3')).to.equal(PLAIN)
  })

  it('edits in a private file, and nothing of it stays', async () => {
    const args = ['edit', '--vault-password-file', 'one', 'vault.yml']
    const result = await vaultProcess(folder, args, { env: { EDITOR: path('editor') } })
    expect(result).to.deep.equal({ code: 0, stdout: '', stderr: '' })
    expect(opened(content('vault.yml'), 'pw1')).to.equal(`${PLAIN}more: 1\n`)
    expect(content('seen')).to.equal('600\n700\n')
    expect(readdirSync(folder).filter((name) => name.startsWith('provision-vault'))).to.deep.equal([])
  })

  it('leaves the file alone when the editor fails', async () => {
    const before = content('vault.yml')
    const args = ['edit', '--vault-password-file', 'one', 'vault.yml']
    const result = await vaultProcess(folder, args, { env: { EDITOR: 'false' } })
    expect(result.code).to.equal(1)
    expect(result.stderr).to.include('Editor failed')
    expect(content('vault.yml')).to.equal(before)
    expect(readdirSync(folder).filter((name) => name.startsWith('provision-vault'))).to.deep.equal([])
  })

  it('creates a file only its owner can read', async () => {
    const args = ['create', '--vault-password-file', 'one', 'new.yml']
    expect((await vaultProcess(folder, args, { env: { EDITOR: path('editor') } })).code).to.equal(0)
    expect(opened(content('new.yml'), 'pw1')).to.equal('more: 1\n')
    expect(statSync(path('new.yml')).mode & 0o777).to.equal(0o600)
  })

  it('encrypts strings as values for a YAML file', async () => {
    const args = ['encrypt_string', '--vault-id', 'dev@one', '-n', 'a', 'first', 'second', '--output', 'out.yml']
    const { code, stderr } = await vaultProcess(folder, args)
    expect(code).to.equal(0)
    expect(stderr).to.include('# The encrypted version of variable ("a", the string #1 from the command line args).\n')
    const [first, second] = content('out.yml').split(/^(?=!vault)/m)
    expect(first).to.match(/^a: !vault \|\n {10}\$ANSIBLE_VAULT;1\.2;AES256;dev\n/)
    expect(opened(first!.replace(/^.*\n/, '').replace(/^ +/gm, ''), 'pw1')).to.equal('first')
    expect(opened(second!.replace(/^.*\n/, '').replace(/^ +/gm, ''), 'pw1')).to.equal('second')
  })

  it('asks nobody where there is no terminal, and says what to do', async () => {
    const { code, stderr } = await vaultProcess(folder, ['view', 'vault.yml'])
    expect(code).to.equal(1)
    expect(stderr).to.include('Nobody to ask for the vault password').and.to.include('--vault-password-file FILE')
  })

  const failures: readonly [args: string, code: string][] = [
    ['decrypt --vault-password-file ./two ./vault.yml', 'vault.password'],
    ['decrypt --vault-password-file ./one ./plain.yml', 'vault.plain'],
    ['encrypt --vault-password-file ./one ./vault.yml', 'vault.encrypted'],
    ['create --vault-password-file ./one ./vault.yml', 'file.exists'],
    ['create --vault-password-file ./one ./none/new.yml', 'file.missing'],
    ['edit --vault-password-file ./one ./none.yml', 'file.missing'],
    ['view --vault-password-file ./none ./vault.yml', 'vault.password-file'],
    ['encrypt --vault-id a@./one --vault-id b@./two ./plain.yml', 'usage.vault-id'],
    ['encrypt --encrypt-vault-id c --vault-id a@./one ./plain.yml', 'vault.id'],
    ['encrypt --vault-id ./one ./plain.yml ./vault.yml --output ./x', 'usage.output'],
    ['encrypt_string --vault-id ./one -p -', 'usage.text'],
    ['rekey --new-vault-id a@./one --new-vault-password-file ./two ./vault.yml', 'usage.conflict'],
    ['burn vault.yml', 'usage.command'],
    ['view --nonsense', 'usage.option'],
    ['view', 'usage.missing'],
  ]
  for (const [args, code] of failures) {
    it(`refuses ${args}`, async () => {
      const before = [content('vault.yml'), content('plain.yml')]
      const words = args.replaceAll('./', `${folder}/`).split(' ')
      const problems = await vault(words).then(
        () => [],
        (error) => problemsOf(error) ?? [error],
      )
      expect(problems.map((problem) => problem.code)).to.deep.equal([code])
      expect([content('vault.yml'), content('plain.yml')]).to.deep.equal(before)
    })
  }

  describe('passwords of a run', () => {
    const none = {
      vaultPasswordFile: null,
      vaultIdentities: [],
      askVaultPass: false,
      vaultIdMatch: false,
      vaultIdentity: 'me',
    }
    const args = { vaultPasswordFiles: [], vaultIds: [], askVaultPassword: false }

    it('come in Ansible’s order', () => {
      const given = { vaultPasswordFiles: ['/f'], vaultIds: ['a@/a', 'b@prompt'], askVaultPassword: true }
      const config = { ...none, vaultPasswordFile: '/c', vaultIdentities: ['d@/d'] }
      expect(sourcesOf(given, config)).to.deep.equal({
        vaultIds: ['d@/d', 'a@/a', 'b@prompt'],
        passwordFiles: ['/f', '/c'],
        ask: true,
        defaultId: 'me',
      })
    })

    const masked: readonly [name: string, text: string, shown: string, want: string][] = [
      [
        'every text of a vaulted file of variables',
        'a: hunter2\nb: [{c: swordfish}]\n',
        'hunter2 swordfish',
        '******** ********',
      ],
      ['but not what is shorter than four characters', 'a: "yes"\nb: 80\n', 'yes 80', 'yes 80'],
      ['each line of a key', '-----BEGIN KEY-----\nabcdef\n', 'x abcdef', 'x ********'],
    ]
    for (const [name, text, shown, want] of masked) {
      it(`masks ${name}`, async () => {
        const redactor = new Redactor()
        const run = await openVault({ ...args, vaultIds: [`x@${path('one')}`] }, none, redactor, () => undefined)
        expect(run.decryptFile(encrypt(text, new Secret('pw1')), 'f.yml').toString('utf8')).to.equal(text)
        expect(redactor.text(shown)).to.equal(want)
      })
    }

    it('masks a `!vault` string once it is read', async () => {
      const redactor = new Redactor()
      const run = await openVault(args, { ...none, vaultPasswordFile: path('script') }, redactor, () => undefined)
      expect(run.decryptText(new VaultText(encrypt('swordfish', new Secret('pw3')), null))).to.equal('swordfish')
      expect(redactor.text('a swordfish')).to.equal('a ********')
    })
  })
})
