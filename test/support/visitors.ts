import { setTimeout as sleep } from 'node:timers/promises'
import type { Site } from './site.ts'

/** How many answers there were of each status, or of each error. */
export type Answers = { readonly [status: string]: number }

/**
 * What `happening` gives, and what visitors of the site's front page got until it had.
 * @param count visitors at a time, each with a connection that is kept
 * @param pause milliseconds between the requests of one visitor
 */
export async function withVisitors<T>(
  site: Site,
  happening: Promise<T>,
  { count, pause }: { readonly count: number; readonly pause: number },
): Promise<[T, Answers]> {
  const answers: { [status: string]: number } = {}
  let over = false
  const visits = Array.from({ length: count }, async () => {
    while (!over) {
      const answer = await visit(site)
      answers[answer] = (answers[answer] ?? 0) + 1
      await sleep(pause)
    }
  })
  try {
    return [await happening, answers]
  } finally {
    over = true
    await Promise.all(visits)
  }
}

async function visit(site: Site): Promise<string> {
  try {
    const response = await site.request('/')
    await response.arrayBuffer()
    return String(response.status)
  } catch (error) {
    const { message, cause } = error as Error
    return cause instanceof Error ? `${message}: ${cause.message}` : message
  }
}
