import { expect } from 'chai'
import { hostsOf } from '../../src/lab/spec.ts'
import { type TestLab, withLab } from '../support/lab.ts'
import { failures, siteOf, tasksWith } from '../support/site.ts'
import {
  type Allowed,
  ansiblePlaybook,
  broughtByPython,
  ensureAnsible,
  type Made,
  madeOf,
  recapOf,
  type State,
  stateOf,
  twinDifferences,
} from '../support/twin.ts'

const INVENTORY = 'inventory/lab-mariadb.yml'
const HOSTS = await hostsOf(INVENTORY)
const NAMES = HOSTS.map((host) => host.name)

/** What may differ between two hosts that are set up alike. */
const ALLOWED: readonly Allowed[] = [
  { entry: /^file \/home\/admin\/\.ansible(\/tmp)?: /, why: 'where Ansible puts its modules before it runs them' },
  {
    entry: /^file (\/etc\/shadow-?|\/var\/lib\/apt\/extended_states|\/var\/lib\/dpkg\/(status|diversions)(-old)?): /,
    why: 'they hold what the image has, Python and the salt of a password; what a run adds is compared entry by entry',
  },
  {
    entry: /^file (\/etc\/ld\.so\.cache|\/var\/cache\/apt\/(src)?pkgcache\.bin|\/var\/lib\/apt\/lists\/.*): /,
    why: 'caches of what is installed, and of what the mirror had at that minute',
  },
  { entry: /^file \/etc\/inputrc: /, why: 'made by the installation of readline, which comes with Python' },
  {
    entry: /^database variable (server_id|server_uid|gtid_(binlog_pos|binlog_state|current_pos|slave_pos)): /,
    why: 'a server id follows from the address, and Ansible needs more transactions for the same accounts',
  },
]

/** A file on each host without which nothing was compared. */
const MARKS: { readonly [host: string]: string } = {
  lb01: 'file /etc/haproxy/haproxy.cfg',
  web01: 'file /etc/mysql/mariadb.conf.d/99-provision.cnf',
  web02: 'file /etc/mysql/mariadb.conf.d/99-provision.cnf',
}

type Built = {
  readonly bare: ReadonlyMap<string, State>
  readonly made: ReadonlyMap<string, Made>
  readonly served: readonly string[]
}

describe('the site by provision and by ansible-playbook', function () {
  this.timeout(450_000)
  this.slow(60_000)
  const built = new Map<'provision' | 'ansible', Built>()
  const brought = new Map<string, Allowed>()

  describe('provision, hosts without Python', () => {
    const lab = withLab('twin-a', HOSTS)
    const site = siteOf(lab, INVENTORY)
    it('sets it up', async () => {
      const bare = await bareOf(lab)
      expect(failures(await site.document())).to.deep.equal([])
      built.set('provision', await builtOn(lab, bare))
    })
  })

  describe('ansible-playbook, hosts with Python', () => {
    before(ensureAnsible)
    const lab = withLab('twin-b', HOSTS, { python: true })
    const site = siteOf(lab, INVENTORY)

    it('sets it up with the same roles', async () => {
      const bare = await bareOf(lab)
      const ran = await ansiblePlaybook(lab, INVENTORY)
      expect(ran.code, ran.text).to.equal(0)
      built.set('ansible', await builtOn(lab, bare))
      const without = built.get('provision')!.bare
      for (const name of NAMES) {
        brought.set(name, await broughtByPython(lab, name, without.get(name)!, bare.get(name)!))
      }
    })
    it('changes nothing when it runs again', async () => {
      const ran = await ansiblePlaybook(lab, INVENTORY)
      expect(ran.code, ran.text).to.equal(0)
      const recap = recapOf(ran.stdout)
      expect(Object.keys(recap)).to.have.members(NAMES)
      expect(
        Object.values(recap).map(({ changed }) => changed),
        ran.text,
      ).to.deep.equal(NAMES.map(() => 0))
    })
    it('has nothing left to change for provision', async () => {
      const run = await site.document('--check')
      expect(failures(run)).to.deep.equal([])
      expect(tasksWith(run, 'changed')).to.deep.equal([])
    })
  })

  describe('both', () => {
    for (const name of NAMES) {
      it(`leave ${name} in the same state`, () => {
        expect(built).to.have.all.keys('provision', 'ansible')
        const [one, other] = [built.get('provision')!.made.get(name)!, built.get('ansible')!.made.get(name)!]
        expect(one.get(MARKS[name]!)).to.match(/^file 06[0-9]{2} 0:\d+\n# Ansible managed/)
        expect(twinDifferences(one, other, [...ALLOWED, brought.get(name)!])).to.deep.equal([])
      })
    }
    it('serve the same', () => {
      expect(built).to.have.all.keys('provision', 'ansible')
      expect(built.get('provision')!.served).to.deep.equal(built.get('ansible')!.served)
    })
  })
})

async function bareOf(lab: TestLab): Promise<Map<string, State>> {
  return new Map(await Promise.all(NAMES.map(async (name) => [name, await stateOf(lab, name)] as const)))
}

async function builtOn(lab: TestLab, bare: ReadonlyMap<string, State>): Promise<Built> {
  const made = await Promise.all(NAMES.map(async (name) => [name, await madeOf(lab, name, bare.get(name)!)] as const))
  return { bare, made: new Map(made), served: await served(lab) }
}

/** Status and type of some answers through the load balancer, one after the other from both web servers. */
async function served(lab: TestLab): Promise<string[]> {
  const answers: string[] = []
  for (const path of ['/', '/', '/healthz', '/no-such-page']) {
    const answer = await fetch(`http://${lab.host('lb01').address}${path}`)
    answers.push(`${path} ${answer.status} ${answer.headers.get('content-type')}`)
    await answer.arrayBuffer()
  }
  return answers
}
