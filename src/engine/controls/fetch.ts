import { basename, isAbsolute, join, resolve } from 'node:path'
import { expandHome } from '../../kernel/coerce.ts'
import { Failure } from '../../kernel/module.ts'
import { sh } from '../../kernel/sh.ts'
import { asBoolean, asText } from '../convert.ts'
import { homesIn } from '../homes.ts'
import { checkMode } from '../item.ts'
import { wireOf } from '../prepare.ts'
import { failedResult, type ItemOutcome } from '../results.ts'
import { type Control, type ControlRun, okResult } from './control.ts'
import { FetchedFile, type Sums, sumsOf } from './fetched-file.ts'

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
    const local = await sumsOf(dest)
    const fetched = new FetchedFile(dest)
    try {
      const script = readScript(source, local?.sha1 ?? '')
      const output = await wire.probe({ script, sink: fetched.take }, async () => [], { fresh: true })
      if (output.rc === 3) return missing(source, must)
      if (output.rc !== 0) throw new Failure(output.stderr.toString('utf8').trim() || `could not read ${source}`)
      if (local?.sha1 === fetched.promised) return okResult([...sumEntries(local, dest), ['file', source]])
      const sums = fetched.place()
      if (sums === null)
        return failedResult('checksum mismatch', { file: source, dest, remote_checksum: fetched.promised })
      const change = { what: dest, before: local?.sha1 ?? null, after: sums.sha1 }
      return { ...okResult(sumEntries(sums, dest), true), changes: [change] }
    } finally {
      fetched.end()
    }
  },
}

function sumEntries({ sha1, md5 }: Sums, dest: string) {
  return [
    ['checksum', sha1],
    ['dest', dest],
    ['remote_checksum', sha1],
    ['md5sum', md5],
    ['remote_md5sum', null],
  ] as const
}

function missing(source: string, must: boolean): ItemOutcome {
  const message = 'the remote file does not exist'
  if (must) return failedResult(message, { file: source })
  return okResult([
    ['msg', `${message}, not transferring, ignored`],
    ['file', source],
  ])
}

/** As in Ansible: nothing is brought in check mode. */
function skippedCheck(): ItemOutcome {
  const { result } = okResult([['msg', 'check mode not (yet) supported for this module']])
  result.delete('failed')
  return { status: 'skipped', result: result.set('skipped', true), changes: [] }
}

/** The checksum, and behind it the content unless it is what is here already. */
function readScript(source: string, known: string) {
  return sh`[ -e ${source} ] || exit 3
    [ ! -d ${source} ] || { echo 'remote file is a directory, fetch cannot work on directories' >&2; exit 1; }
    sum=$(sha1sum < ${source})
    sum=\${sum%% *}
    echo "$sum"
    [ "$sum" = ${known} ] || cat < ${source}`
}

/** `dest/HOST/path` unless `flat` says `dest` itself. */
function destination({ args, host, playRun }: ControlRun, source: string): string {
  const dest = asText(args.get('dest') ?? '')
  const base = isAbsolute(dest) ? dest : resolve(playRun.play.folder, dest)
  const flat = args.get('flat') !== undefined && asBoolean(args.get('flat')!)
  if (!flat) return join(base, host.name, source)
  return dest.endsWith('/') ? join(base, basename(source)) : base
}
