import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { expandHome } from '../../kernel/coerce.ts'
import { Failure } from '../../kernel/module.ts'
import { sh } from '../../kernel/sh.ts'
import { asBoolean, asText } from '../convert.ts'
import { homesIn } from '../homes.ts'
import { checkMode } from '../item.ts'
import { wireOf } from '../prepare.ts'
import { failedResult, type ItemOutcome } from '../results.ts'
import { type Control, type ControlRun, okResult } from './control.ts'

/** Copies a file from the host to the controller (ansible.builtin.fetch). */
export const fetch: Control = {
  name: 'fetch',
  freeForm: null,
  async run(run) {
    const { args, task, scope, playRun } = run
    if (checkMode(playRun, task, scope)) return skippedCheck()
    const written = asText(args.get('src') ?? '')
    const source = expandHome(written, await homesIn({ src: written }, wireOf(playRun, task, run.station), scope))
    const dest = destination(run, source)
    const must = args.get('fail_on_missing') === undefined || asBoolean(args.get('fail_on_missing')!)
    const wire = wireOf(playRun, task, run.station)
    const output = await wire.probe({ script: readScript(source) }, async () => [])
    if (output.rc === 3) {
      const message = 'the remote file does not exist'
      return must
        ? failedResult(message, { file: source })
        : okResult([
            ['msg', `${message}, not transferring, ignored`],
            ['file', source],
          ])
    }
    if (output.rc !== 0) throw new Failure(output.stderr.toString('utf8').trim() || `could not read ${source}`)
    const checksum = sha1(output.stdout)
    const local = existsSync(dest) ? sha1(readFileSync(dest)) : null
    const entries = [
      ['checksum', checksum],
      ['dest', dest],
      ['remote_checksum', checksum],
      ['md5sum', md5(output.stdout)],
      ['remote_md5sum', null],
    ] as const
    if (local === checksum) return okResult([...entries, ['file', source]])
    const change = { what: dest, before: local, after: checksum }
    mkdirSync(dirname(dest), { recursive: true })
    writeFileSync(dest, output.stdout, { mode: 0o600 })
    chmodSync(dest, 0o644)
    return { ...okResult(entries, true), changes: [change] }
  },
}

/** As in Ansible: nothing is brought in check mode. */
function skippedCheck(): ItemOutcome {
  const { result } = okResult([['msg', 'check mode not (yet) supported for this module']])
  result.delete('failed')
  return { status: 'skipped', result: result.set('skipped', true), changes: [] }
}

function readScript(source: string) {
  return sh`[ -e ${source} ] || exit 3
    [ ! -d ${source} ] || { echo 'remote file is a directory, fetch cannot work on directories' >&2; exit 1; }
    cat < ${source}`
}

/** `dest/HOST/path` unless `flat` says `dest` itself. */
function destination({ args, host, playRun }: ControlRun, source: string): string {
  const dest = asText(args.get('dest') ?? '')
  const base = isAbsolute(dest) ? dest : resolve(playRun.play.folder, dest)
  const flat = args.get('flat') !== undefined && asBoolean(args.get('flat')!)
  if (!flat) return join(base, host.name, source)
  return dest.endsWith('/') ? join(base, basename(source)) : base
}

function sha1(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}
