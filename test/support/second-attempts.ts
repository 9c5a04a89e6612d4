import type { Context } from 'mocha'

/** A test that passes only at its second attempt is named at the end of the run: it is a fault to look into, not noise. */
const names: string[] = []

export const mochaHooks = {
  afterEach(this: Context): void {
    const test = this.currentTest
    const attempt = (test as { currentRetry?: () => number } | undefined)?.currentRetry?.() ?? 0
    if (test?.state === 'passed' && attempt > 0) names.push(test.fullTitle())
  },
  afterAll(): void {
    if (names.length > 0)
      process.stdout.write(`\n  passed only at the second attempt:\n${names.map((name) => `    ${name}\n`).join('')}`)
  },
}
