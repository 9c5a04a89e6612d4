import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { failures, results, runProgram, type Site, STACK_TRACE, serves, tasksWith } from '../../support/site.ts'
import { withVisitors } from '../../support/visitors.ts'
import type { Flavour } from './replication.ts'

type Service = { readonly unit: string; readonly file: string; readonly hosts: readonly string[] }

const HAPROXY: Service = { unit: 'haproxy', file: '/etc/haproxy/haproxy.cfg', hosts: ['lb01'] }
const NGINX: Service = { unit: 'nginx', file: '/etc/nginx/nginx.conf', hosts: ['web01', 'web02'] }
const APP: Service = { unit: 'app', file: '/etc/systemd/system/app.service', hosts: ['web01', 'web02'] }

const CHANGES = [
  {
    extra: 'haproxy_balance=leastconn',
    service: HAPROXY,
    line: 'balance leastconn',
    task: 'haproxy : Configure HAProxy',
    handler: 'haproxy : Reload HAProxy',
    restarted: false,
  },
  {
    extra: 'nginx_keepalive_timeout=31s',
    service: NGINX,
    line: 'keepalive_timeout 31s;',
    task: 'nginx : Configure nginx',
    handler: 'nginx : Reload nginx',
    restarted: false,
  },
  {
    extra: '{"app_description": "The guestbook"}',
    service: APP,
    line: 'Description=The guestbook',
    task: 'app : Write the unit',
    handler: 'app : Restart the application',
    restarted: true,
  },
]

/** One variable changes what it is for and nothing else; a configuration that is no good changes nothing. */
export function changes(site: Site, database: Flavour & { readonly file: string; readonly refusal: RegExp }): void {
  const { lab } = site
  beforeEach(async () => expect(await serves(site)).to.equal(true))

  for (const { extra, service, line, task, handler, restarted } of CHANGES) {
    it(`-e ${extra}: exactly that, one ${restarted ? 'restart' : 'reload'}, and back again`, async () => {
      const before = await stateOf(service)
      const wanted = service.hosts.flatMap((host) => [`${host}: ${task}`, `${host}: ${handler}`]).sort()
      const [changed, answers] = await withVisitors(site, site.document('-e', extra), { count: 1, pause: 20 })
      const found = await Promise.all(
        service.hosts.map((host) => lab.sure(host, `grep -cF '${line}' ${service.file} || :`)),
      )
      const pids = (await stateOf(service)).map(({ pid }) => pid)
      const back = await site.document()

      expect([failures(changed), tasksWith(changed, 'changed')]).to.deep.equal([[], wanted])
      expect(timesRun(changed)).to.deep.equal(service.hosts.map((host) => [host, 1]))
      expect(found.map(Number)).to.deep.equal(service.hosts.map(() => 1))
      expect(answers, 'visitors’ answers meanwhile').to.have.all.keys('200')
      const same = pids.filter((pid, index) => pid === before[index]!.pid)
      expect(same.length, 'main processes that stayed').to.equal(restarted ? 0 : pids.length)

      expect([failures(back), tasksWith(back, 'changed')]).to.deep.equal([[], wanted])
      expect((await stateOf(service)).map(({ sum }) => sum)).to.deep.equal(before.map(({ sum }) => sum))

      function timesRun(run: Awaited<ReturnType<Site['document']>>): [string, number][] {
        const runs = results(run).filter((each) => each.task.kind === 'handler')
        return service.hosts.map((host) => [host, runs.filter((each) => each.host === host).length])
      }
    })
  }

  const broken = [
    {
      extra: '{"haproxy_backend_options": ["nonsense here"]}',
      service: HAPROXY,
      refusal: /\[ALERT\].*unknown keyword 'nonsense' in 'backend' section/,
    },
    {
      extra: '{"nginx_http_options": ["nonsense here;"]}',
      service: NGINX,
      refusal: /\[emerg\].*unknown directive "nonsense" in /,
    },
    {
      extra: '{"mysql_options": {"nonsense": 1}}',
      service: { unit: database.unit, file: database.file, hosts: ['web01', 'web02'] },
      refusal: database.refusal,
    },
  ]
  for (const { extra, service, refusal } of broken) {
    it(`-e ${extra}: refused in ${service.unit}’s own words, and nothing is touched`, async () => {
      const before = await stateOf(service)
      const { code, text } = await site.provision('-e', extra)
      expect(text).to.match(refusal)
      expect(text).to.not.match(STACK_TRACE)
      expect(text).to.not.match(/^changed: /m)
      expect(code).to.equal(2)
      expect(await stateOf(service)).to.deep.equal(before)
      expect((await site.request('/')).status).to.equal(200)
    })
  }

  it('as ansible-playbook has its arguments, by name and by link, the answer is the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-link-'))
    const link = join(folder, 'ansible-playbook')
    symlinkSync(resolve('bin/provision'), link)
    const args = ['-i', site.inventory, 'playbooks/site.yml', '--check']
    const runs = [
      await site.provision('--check'),
      await runProgram(lab.name, ['playbook', ...args]),
      await runProgram(lab.name, args, link),
    ]
    rmSync(folder, { recursive: true })
    const [first, ...others] = runs.map(({ code, text }) => ({ code, lines: text.split('\n').sort() }))
    expect(first!.code).to.equal(0)
    expect(first!.lines.join('\n')).to.match(/^web01 +: ok=\d+ +changed=0 /m)
    for (const other of others) expect(other).to.deep.equal(first)
  })

  /** A service's main process, since when it runs, and its configuration's checksum, on each of its hosts. */
  async function stateOf({ unit, file, hosts }: Service): Promise<{ pid: string; sum: string }[]> {
    const script = `systemctl show -p MainPID -p ActiveState ${unit}; sha256sum ${file}`
    return Promise.all(
      hosts.map(async (host) => {
        const [state, pid, sum] = (await lab.sure(host, script)).split('\n')
        return { pid: `${state} ${pid}`, sum: sum! }
      }),
    )
  }
}
