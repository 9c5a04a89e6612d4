import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { becomes, type Site } from '../../support/site.ts'
import { withVisitors } from '../../support/visitors.ts'

type Whoami = { readonly server: string; readonly client: string; readonly scheme: string }

/** What stops on web02, and what of that server goes on by itself. */
const OUTAGES = [
  { unit: 'nginx', page: null, asset: null },
  { unit: 'app', page: 502, asset: 200 },
]

/** What a visitor gets through the load balancer, also while a server is away. */
export function traffic(site: Site): void {
  it('100 requests are all answered, by both servers evenly', async () => {
    const { statuses, servers } = await visits(100)
    expect(statuses).to.deep.equal({ 200: 100 })
    expect(Object.keys(servers).sort()).to.deep.equal(['web01', 'web02'])
    for (const count of Object.values(servers)) expect(count).to.be.within(40, 60)
  })

  it('the client’s own address is passed on, whatever the client claims', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.66', 'X-Real-IP': '192.0.2.66', 'X-Forwarded-Proto': 'https' }
    const answer = (await (await site.request('/whoami', { headers })).json()) as Whoami
    const gateway = site.lab.host('lb01').address.replace(/\d+$/, '1')
    expect([answer.client, answer.scheme]).to.deep.equal([gateway, 'http'])
  })
  it('a client that asks a web server itself is not believed either', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.66' }
    const answer = (await (await site.request('/whoami', { headers }, 'web01')).json()) as Whoami
    expect(answer.client).to.not.equal('192.0.2.66')
  })
  it('static files are the ones of the release, with a time to live', async () => {
    const asset = await site.request('/static/style.css')
    expect(await asset.text()).to.equal(readFileSync('app/public/style.css', 'utf8'))
    expect([asset.status, asset.headers.get('cache-control')]).to.deep.equal([200, 'max-age=3600'])
  })

  for (const { unit, page, asset } of OUTAGES) {
    it(`${unit} stopped on web02: no request fails, and it serves again when it is back`, async () => {
      await site.lab.sure('web02', `systemctl stop ${unit}`)
      try {
        expect((await visits(20)).statuses, 'before the checks notice').to.deep.equal({ 200: 20 })
        expect(
          await becomes(async () => (await serverState('web02')).startsWith('DOWN')),
          'it counts as down',
        ).to.equal(true)
        expect(await visits(40)).to.deep.equal({ statuses: { 200: 40 }, servers: { web01: 40 } })
        expect([await statusOf('/'), await statusOf('/static/style.css')]).to.deep.equal([page, asset])
      } finally {
        await site.lab.sure('web02', `systemctl start ${unit}`)
      }
      expect(await becomes(async () => (await serverState('web02')) === 'UP'), 'it counts as up').to.equal(true)
      const { statuses, servers } = await visits(40)
      expect(statuses).to.deep.equal({ 200: 40 })
      expect(servers).to.have.all.keys('web01', 'web02')
    })
  }

  it('ten reloads of the load balancer: no visitor notices, not even one whose connection is kept', async () => {
    const reload = 'for turn in 1 2 3 4 5 6 7 8 9 10; do systemctl reload haproxy; sleep 0.5; done'
    const [, answers] = await withVisitors(site, site.lab.sure('lb01', reload), { count: 4, pause: 0 })
    expect(answers).to.have.all.keys('200')
  })

  /** How many answers there were of each status, and of each server. */
  async function visits(count: number): Promise<{ statuses: Counts; servers: Counts }> {
    const statuses: Counts = {}
    const servers: Counts = {}
    for (let made = 0; made < count; made++) {
      const answer = await site.request('/')
      await answer.arrayBuffer()
      add(statuses, String(answer.status))
      add(servers, answer.headers.get('x-served-by') ?? 'nobody')
    }
    return { statuses, servers }
  }

  /** What web02 itself answers; null when it does not. */
  async function statusOf(path: string): Promise<number | null> {
    return site.request(path, {}, 'web02').then(
      (answer) => answer.status,
      () => null,
    )
  }

  /** A server's state as the load balancer's statistics page has it: `UP`, `DOWN`, `DOWN 1/2`, … */
  async function serverState(server: string): Promise<string> {
    const text = await (await fetch(`http://${site.lab.host('lb01').address}:8404/stats;csv`)).text()
    const rows = text.split('\n').map((line) => line.split(','))
    const column = rows[0]!.indexOf('status')
    return rows.find(([proxy, name]) => proxy === 'web' && name === server)![column]!
  }
}

type Counts = { [name: string]: number }

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}
