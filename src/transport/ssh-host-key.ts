import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ConnectConfig } from 'ssh2'
import { Problem } from '../kernel/problem.ts'
import { type HostKey, judge, nameOf, readKnownHosts, type Verdict } from './known-hosts.ts'
import type { SshOptions } from './ssh-options.ts'

type Verify = NonNullable<ConnectConfig['hostVerifier']>

/**
 * What tells ssh2 which keys of the host are taken. An unknown one is taken, and written down, only with `accept-new`. `refused` gets
 * the problem of one that is not: `ssh.host-key-unknown`, `ssh.host-key-changed`, `ssh.host-key-revoked`.
 */
export function hostKeyChecks(
  options: SshOptions,
  label: string,
  refused: (problem: Problem) => void,
): Pick<ConnectConfig, 'algorithms' | 'hostVerifier'> {
  const keys = knownKeys(options)
  const hostVerifier: Verify = (key: Buffer, verify: (accepted: boolean) => void) => {
    verdictOn(key, keys, options, label).then(
      () => verify(true),
      (error) => {
        refused(error)
        verify(false)
      },
    )
  }
  return { ...algorithms(keys), hostVerifier }
}

function knownKeys({ knownHostsFiles, files, host, port }: SshOptions): HostKey[] {
  return knownHostsFiles.flatMap((file) => files.get(file, readKnownHosts)?.keys(host, port) ?? [])
}

/** Asks the host first for a key of a type that is known, as ssh(1) does. */
function algorithms(keys: readonly HostKey[]): Pick<ConnectConfig, 'algorithms'> {
  const known = keys
    .filter((key) => !key.revoked)
    .flatMap((key) => (key.type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [key.type]))
  const all = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]
  const order = [...all.filter((type) => known.includes(type)), ...all.filter((type) => !known.includes(type))]
  return {
    algorithms: { serverHostKey: order as NonNullable<ConnectConfig['algorithms']>['serverHostKey'] & string[] },
  }
}

async function verdictOn(key: Buffer, keys: readonly HostKey[], options: SshOptions, label: string): Promise<void> {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
  const encoded = key.toString('base64')
  const verdict = judge(keys, type, encoded)
  if (verdict === 'known' || options.strictHostKeyChecking === 'no') return
  if (verdict === 'unknown' && options.strictHostKeyChecking === 'accept-new') {
    return writeDown(options.knownHostsFiles[0]!, `${nameOf(options.host, options.port)} ${type} ${encoded}`)
  }
  throw hostKeyProblem(verdict, type, options, label)
}

/** Adds a line to a file of known hosts, which with its folder may not be there yet, or may lack the end of its last line. */
async function writeDown(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const before = await readFile(file, 'utf8').catch(() => '')
  await appendFile(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`, { mode: 0o600 })
}

function hostKeyProblem(verdict: Verdict, type: string, options: SshOptions, label: string): Problem {
  if (verdict === 'unknown') {
    return new Problem({
      code: 'ssh.host-key-unknown',
      summary: 'Unknown host key',
      detail: `${label} shows a ${type} key that stands in none of ${options.knownHostsFiles.join(', ')}`,
      hint: 'check it and add it (ssh-keyscan), or run once with --accept-new-host-keys',
    })
  }
  return new Problem({
    code: `ssh.host-key-${verdict}`,
    summary: verdict === 'revoked' ? 'Revoked host key' : 'Host key has changed',
    detail: `${label} shows a ${type} key that ${verdict === 'revoked' ? 'is marked @revoked' : 'differs from the known one'}; someone may be between you and the host`,
    hint: `if the host was really set up anew: ssh-keygen -R ${options.host}, then add the new key`,
  })
}
