/** Runs `work` for every item, at most `limit` at a time; settles when all have. The first error is thrown at the end. */
export async function mapLimit<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) await work(items[next++]!)
  }
  const results = await Promise.allSettled(Array.from({ length: Math.min(Math.max(1, limit), items.length) }, worker))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
