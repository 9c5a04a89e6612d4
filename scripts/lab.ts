import { readFileSync } from 'node:fs'
import { lab } from '../src/commands/lab.ts'
import { problemsOf, renderProblem } from '../src/kernel/problem.ts'

// `npx tsx scripts/lab.ts up …` is `provision lab up …` from source, without a build.
try {
  process.exitCode = await lab(process.argv.slice(2))
} catch (error) {
  const problems = problemsOf(error)
  if (problems === null) throw error
  for (const problem of problems) console.error(renderProblem(problem, (file) => readFileSync(file, 'utf8')))
  process.exitCode = 1
}
