import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Blob } from '../../kernel/blob.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Observed } from '../../kernel/module.ts'
import { problemsOf } from '../../kernel/problem.ts'
import type { StepOutput } from '../../kernel/shell.ts'
import type { Task } from '../../language/model.ts'
import type { Scope } from '../../variables/scope.ts'
import { asText } from '../convert.ts'
import type { TaskRun } from '../item.ts'
import { keywordInteger } from '../keyword.ts'
import { type Ready, type Station, wireOf } from '../prepare.ts'
import type { ItemOutcome } from '../results.ts'
import { failedResult, moduleResult } from '../results.ts'
import { targetOf } from '../target.ts'
import { endedOutcome, headOf, stateOutcome } from './job-result.ts'
import {
  cleanupScript,
  type JobPlace,
  type JobState,
  killScript,
  readStatus,
  startScript,
  statusScript,
} from './job-script.ts'

/** A job that this run has started; `outcome` is there from the beginning when there was nothing to do. */
export type Job = { readonly observed: Observed | null; readonly outcome: ItemOutcome | null }

/** How a task runs in the background: for at most `limit` seconds, asked after every `poll` seconds (0: never). */
export type Background = { readonly limit: number; readonly poll: number }

/** What `async` and `poll` say; null for a task that runs in the foreground. */
export function backgroundOf(task: Task, scope: Scope, usualPoll: number): Background | null {
  const limit = keywordInteger(task, 'async', scope)
  return limit > 0 ? { limit, poll: keywordInteger(task, 'poll', scope, usualPoll) } : null
}

/**
 * Applies in the background (Ansible's "Asynchronous actions and polling"): the host starts the apply as a job and answers at once.
 * Without polling the outcome tells where to ask for the job; with it, how the job ended, or that it did not end in time.
 */
export async function runJob(
  run: TaskRun,
  station: Station,
  ready: Ready,
  background: Background,
  given: { readonly observed: Observed; readonly probed: StepOutput | null },
): Promise<ItemOutcome> {
  const { observed } = given
  const place = await newPlace(run, station)
  const { shellExecutable: shell } = targetOf(
    station.host,
    station.connection,
    run.task,
    run.playRun.engine.options.defaults,
  )
  const request = requestOf(run, ready, given.probed)
  const script = startScript(place, { script: observed.apply(), limit: background.limit, shell, request })
  const launched = await ready.wire.apply(ready.recipe.step(script), 'network', null)
  if (launched.rc !== 0) return failedResult(`could not start the job: ${launched.stderr.toString('utf8').trim()}`)
  run.playRun.run.jobs.set(place.id, { observed, outcome: null })
  if (background.poll > 0)
    return { ...(await pollJob(run, station, place, background, observed)), changes: observed.changes }
  const result = moduleResult({ ...headOf(place), finished: 0 }, true, false)
  return { status: 'changed', result, changes: observed.changes }
}

/** A task of which nothing had to be done: without a process, its job has ended already. */
export async function endedAtOnce(run: TaskRun, station: Station, outcome: ItemOutcome): Promise<ItemOutcome> {
  if (outcome.status !== 'ok' || outcome.changes.length > 0) return outcome
  const place = await newPlace(run, station)
  const ended = endedOutcome(place, outcome)
  run.playRun.run.jobs.set(place.id, { observed: null, outcome: ended })
  return { ...ended, result: new Map(ended.result) }
}

async function newPlace(run: TaskRun, station: Station): Promise<JobPlace> {
  return { id: `j${randomInt(1e11, 1e12)}.${randomInt(1000, 32768)}`, base: await jobsFolder(run, station) }
}

/** The folder of the jobs of the user that the task runs as. */
export async function jobsFolder({ playRun, task }: TaskRun, station: Station): Promise<string> {
  const { home } = await (await wireOf(playRun, task, station).shell()).identity
  const given = station.connection.lookup('ansible_async_dir')
  const folder = given === undefined || given === null ? playRun.engine.options.asyncDir : asText(given)
  return folder.replace(/^~(?=\/|$)/, home).replace(/\/+$/, '')
}

/** Asks how a job stands; a connection that is lost meanwhile is opened anew the next time. */
export async function askJob({ playRun, task }: TaskRun, station: Station, place: JobPlace): Promise<JobState> {
  const output = await wireOf(playRun, task, station).probe({ script: statusScript(place) }, async () => [], {
    fresh: true,
  })
  const state = readStatus(output)
  if (state.state !== 'running') playRun.run.connections.forget()
  return state
}

async function pollJob(
  run: TaskRun,
  station: Station,
  place: JobPlace,
  { limit, poll }: Background,
  observed: Observed,
): Promise<ItemOutcome> {
  const { emit } = run.playRun.engine
  const tell = (what: string) => emit({ type: 'message', text: `ASYNC ${what} on ${run.host.name}: jid=${place.id}` })
  for (let left = limit; left > 0; left -= poll) {
    await sleep(poll * 1000)
    const state = await stateOrNull(run, station, place, left <= poll)
    if (state?.state === 'timeout') break
    if (state !== null && state.state !== 'running') {
      const outcome = stateOutcome(place, state, observed)
      if (state.state === 'ended') await change(run, station, cleanupScript(place))
      tell(outcome.status === 'failed' ? 'FAILED' : 'OK')
      return outcome
    }
    emit({ type: 'message', text: `ASYNC POLL on ${run.host.name}: jid=${place.id} started=1 finished=0` })
  }
  await change(run, station, killScript(place))
  tell('FAILED')
  return failedResult(`async task did not complete within the requested time - ${limit}s`, {
    async_result: { ...headOf(place), finished: 0, stdout: '', stdout_lines: [], stderr: '', stderr_lines: [] },
  })
}

/** Null while the host can't be reached: the job goes on without us. The last time, the problem is thrown. */
async function stateOrNull(run: TaskRun, station: Station, place: JobPlace, last: boolean): Promise<JobState | null> {
  try {
    return await askJob(run, station, place)
  } catch (error) {
    if (last || problemsOf(error) === null) throw error
    await run.playRun.run.connections.reset(station.host)
    return null
  }
}

/** Runs a script that changes the jobs' folder. */
export async function change({ playRun, task }: TaskRun, station: Station, script: ReturnType<typeof killScript>) {
  return wireOf(playRun, task, station).apply({ script }, 'host', null)
}

/**
 * What another run needs to word the job's result as the module does: kept beside the job, unless there is something secret in it.
 */
function requestOf({ playRun }: TaskRun, { recipe }: Ready, probed: StepOutput | null): Blob | null {
  const { name, collection, args } = recipe.module
  const secret = Object.entries(args.specs).some(
    ([key, { type }]) => type === 'secret' && recipe.args[key] !== undefined,
  )
  if (recipe.noLog || secret) return null
  const request: JsonObject = { name, collection, args: recipe.args, probed: probed?.stdout.toString('base64') ?? null }
  const text = JSON.stringify(request)
  return playRun.engine.redactor.text(text) === text ? Blob.of(text) : null
}
