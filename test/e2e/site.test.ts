import { hostsOf } from '../../src/lab/spec.ts'
import { withLab } from '../support/lab.ts'
import { siteOf } from '../support/site.ts'
import { changes } from './site/changes.ts'
import { convergence } from './site/convergence.ts'
import { MARIADB, MYSQL, replication } from './site/replication.ts'
import { traffic } from './site/traffic.ts'

const SITES = [
  {
    inventory: 'inventory/lab.yml',
    database: {
      ...MYSQL,
      file: '/etc/mysql/mysql.conf.d/zz-provision.cnf',
      refusal: /\[ERROR\].*unknown variable 'nonsense=1'/,
    },
  },
  {
    inventory: 'inventory/lab-mariadb.yml',
    database: {
      ...MARIADB,
      file: '/etc/mysql/mariadb.conf.d/99-provision.cnf',
      refusal: /\[ERROR\].*unknown variable 'nonsense=1'/,
    },
  },
]

for (const { inventory, database } of SITES) {
  const hosts = await hostsOf(inventory)
  describe(`the site of ${inventory}`, function () {
    this.timeout(300_000)
    this.slow(10_000)
    const site = siteOf(withLab(`site-${database.unit}`, hosts), inventory)
    describe('converges', () => convergence(site))
    describe('serves', () => traffic(site))
    describe('replicates', () => replication(site, database))
    describe('changes what it must', () => changes(site, database))
  })
}
