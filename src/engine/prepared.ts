import type { JsonObject } from '../kernel/json.ts'
import type { Prepared, Runnable } from '../kernel/module.ts'
import type { Task } from '../language/model.ts'

type Known = { readonly key: string; readonly prepared: Prepared }

/** Of each task so many are kept: a loop's items, or hosts that differ. */
const KEPT = 4

/** What modules have made of a task's arguments: the same for hosts with the same arguments, and before and at the task's turn. */
export class PreparedTasks {
  readonly #known = new WeakMap<Task, Known[]>()

  /** Which module it is may depend on the host, too. `make` says whether it depends on the arguments alone: then it is kept. */
  async get(
    task: Task,
    { collection, name }: Runnable,
    given: JsonObject,
    make: () => Promise<{ readonly prepared: Prepared; readonly isPure: boolean }>,
  ): Promise<Prepared> {
    const key = JSON.stringify([collection, name, given])
    const known = this.#known.get(task)?.find((one) => one.key === key)
    if (known !== undefined) return known.prepared
    const { prepared, isPure } = await make()
    if (isPure) this.#known.set(task, [{ key, prepared }, ...(this.#known.get(task) ?? [])].slice(0, KEPT))
    return prepared
  }
}
