import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { RunDocument } from '../../../src/reporters/json.ts'
import { differences, type Fingerprint } from '../../support/lab.ts'
import { failures, results, type Site, STACK_TRACE, tasksWith } from '../../support/site.ts'

const HOSTS = ['lb01', 'web01', 'web02']
/** The roles, where the playbook puts them, and the requests they make: a check sends none, so their answer is unknown to it. */
const ROLES = [
  { role: 'haproxy', hosts: ['lb01'], requests: [] },
  { role: 'nginx', hosts: ['web01', 'web02'], requests: [] },
  { role: 'app', hosts: ['web01', 'web02'], requests: ['app : Wait for the application to be healthy'] },
  { role: 'mysql-primary', hosts: ['web01'], requests: [] },
  { role: 'mysql-replica', hosts: ['web02'], requests: [] },
]
/** What every secret of the labs' inventories begins with, and a word that is no secret but must be found: it shows that the search works. */
const SECRETS = 'lab-(replication|clone|monitor|app|canary)'

/** From bare hosts to a site that needs no change: what a check says is what a run does. */
export function convergence(site: Site): void {
  const { lab } = site
  const folder = mkdtempSync(join(tmpdir(), 'provision-site-'))
  after(() => rmSync(folder, { recursive: true }))
  let check: RunDocument
  let run: RunDocument

  it('a check of bare hosts ends well, says what would change, and changes nothing', async () => {
    const before = await fingerprints()
    check = await site.document('--check', '--diff')
    expect([failures(check), check.exitCode]).to.deep.equal([[], 0])
    for (const [index, host] of HOSTS.entries())
      expect(differences(before[index]!, await lab.fingerprint(host)), host).to.deep.equal([])
    for (const { role, hosts } of ROLES) {
      const own = results(check).filter(({ task }) => task.name.startsWith(role.replace(/-(primary|replica)$/, '-')))
      const changed = own.filter(({ result }) => result.status === 'changed')
      expect(
        changed.map(({ host }) => host),
        role,
      ).to.include.members(hosts)
    }
  })

  it('the run changes what the check said, and no secret shows', async () => {
    const plain = join(folder, 'plain')
    const watching = HOSTS.map((host) => lab.sure(host, WATCH))
    try {
      run = await site.document('-vvv', '--diff', '--output', `plain=${plain}`)
    } finally {
      for (const host of HOSTS) await lab.sure(host, 'touch /run/watched')
    }
    expect([failures(run), run.exitCode]).to.deep.equal([[], 0])
    expect(await Promise.all(watching), 'secrets in arguments and environments').to.deep.equal(
      HOSTS.map(() => 'lab-canary\n'),
    )
    for (const host of HOSTS) expect(await lab.sure(host, LEFT_OPEN), `secrets on ${host}`).to.equal('')
    expect(secretsIn(JSON.stringify(check))).to.deep.equal([])
    expect(secretsIn(JSON.stringify(run))).to.deep.equal([])
    expect(secretsIn(readFileSync(plain, 'utf8'))).to.deep.equal([])
    expect(readFileSync(plain, 'utf8')).to.not.match(STACK_TRACE)
  })
  it('all that the check called changed was changed', () => {
    expect(without(tasksWith(check, 'changed'), tasksWith(run, 'changed'))).to.deep.equal([])
  })
  it('all that was changed, the check had called changed or unknown', () => {
    expect(without(tasksWith(run, 'changed'), tasksWith(check, 'changed', 'unknown'))).to.deep.equal([])
  })

  it('the next run changes nothing', async () => {
    const before = await fingerprints()
    const again = await site.document()
    expect([failures(again), again.exitCode, tasksWith(again, 'changed', 'unknown')]).to.deep.equal([[], 0, []])
    for (const [index, host] of HOSTS.entries())
      expect(differences(before[index]!, await lab.fingerprint(host)), host).to.deep.equal([])
  })
  for (const { role, hosts, requests } of ROLES) {
    it(`--role ${role} --check: nothing to change on ${hosts.join(' and ')}`, async () => {
      const alone = await site.document('--role', role, '--check')
      expect([failures(alone), alone.exitCode, tasksWith(alone, 'changed')]).to.deep.equal([[], 0, []])
      expect(tasksWith(alone, 'unknown')).to.deep.equal(
        hosts.flatMap((host) => requests.map((name) => `${host}: ${name}`)),
      )
      const own = results(alone).filter(({ task }) => task.name.startsWith(`${role} : `))
      expect([...new Set(own.map(({ host }) => host))].sort()).to.deep.equal(hosts)
    })
  }

  function fingerprints(): Promise<Fingerprint[]> {
    return Promise.all(HOSTS.map((host) => lab.fingerprint(host)))
  }
}

/** Looks at all processes of a host until a file is there, and prints the secrets that their arguments or environments hold. */
const WATCH = `
export LOOKED_AT=lab-canary
while [ ! -e /run/watched ]; do
  grep -aohE '${SECRETS}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ
  sleep 0.2
done 2>/dev/null | sort -u; rm -f /run/watched`

/** Prints the secrets in a host's journal, and the files that hold one and that everybody may read. */
const LEFT_OPEN = `
journalctl --no-pager | grep -oE '${SECRETS}' | sort -u
find /etc /srv /tmp /var/tmp /var/log /root /home /run -xdev -type f -perm -o+r -exec grep -alE '${SECRETS}' {} +
true`

function secretsIn(text: string): string[] {
  return [...new Set(text.match(new RegExp(SECRETS, 'g')))]
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name))
}
