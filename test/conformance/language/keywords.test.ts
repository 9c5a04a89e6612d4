import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { keywordsOf, type Level } from '../../../src/language/keywords.ts'
import type { Case } from './run-case.ts'

const CONNECTION = 'become become_exe become_flags become_method become_user connection port remote_user'
const COMMON = `any_errors_fatal check_mode collections debugger diff environment ignore_errors ignore_unreachable module_defaults name no_log run_once tags throttle timeout vars ${CONNECTION}`
const TASK = `${COMMON} action args async changed_when delay delegate_facts delegate_to failed_when local_action loop loop_control notify poll register retries until when`

/** What ansible-core documents ("Playbook Keywords"), by the place where it may stand. */
const DOCUMENTED: { readonly [level in Level]: string } = {
  play: `${COMMON} fact_path force_handlers gather_facts gather_subset gather_timeout handlers hosts max_fail_percentage order post_tasks pre_tasks roles serial strategy tasks vars_files vars_prompt`,
  role: `${COMMON} delegate_facts delegate_to when`,
  block: `${COMMON} always block delegate_facts delegate_to notify rescue when`,
  task: TASK,
  handler: `${TASK} listen`,
}

/** The name of a role's entry is the role's own. */
const ELSEWHERE = new Set(['role name'])

describe('keywords of ansible-core', () => {
  for (const [level, names] of Object.entries(DOCUMENTED) as [Level, string][]) {
    it(`are known in a ${level}`, () => {
      const known = new Set([
        ...keywordsOf(level),
        ...names.split(' ').filter((name) => ELSEWHERE.has(`${level} ${name}`)),
      ])
      expect(names.split(' ').filter((name) => !known.has(name))).to.deep.equal([])
    })
  }

  it('each stand in a case', () => {
    const used = new Set(casesOf().flatMap(keysOf))
    const all = new Set(Object.values(DOCUMENTED).flatMap((names) => names.split(' ')))
    expect([...all].filter((name) => !used.has(name)).sort()).to.deep.equal([])
  })
})

function casesOf(): Case[] {
  const folder = join(import.meta.dirname, 'cases')
  return readdirSync(folder).flatMap((file) => parse(readFileSync(join(folder, file), 'utf8')) as Case[])
}

/** Every key of every dict in a case's playbooks and files. */
function keysOf({ playbook, tasks, files }: Case): string[] {
  const texts = [
    playbook,
    tasks,
    ...Object.entries(files ?? {}).flatMap(([path, text]) => (/\.ya?ml$/.test(path) ? [text] : [])),
  ]
  return texts.flatMap((text) => (text === undefined ? [] : keysIn(read(text))))
}

/** Some cases are about YAML that can't be read. */
function read(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent', uniqueKeys: false })
  } catch {
    return null
  }
}

function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? [] : Object.keys(value)
  return [...own, ...Object.values(value).flatMap(keysIn)]
}
