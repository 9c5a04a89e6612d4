import type { Change } from '../kernel/change.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { Failure } from '../kernel/module.ts'
import type { StepOutput } from '../kernel/shell.ts'

/**
 * What a module printed, as Ansible reads it: the lines from the first that starts with `{` to the last that ends with `}` are its
 * JSON; lines behind them are a warning. Failures: no JSON, `failed: true`, and an `rc` other than 0 where `failed` is not given.
 */
export function answerOf(output: StepOutput): JsonObject {
  const { stdout, rc, missing } = unframed(output.stdout.toString('utf8'))
  const stderr = output.stderr.toString('utf8')
  if (missing !== null) throw new Failure(`the host has no ${missing}, which the module is written for`, { rc: 127 })
  const found = jsonIn(stdout)
  if (found === null) {
    throw new Failure('MODULE FAILURE\nSee stdout/stderr for the exact error', {
      module_stdout: stdout,
      module_stderr: stderr,
      rc,
    })
  }
  const { answer, junk } = found
  if (junk !== '')
    answer.warnings = [...listOf(answer.warnings), `Module invocation had junk after the JSON data: ${junk}`]
  const failed = answer.failed === undefined ? ![undefined, 0, '0'].includes(answer.rc as 0) : isTrue(answer.failed)
  if (failed) throw new Failure(typeof answer.msg === 'string' ? answer.msg : JSON.stringify(answer.msg ?? ''), answer)
  return { changed: false, ...answer }
}

/** The changes that a module's own `diff` tells, or the one change that it ran; none when it says that nothing changed. */
export function changesIn(answer: JsonObject, ran: Change): readonly Change[] {
  if (answer.changed !== true) return []
  const diffs = listOf(answer.diff).filter((diff): diff is JsonObject => typeof diff === 'object' && diff !== null)
  const changes = diffs.flatMap((diff): Change[] => {
    if (diff.before === undefined && diff.after === undefined) return []
    const what = diff.after_header ?? diff.before_header ?? ran.what
    return [{ what: textOf(what), before: textOf(diff.before ?? ''), after: textOf(diff.after ?? '') }]
  })
  return changes.length === 0 ? [ran] : changes
}

/** The script ends its output with the module's exit code, or with the interpreter that the host lacks. */
function unframed(text: string): { stdout: string; rc: number; missing: string | null } {
  const end = text.lastIndexOf('=\0')
  const [, name, value] = /^=\0(rc|missing)=([^\0]*)\0/.exec(text.slice(Math.max(0, end))) ?? []
  const stdout = end < 0 ? text : text.slice(0, end)
  return name === 'missing' ? { stdout, rc: 127, missing: value! } : { stdout, rc: Number(value ?? 1), missing: null }
}

function jsonIn(text: string): { answer: { [key: string]: Json }; junk: string } | null {
  const lines = text.split(/\r\n|\n|\r/)
  const start = lines.findIndex((line) => line.trimStart().startsWith('{'))
  const end = lines.findLastIndex((line) => line.trimEnd().endsWith('}'))
  if (start < 0 || end < start) return null
  try {
    const answer = JSON.parse(lines.slice(start, end + 1).join('\n')) as JsonObject
    return {
      answer: { ...answer },
      junk: lines
        .slice(end + 1)
        .join('\n')
        .trim(),
    }
  } catch {
    return null
  }
}

function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
}

/** Ansible's conversion of words that say yes. */
function isTrue(value: Json): boolean {
  return value === true || value === 1 || ['yes', 'true', 'on', '1'].includes(String(value).toLowerCase())
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 4)
}
