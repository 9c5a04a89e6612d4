import { expect } from 'chai'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { Secret } from '../../../src/kernel/secret.ts'
import { encrypt, inlineVault, isVault, parseEnvelope } from '../../../src/vault/cipher.ts'
import { readVaultSecrets, type SecretSources, type SecretsIo } from '../../../src/vault/secrets.ts'
import { createVault, decrypt, secretForEncryption, type VaultSecret } from '../../../src/vault/vault.ts'
import { tableFiles } from '../language/project.ts'

/** Written by ansible-vault: name, lines, password, what is inside, vault id. */
const VECTORS: [string, string[], string, string, string | null][] = [
  [
    'format 1.1',
    [
      '$ANSIBLE_VAULT;1.1;AES256',
      '39383636373965373435656263306135623937313630386338643261646564623265353939613166',
      '3761633362306164623466326331396238373735313133310a396464383438663639373236623731',
      '32313136353962366631393661633265356239373361326636656433363266303265306463626139',
      '3166383563393936630a633234393830643938363736646131313333383434376465316435336166',
      '6333',
    ],
    'pässword 1',
    'hello: wörld\n',
    null,
  ],
  [
    'format 1.2 with an id',
    [
      '$ANSIBLE_VAULT;1.2;AES256;dev',
      '30366266306534343161353964376537613266323236346135633133376264646331356663343932',
      '3932646662666365663338356666336664613836393333310a363032633265323032396339386533',
      '38366462393938633863363537626261616163393330656530376134303533363162386266653461',
      '3039323936633965390a383664336338653764353061373231623262326237623436623931386635',
      '3136',
    ],
    'two',
    'hello: wörld\n',
    'dev',
  ],
  [
    'nothing inside',
    [
      '$ANSIBLE_VAULT;1.1;AES256',
      '33343564326339373139316431323038316536363162636164393962366335643661313532373830',
      '6265653063616431343335643564336330396433626638640a343530373136626130343835663335',
      '38393339626637643065306562333833383936636530313837613937343538313138383062623666',
      '6339336436653830370a303231386439626463386261323734653163623336343139373539383366',
      '3436',
    ],
    'pässword 1',
    '',
    null,
  ],
  [
    'a whole block',
    [
      '$ANSIBLE_VAULT;1.1;AES256',
      '33636363366162373930663365323031633862393564396336343637616631313037666633653265',
      '3936653838366366353533663761313839316139363030640a353664373034633361636263666238',
      '37666637663838643963653231666564326131653365623061396535623630616134346339303637',
      '3066303132623138610a326334306336623536393464366238393231373737656330376562333131',
      '38376564396661336435663337623361343239343235336437383733653338653139',
    ],
    'pässword 1',
    '0123456789abcdef',
    null,
  ],
]

const secret = (id: string, password: string): VaultSecret => ({ id, password: new Secret(password) })
const [[, first], [, second]] = VECTORS as [(typeof VECTORS)[0], (typeof VECTORS)[0]]
const OLD = first.join('\n')
const NEW = second.join('\n')
const SECRETS = [secret('default', 'pässword 1'), secret('dev', 'two')]

/** `code` of the problem that a call throws. */
function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return problemsOf(error)?.[0]?.code
  }
}

describe('vault: what ansible-vault wrote', () => {
  for (const [name, lines, password, content, id] of VECTORS) {
    const text = `${lines.join('\n')}\n`
    it(`${name}: decrypts`, () => {
      expect(decrypt(text, { secrets: [secret('x', password)] }).content.toString()).to.equal(content)
    })
    it(`${name}: encrypts to the same text with the same salt`, () => {
      expect(encrypt(content, new Secret(password), id, parseEnvelope(text).salt)).to.equal(text)
    })
    it(`${name}: decrypts when it is indented, as in YAML`, () => {
      const indented = lines.map((line) => `   ${line}  `).join('\r\n')
      expect(decrypt(indented, { secrets: [secret('x', password)] }).content.toString()).to.equal(content)
    })
  }

  for (const size of [0, 1, 15, 16, 17, 1000]) {
    it(`what was encrypted decrypts: ${size} bytes`, () => {
      const bytes = Buffer.alloc(size, 200)
      const text = encrypt(bytes, SECRETS[0]!.password, 'x')
      expect(decrypt(text, { secrets: SECRETS }).content.equals(bytes)).to.equal(true)
    })
  }

  it('two encryptions differ', () => {
    const password = SECRETS[0]!.password
    expect(encrypt('a', password)).not.to.equal(encrypt('a', password))
  })

  it('inline for YAML', () => {
    expect(inlineVault('$ANSIBLE_VAULT;1.1;AES256\n31\n32\n', 'k')).to.equal(
      'k: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          31\n          32',
    )
  })
})

describe('vault: which password is tried', () => {
  it('the one of the id first', () => {
    const secrets = [secret('other', 'two'), secret('dev', 'two')]
    expect(decrypt(NEW, { secrets }).secret.id).to.equal('dev')
  })
  it('then all others', () =>
    expect(decrypt(NEW, { secrets: [secret('dev', 'x'), secret('a', 'two')] }).secret.id).to.equal('a'))
  it('only that of the id when told so', () => {
    const idMatch = 'default'
    expect(codeOf(() => decrypt(NEW, { secrets: [secret('a', 'two')], idMatch }))).to.equal('vault.password')
    expect(codeOf(() => decrypt(OLD, { secrets: [secret('a', 'pässword 1')], idMatch }))).to.equal('vault.password')
    expect(decrypt(OLD, { secrets: [SECRETS[0]!], idMatch }).secret.id).to.equal('default')
  })
  it('to encrypt: the first, or that of the id', () => {
    expect([secretForEncryption(SECRETS, null).id, secretForEncryption(SECRETS, 'dev').id]).to.deep.equal([
      'default',
      'dev',
    ])
  })
})

describe('vault: problems', () => {
  const lines = OLD.split('\n')
  const rows: [string, () => unknown, string][] = [
    ['a wrong password', () => decrypt(OLD, { secrets: [secret('default', 'no')] }), 'vault.password'],
    ['no password', () => decrypt(OLD, { secrets: [] }), 'vault.no-password'],
    ['a line is missing', () => decrypt(lines.slice(0, -1).join('\n'), { secrets: SECRETS }), 'vault.password'],
    [
      'a changed digit',
      () =>
        decrypt(
          OLD.replace(/.$/, (digit) => (digit === '3' ? '4' : '3')),
          { secrets: SECRETS },
        ),
      'vault.password',
    ],
    ['other characters', () => decrypt(`${lines[0]}\nhello`, { secrets: SECRETS }), 'vault.format'],
    ['only a header', () => decrypt(lines[0]!, { secrets: SECRETS }), 'vault.format'],
    ['another cipher', () => decrypt(OLD.replace('AES256', 'AES'), { secrets: SECRETS }), 'vault.format'],
    ['another version', () => decrypt(OLD.replace('1.1', '1.0'), { secrets: SECRETS }), 'vault.format'],
    ['no vault', () => decrypt('hello', { secrets: SECRETS }), 'vault.format'],
    ['no password to encrypt with', () => secretForEncryption([], null), 'vault.no-password'],
    ['an unknown id to encrypt with', () => secretForEncryption(SECRETS, 'prod'), 'vault.id'],
  ]
  for (const [name, action, code] of rows) it(name, () => expect(codeOf(action)).to.equal(code))

  it('shows no password', () => {
    try {
      decrypt(OLD, { secrets: [secret('default', 'hunter2')] })
      expect.fail('nothing was thrown')
    } catch (error) {
      const [problem] = problemsOf(error) ?? []
      expect(JSON.stringify([problem, problem?.message, problem?.hint])).not.to.contain('hunter2')
      expect(problem?.hint).to.contain('--vault-password-file')
    }
  })
})

describe('createVault', () => {
  it('decrypts files and strings, and tells of strings once', () => {
    const told: string[] = []
    const vault = createVault({ secrets: SECRETS, onSecret: (text) => told.push(text) })
    expect(vault.decryptFile(OLD, '/f').toString('utf8')).to.equal('hello: wörld\n')
    expect([vault.decrypt(NEW, null), vault.decrypt(NEW, null)]).to.deep.equal(['hello: wörld\n', 'hello: wörld\n'])
    expect(told).to.deep.equal(['hello: wörld\n'])
  })
  it('isVault', () => expect([isVault(OLD), isVault('a: 1')]).to.deep.equal([true, false]))
})

describe('readVaultSecrets', () => {
  const table = {
    '/pw': ' one \n\n',
    '/empty': '\n',
    '/script': 'x',
    '/my-client.sh': 'x',
    '/bad': 'x',
    '/locked': OLD,
  }
  const io = (): SecretsIo & { warnings: string[]; asked: string[] } => {
    const warnings: string[] = []
    const asked: string[] = []
    return {
      warnings,
      asked,
      files: tableFiles(table, ['/script', '/my-client.sh', '/bad']),
      run: async (path, args) => {
        if (path === '/bad') return { rc: 3, stdout: '', stderr: 'boom' }
        if (args[1] === 'unknown') return { rc: 2, stdout: '', stderr: '' }
        return { rc: 0, stdout: `${path} ${args.join(' ')}\n`, stderr: '' }
      },
      ask: async (prompt) => {
        asked.push(prompt)
        return 'typed'
      },
      warn: (text) => warnings.push(text),
    }
  }
  const none: SecretSources = { vaultIds: [], passwordFiles: [], ask: false, defaultId: 'default' }
  const rows: [string, Partial<SecretSources>, string[]][] = [
    ['a file', { passwordFiles: ['/pw'] }, ['default one']],
    ['a script', { passwordFiles: ['/script'] }, ['default /script ']],
    ['a client script', { vaultIds: ['dev@/my-client.sh'] }, ['dev /my-client.sh --vault-id dev']],
    [
      'ids before files before the prompt',
      { vaultIds: ['a@/pw'], passwordFiles: ['/script'], ask: true },
      ['a one', 'default /script ', 'default typed'],
    ],
    ['a file without id', { vaultIds: ['/pw'] }, ['default one']],
    [
      'ids that are not given',
      { defaultId: 'me', vaultIds: ['/pw', '@/pw'], passwordFiles: ['/pw'], ask: true },
      ['me one', 'me one', 'me one', 'me typed'],
    ],
    ['a prompt for an id', { vaultIds: ['dev@prompt'] }, ['dev typed']],
    ['an encrypted file', { vaultIds: ['k@prompt'], passwordFiles: ['/pw'] }, ['k typed', 'default one']],
    ['nothing', {}, []],
  ]
  for (const [name, sources, want] of rows) {
    it(name, async () => {
      const secrets = await readVaultSecrets({ ...none, ...sources }, io())
      expect(secrets.map(({ id, password }) => `${id} ${password.reveal()}`)).to.deep.equal(want)
    })
  }

  const failures: [string, Partial<SecretSources>, string][] = [
    ['a missing file', { passwordFiles: ['/nope'] }, 'vault.password-file'],
    ['an empty file', { passwordFiles: ['/empty'] }, 'vault.password-empty'],
    ['a failing script', { passwordFiles: ['/bad'] }, 'vault.password-script'],
    ['a client that does not know the id', { vaultIds: ['unknown@/my-client.sh'] }, 'vault.password-script'],
    ['an encrypted file without its password', { passwordFiles: ['/locked'] }, 'vault.no-password'],
  ]
  for (const [name, sources, code] of failures) {
    it(name, async () => {
      const failed = await readVaultSecrets({ ...none, ...sources }, io()).catch(
        (error: unknown) => problemsOf(error)?.[0]?.code,
      )
      expect(failed).to.equal(code)
    })
  }

  it('nobody to ask', async () => {
    const failed = await readVaultSecrets({ ...none, ask: true }, { ...io(), ask: async () => null }).catch(
      (error: unknown) => problemsOf(error)?.[0]?.code,
    )
    expect(failed).to.equal('vault.no-terminal')
  })

  it('a failure is a warning when another source works', async () => {
    const world = io()
    await readVaultSecrets({ ...none, passwordFiles: ['/nope', '/pw'] }, world)
    expect(world.warnings.join()).to.contain('/nope was not found')
  })

  it('prompts as Ansible does', async () => {
    const world = io()
    await readVaultSecrets({ ...none, vaultIds: ['dev@prompt'], ask: true }, world)
    expect(world.asked).to.deep.equal(['Vault password (dev): ', 'Vault password: '])
  })
})
