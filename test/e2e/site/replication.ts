import { expect } from 'chai'
import { becomes, failures, type Site, serves, tasksWith } from '../../support/site.ts'

/** What differs between the two database servers. */
export type Flavour = {
  readonly client: string
  readonly unit: string
  /** What the server says to root when it refuses to write; null where root may write. */
  readonly rootRefused: RegExp | null
  /** Makes a replica a server of its own, with a database that the primary does not know. */
  readonly secede: string
}

export const MYSQL: Flavour = {
  client: 'mysql',
  unit: 'mysql',
  rootRefused: /ERROR 1290 .*--super-read-only/,
  secede: 'SET GLOBAL super_read_only = 0; STOP REPLICA; RESET REPLICA ALL; CREATE DATABASE other',
}
export const MARIADB: Flavour = {
  client: 'mariadb',
  unit: 'mariadb',
  // MariaDB's root has the privilege READ ONLY ADMIN.
  rootRefused: null,
  secede: "STOP SLAVE; RESET SLAVE ALL; RESET MASTER; SET GLOBAL gtid_slave_pos = ''; CREATE DATABASE other",
}

const INSERT = "INSERT INTO guestbook.messages (author, body, server) VALUES ('nobody', 'astray', 'here')"

/** Rows go to the primary, come to the replica, and nowhere else. */
export function replication(site: Site, { client, unit, rootRefused, secede }: Flavour): void {
  const { lab } = site

  it('a row written through the site is on the replica', async () => {
    const body = `It's "quoted" – ${Date.now()}`
    const id = await write(body)
    expect(await becomes(async () => (await onReplica(`WHERE id = ${id}`)) === `${body}\n`)).to.equal(true)
    const list = (await (await site.request('/messages.json')).json()) as { database: string }
    expect(list.database).to.equal('web02')
  })

  it('the replica refuses a write of the application’s account', async () => {
    const { rc, stderr } = await lab.run(
      'web01',
      `MYSQL_PWD=lab-app ${client} -h ${lab.host('web02').address} -u app -e "${INSERT}"`,
    )
    expect(stderr).to.match(/ERROR 1290 .*--(super-)?read-only/)
    expect(rc).to.equal(1)
  })
  if (rootRefused !== null)
    it('the replica refuses a write of root', async () => {
      const { rc, stderr } = await lab.run('web02', `${client} -e "${INSERT}"`)
      expect(stderr).to.match(rootRefused)
      expect(rc).to.equal(1)
    })

  it('a replica set up anew has the rows from before, and the primary goes on undisturbed', async () => {
    const rows = [await write('from before'), await write('also from before')]
    const before = await lab.sure('web01', `systemctl show -p MainPID -p ActiveEnterTimestamp ${unit}`)
    await lab.reset(['web02'])
    const run = await site.document()
    expect([failures(run), run.exitCode]).to.deep.equal([[], 0])
    expect(tasksWith(run, 'changed').filter((name) => !name.startsWith('web02: '))).to.deep.equal([])
    expect(await onReplica(`WHERE id IN (${rows.join()}) ORDER BY id`)).to.equal('from before\nalso from before\n')
    expect(await lab.sure('web01', `systemctl show -p MainPID -p ActiveEnterTimestamp ${unit}`)).to.equal(before)
    const id = await write('after it')
    expect(await becomes(async () => (await onReplica(`WHERE id = ${id}`)) === 'after it\n')).to.equal(true)
  })

  it('a server with data of its own is left alone, until its owner says that it may go', async () => {
    await lab.sure('web02', `${client} -e "${secede}"`)
    const before = await lab.sure('web02', `systemctl show -p MainPID ${unit}`)
    const refused = await site.provision('--role', 'mysql-replica')
    expect(refused.text).to.match(/This host holds databases .*\bother\b.*mysql_replica_reseed/s)
    expect(refused.code).to.equal(2)
    expect(await databases()).to.include('other')
    expect(await lab.sure('web02', `systemctl show -p MainPID ${unit}`)).to.equal(before)

    const allowed = await site.document('--role', 'mysql-replica', '-e', 'mysql_replica_reseed=true')
    expect([failures(allowed), allowed.exitCode]).to.deep.equal([[], 0])
    expect(await databases())
      .to.include('guestbook')
      .and.not.include('other')
    const id = await write('after all')
    expect(await becomes(async () => (await onReplica(`WHERE id = ${id}`)) === 'after all\n')).to.equal(true)
  })
  it('a replica that works is not seeded again, even where that is allowed', async () => {
    const run = await site.document('--role', 'mysql-replica', '-e', 'mysql_replica_reseed=true')
    expect([failures(run), tasksWith(run, 'changed')]).to.deep.equal([[], []])
  })

  async function databases(): Promise<string[]> {
    return (await lab.sure('web02', `${client} -N -e 'SHOW DATABASES'`)).split('\n')
  }

  async function write(body: string): Promise<number> {
    expect(await serves(site)).to.equal(true)
    const headers = { 'Content-Type': 'application/json' }
    const answer = await site.request('/messages', {
      method: 'POST',
      headers,
      body: JSON.stringify({ author: 'test', body }),
    })
    expect(answer.status).to.equal(201)
    return ((await answer.json()) as { id: number }).id
  }

  /** The messages' texts as the replica has them, one a line. */
  function onReplica(condition: string): Promise<string> {
    return lab.sure('web02', `${client} -N -r guestbook -e 'SELECT body FROM messages ${condition}'`)
  }
}
