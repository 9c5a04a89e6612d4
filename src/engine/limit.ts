import type { Soon } from '../kernel/soon.ts'

/** What is left to do for an item when the work on all others has begun too. */
type Rest = () => void

/**
 * Runs `work` for every item, at most `limit` at a time, and then what it leaves; settles when all have. The first error is thrown at
 * the end.
 */
export async function mapLimit<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Soon<Rest | null>,
): Promise<void> {
  let next = 0
  let rests: Rest[] | null = []
  const worker = async () => {
    while (next < items.length) {
      const given = work(items[next++]!)
      const rest = given instanceof Promise ? await given : given
      if (rests === null) rest?.()
      else if (rest !== null) rests.push(rest)
    }
  }
  const workers: Promise<void>[] = []
  while (next < items.length && workers.length < Math.max(1, limit)) workers.push(worker())
  const begun = rests
  rests = null
  const ending = async () => {
    for (const rest of begun) rest()
  }
  for (const result of await Promise.allSettled([...workers, ending()]))
    if (result.status === 'rejected') throw result.reason
}
