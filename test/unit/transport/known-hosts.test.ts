import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { judge, KnownHosts } from '../../../src/transport/known-hosts.ts'

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIA'
const OTHER = 'AAAAC3NzaC1lZDI1NTE5AAAAIB'

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

describe('known_hosts', () => {
  const rows: { name: string; given: string; host?: string; port?: number; want: string }[] = [
    { name: 'a plain name', given: `web01 ssh-ed25519 ${KEY}`, want: 'known' },
    { name: 'another host', given: `web02 ssh-ed25519 ${KEY}`, want: 'unknown' },
    { name: 'a list of names', given: `192.0.2.1,web01 ssh-ed25519 ${KEY}`, want: 'known' },
    { name: 'a wildcard', given: `web* ssh-ed25519 ${KEY}`, want: 'known' },
    { name: 'a negated name', given: `*,!web01 ssh-ed25519 ${KEY}`, want: 'unknown' },
    { name: 'a hashed name', given: `${hashed('web01')} ssh-ed25519 ${KEY}`, want: 'known' },
    { name: 'a hashed name of another host', given: `${hashed('web02')} ssh-ed25519 ${KEY}`, want: 'unknown' },
    { name: 'a port', given: `[web01]:2222 ssh-ed25519 ${KEY}`, port: 2222, want: 'known' },
    { name: 'a name without the port asked for', given: `web01 ssh-ed25519 ${KEY}`, port: 2222, want: 'unknown' },
    { name: 'another key of the same type', given: `web01 ssh-ed25519 ${OTHER}`, want: 'changed' },
    { name: 'a key of another type', given: `web01 ssh-rsa ${OTHER}`, want: 'unknown' },
    { name: 'two keys', given: `web01 ssh-ed25519 ${OTHER}\nweb01 ssh-ed25519 ${KEY}`, want: 'known' },
    { name: 'a revoked key', given: `web01 ssh-ed25519 ${KEY}\n@revoked * ssh-ed25519 ${KEY}`, want: 'revoked' },
    { name: 'an authority is OpenSSH’s affair', given: `@cert-authority * ssh-ed25519 ${KEY}`, want: 'unknown' },
    {
      name: 'comments and empty lines',
      given: `# web01 ssh-ed25519 ${OTHER}\n\nweb01 ssh-ed25519 ${KEY} me`,
      want: 'known',
    },
    { name: 'upper case', given: `WEB01 ssh-ed25519 ${KEY}`, want: 'known' },
  ]
  for (const { name, given, host = 'web01', port = 22, want } of rows) {
    it(name, () => expect(judge(new KnownHosts(given).keys(host, port), 'ssh-ed25519', KEY)).to.equal(want))
  }
})
