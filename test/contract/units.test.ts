import { expect } from 'chai'
import { Fields } from '../../src/kernel/fields.ts'
import { sh } from '../../src/kernel/sh.ts'
import { probeUnit, type UnitWant } from '../../src/modules/parts/service/systemd.ts'
import { type Host, SHELL_NAMES } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const want = (name: string, more: Partial<UnitWant> = {}): UnitWant => ({
  ...{ name, state: undefined, enabled: true, masked: undefined, daemon_reload: false, daemon_reexec: false },
  ...{ scope: 'system', no_block: false, force: undefined, ...more },
})

/** Units in every state that systemctl(1) lists under is-enabled and that a host can be brought into. */
const GIVEN = sh`
  cd /etc/systemd/system
  unit() { emit "[Service]
  ExecStart=/bin/sleep 1000
  $2" >"$1.service"; }
  install='[Install]
  WantedBy=multi-user.target'
  for name in enabled disabled runtime linked@ ; do unit "laws-$name" "$install"; done
  unit laws-static ''
  unit laws-indirect '[Install]
  Also=laws-disabled.service'
  unit laws-named "$install
  Alias=laws-alias.service"
  unit laws-read "$install"
  mkdir -p /opt/laws /usr/lib/systemd/system
  cp laws-disabled.service /opt/laws/laws-linked.service
  cp laws-disabled.service /usr/lib/systemd/system/laws-masked.service
  emit '#!/bin/sh
  ### BEGIN INIT INFO
  # Provides: laws-script
  # Default-Start: 2 3 4 5
  # Default-Stop: 0 1 6
  ### END INIT INFO
  ' >/etc/init.d/laws-script; chmod 755 /etc/init.d/laws-script
  systemctl -q daemon-reload
  systemctl -q enable laws-enabled laws-named laws-linked@one 2>/dev/null
  systemctl -q enable --runtime laws-runtime 2>/dev/null
  systemctl -q link /opt/laws/laws-linked.service 2>/dev/null
  systemctl -q mask laws-masked 2>/dev/null
  systemctl -q daemon-reload`

const CLEAN = sh`
  systemctl -q disable laws-enabled laws-named laws-linked@one laws-runtime laws-linked laws-read 2>/dev/null
  systemctl -q unmask laws-masked 2>/dev/null
  rm -rf /etc/systemd/system/laws-* /etc/systemd/system/*/laws-* /usr/lib/systemd/system/laws-* /opt/laws /etc/init.d/laws-script
  rm -f /usr/local/bin/systemctl /run/laws-calls
  systemctl -q daemon-reload`

const UNITS = [
  ...['enabled', 'disabled', 'runtime', 'static', 'indirect', 'named', 'alias', 'linked', 'masked', 'script', 'none'],
  ...['linked@one', 'linked@two', 'enabled.service'],
].map((name) => `laws-${name}`)

describe('units of systemd', function () {
  this.timeout(120_000)
  let host: Host
  before(async () => {
    host = await testHost()
    await host.sure(GIVEN.text)
  })
  after(async () => {
    await host.sure(CLEAN.text)
  })

  for (const shell of SHELL_NAMES) {
    it(`what a probe tells of links is what is-enabled says (${shell})`, async () => {
      const steps = UNITS.flatMap((name) => [
        { script: probeUnit(want(name)), reads: true as const },
        { script: sh`answer=$(systemctl is-enabled ${name} 2>/dev/null) && code=0 || code=$?; emit "$code $answer"` },
      ])
      const outputs = await Promise.all((await host.shell(shell)).run(steps))
      const told = outputs.map(({ stdout }, index) => {
        if (index % 2 === 1) return stdout.toString().trim()
        const fields = new Fields(stdout)
        return `${fields.text('enabled-code')} ${fields.text('links').split('\n')[0]}`.trim()
      })
      const pairs = UNITS.map((name, index) => [name, told[2 * index], told[2 * index + 1]])
      expect(pairs.map(([name, probed]) => [name, probed])).to.deep.equal(pairs.map(([name, , said]) => [name, said]))
      expect(new Set(told)).to.include.members(['0 enabled', '1 disabled', '0 static'])
    })
  }

  const rows: { name: string; given?: string; units: readonly UnitWant[]; calls: readonly string[] }[] = [
    {
      name: 'one question for units that are enabled, disabled or static, and for changed files',
      units: ['enabled', 'disabled', 'static'].map((name) => want(`laws-${name}`, { daemon_reload: true })),
      calls: ['show laws-enabled laws-disabled laws-static'],
    },
    {
      name: 'one more for each in another state',
      units: ['enabled', 'masked', 'alias'].map((name) => want(`laws-${name}`)),
      calls: ['show laws-enabled laws-masked laws-alias', 'is-enabled laws-masked -l', 'is-enabled laws-alias -l'],
    },
    {
      name: 'as before when a file has changed that systemd has not read',
      given: 'sleep 0.02; touch /etc/systemd/system/laws-read.service',
      units: [want('laws-enabled', { daemon_reload: true })],
      calls: ['show laws-enabled', 'show --property=NeedDaemonReload *', 'is-enabled laws-enabled -l'],
    },
  ]
  for (const { name, given = '', units, calls } of rows) {
    it(`systemd is asked: ${name}`, async () => {
      await host.sure(`systemctl daemon-reload
${given}
printf '#!/bin/sh\\necho "$*" >>/run/laws-calls\\nexec /usr/bin/systemctl "$@"\\n' >/usr/local/bin/systemctl
chmod 755 /usr/local/bin/systemctl; rm -f /run/laws-calls`)
      const shell = await host.shell('dash')
      await Promise.all(shell.run(units.map((unit) => ({ script: probeUnit(unit), reads: true }))))
      const log = await host.sure('rm /usr/local/bin/systemctl; cat /run/laws-calls')
      expect(log.trim().split('\n')).to.deep.equal(calls)
    })
  }
})
