import { expect } from 'chai'
import { lines, type Sh, sh } from '../../src/kernel/sh.ts'
import { type Case, resultOf } from '../support/case.ts'
import type { Host } from '../support/host.ts'
import type { Row } from '../support/rows.ts'
import { expectConverged } from './convergence.ts'
import { expectingFailure } from './probe.ts'

/** How many cut points a row is tried at under each shell; four shells take different ones. */
const CUTS_PER_SHELL = 2

/** Cut the apply before one of its commands, run again: it converges. The shells share the cut points among them. */
export async function checkCuts(host: Host, subject: Case, row: Row, commands: number, turn: number): Promise<void> {
  if (row.want.failure !== undefined) return
  for (let count = 0, point = turn + 1; count < CUTS_PER_SHELL && point <= commands; count++, point += 4) {
    await subject.arrange()
    const { observed } = await subject.observe(await subject.prepare())
    if (observed.changes.length === 0) return
    const cut = await subject.send(lines([await shimmed(host, point), observed.apply()]))
    expect(cut.rc, `cut before command ${point} of ${commands}`).to.not.equal(0)
    await expectingFailure(row, () => finish(subject, row))
  }
}

async function finish(subject: Case, row: Row): Promise<void> {
  const { observed } = await subject.observe(await subject.prepare())
  if (observed.changes.length > 0) resultOf(observed, await subject.send(observed.apply()))
  await expectConverged(subject, row)
  await subject.verify()
}

/**
 * Shell text after which every command of a script is counted and its arguments noted, and the script is killed, as by a lost power
 * supply, right before its command number `at` (0: never).
 */
export async function shimmed(host: Host, at: number): Promise<Sh> {
  await host.sure(
    `[ -d /run/cut/bin ] || { ${INSTALL} }; rm -rf /run/cut/tickets; mkdir -m 777 /run/cut/tickets; : >/run/cut/argv`,
  )
  return sh`CUT_AT=${at}; CUT_STOP=$$; CUT_PATH=$PATH; PATH=/run/cut/bin:$PATH; export CUT_AT CUT_STOP CUT_PATH PATH`
}

export async function readShims(host: Host): Promise<{ commands: number; argv: string }> {
  const text = await host.sure('ls /run/cut/tickets | wc -l; cat /run/cut/argv')
  const newline = text.indexOf('\n')
  return { commands: Number(text.slice(0, newline)), argv: text.slice(newline + 1) }
}

/**
 * Stands in for a command: takes the next number (exclusively: those of a pipeline run at once), notes its arguments, kills every shell
 * between itself and the long-lived one when its turn has come, else runs the command.
 */
const SHIM = `#!/bin/dash
count=1; set -C
until (: >"/run/cut/tickets/$count") 2>/dev/null; do count=$((count + 1)); done
set +C
printf '%s\\n' "$@" >>/run/cut/argv
if [ "$count" = "$CUT_AT" ]; then
  pid=$$ doomed=
  while :; do
    while read -r key value; do [ "$key" != PPid: ] || break; done </proc/$pid/status
    pid=$value
    [ "$pid" != "$CUT_STOP" ] && [ "$pid" -gt 1 ] || break
    doomed="$pid $doomed"
  done
  kill -9 $doomed
  exit 137
fi
PATH=$CUT_PATH
name=\${0##*/}
for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
  [ ! -x "$folder/$name" ] || exec "$folder/$name" "$@"
done
`

const INSTALL = `
mkdir -p /run/cut/bin
cat >/run/cut/shim <<'END'
${SHIM}END
chmod 755 /run/cut/shim
chmod 666 /run/cut/argv 2>/dev/null || :
for command in /usr/local/sbin/* /usr/local/bin/* /usr/sbin/* /usr/bin/*; do
  ln -sf ../shim "/run/cut/bin/\${command##*/}" || :
done
`
