import type { Host } from './host.ts'
import { bootContainer } from './nspawn.ts'
import { sharedHost } from './shared-host.ts'

const COMMON = ['systemd', 'systemd-sysv', 'dbus', 'iproute2', 'procps', 'busybox', 'mksh']
const RECIPES = {
  mysql: { suite: 'sid', packages: ['mysql-server', 'wget'], restless: ['/var/lib/mysql', '/run/mysqld'] },
  mariadb: {
    suite: 'trixie',
    packages: ['mariadb-server', 'haproxy', 'curl', 'openssl', 'ufw'],
    restless: ['/var/lib/mysql', '/run/mysqld', '/run/haproxy', '/run/ufw.lock'],
  },
  python: { suite: 'trixie', packages: ['python3-pip', 'python3-venv', 'virtualenv'], restless: [] },
} as const

/** A host with real servers or tools on it, shared by all rows of a mocha run: MySQL of sid; MariaDB, HAProxy and ufw, or Python, of Debian 13. */
export function serverHost(kind: keyof typeof RECIPES): () => Promise<Host> {
  const { suite, packages, restless } = RECIPES[kind]
  return sharedHost({ name: `test-${kind}`, suite, packages: [...COMMON, ...packages] }, async (image) => {
    const host = await bootContainer(image)
    // MariaDB's temporary tables in /tmp would look like files that a probe writes; its package checks all tables in the background.
    const tmpdir = '[mariadbd]\\ntmpdir=/var/lib/mysql\\n'
    const restart = `printf '${tmpdir}' >/etc/mysql/mariadb.conf.d/99-tmpdir.cnf; systemctl restart mariadb`
    if (kind === 'mariadb') await host.sure(restart)
    await host.sure('while pgrep -f debian-start >/dev/null; do sleep 0.2; done')
    return { ...host, restless }
  })
}
