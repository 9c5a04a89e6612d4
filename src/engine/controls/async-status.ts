import type { Controller } from '../../kernel/controller.ts'
import { isJsonObject, type Json } from '../../kernel/json.ts'
import { Failure, type Observed } from '../../kernel/module.ts'
import { Problem, problemsOf } from '../../kernel/problem.ts'
import { askJob, change, jobsFolder } from '../async/job.ts'
import { stateOutcome } from '../async/job-result.ts'
import { cleanupScript, type JobPlace, pathOf } from '../async/job-script.ts'
import { asText } from '../convert.ts'
import { checkMode } from '../item.ts'
import type { ItemOutcome } from '../results.ts'
import { moduleResult, skippedResult } from '../results.ts'
import type { Control, ControlRun } from './control.ts'

/**
 * Asks how a job stands that was started with `async`, or takes its folder away (ansible.builtin.async_status). Once the job has ended
 * the result is that of its own module.
 */
export const asyncStatus: Control = {
  name: 'async_status',
  freeForm: null,
  async run(run) {
    const { args, playRun, task, scope, station } = run
    const jid = args.get('jid')
    const mode = asText(args.get('mode') ?? 'status')
    if (jid === undefined) throw wrong(run, 'missing required arguments: jid')
    if (mode !== 'status' && mode !== 'cleanup') {
      throw wrong(run, `value of mode must be one of: status, cleanup, got: ${mode}`)
    }
    if (checkMode(playRun, task, scope)) return skippedResult('async_status asks about jobs, and a check starts none')
    const given = args.get('_async_dir')
    const base = given === undefined ? await jobsFolder(run, station) : asText(given)
    const place = { id: asText(jid), base }
    return mode === 'cleanup' ? cleanup(run, place) : status(run, place)
  },
}

async function status(run: ControlRun, place: JobPlace): Promise<ItemOutcome> {
  const job = run.playRun.run.jobs.get(place.id)
  if (job?.outcome) return { ...job.outcome, result: new Map(job.outcome.result) }
  if (!isId(place)) return stateOutcome(place, { state: 'missing' }, null)
  const state = await askJob(run, run.station, place)
  const observed = job?.observed ?? (state.state === 'ended' ? await observedBefore(run, state.request) : null)
  return stateOutcome(place, state, observed)
}

async function cleanup(run: ControlRun, place: JobPlace): Promise<ItemOutcome> {
  const { jobs } = run.playRun.run
  const ended = jobs.get(place.id)?.outcome ?? null
  const state = ended === null && isId(place) ? await askJob(run, run.station, place) : null
  if (ended === null && (state === null || state.state === 'missing')) {
    return stateOutcome(place, { state: 'missing' }, null)
  }
  if (ended === null) await change(run, run.station, cleanupScript(place))
  jobs.delete(place.id)
  const result = { ansible_job_id: place.id, erased: pathOf(place), started: 0, finished: 0, stdout: '', stderr: '' }
  return { status: 'ok', result: moduleResult(result, false, false), changes: [] }
}

/** A job's id names one folder, and never another place. */
function isId({ id }: JobPlace): boolean {
  return /^\w[\w.-]*$/.test(id)
}

/** What the module of another run's job saw before it; null if that is not known, or needs files of the controller. */
async function observedBefore({ playRun }: ControlRun, request: Buffer): Promise<Observed | null> {
  try {
    const kept: Json = JSON.parse(request.toString('utf8'))
    if (!isJsonObject(kept) || !isJsonObject(kept.args)) return null
    const module = await playRun.engine.module(String(kept.name), String(kept.collection))
    const prepared = await module?.prepare(kept.args, NO_FILES)
    const probed = typeof kept.probed === 'string' ? Buffer.from(kept.probed, 'base64') : null
    const output = probed === null ? null : { rc: 0, stdout: probed, stderr: Buffer.alloc(0) }
    return prepared?.observe(output) ?? null
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Failure || problemsOf(error) !== null) return null
    throw error
  }
}

/** What comes from a host may name no file of the controller. */
const noFile = async () => {
  throw new Failure('a request kept on a host reads no file of the controller')
}
const NO_FILES: Controller = {
  home: () => null,
  settings: { diff: false, noLog: false, verbosity: 0, isHeard: true },
  find: noFile,
  file: noFile,
  stat: noFile,
  names: noFile,
  tree: noFile,
  render: noFile,
}

function wrong({ task }: ControlRun, detail: string): Problem {
  return new Problem({ code: 'args.value', summary: 'Wrong arguments of async_status', detail, at: task.at })
}
