import { ipTests } from '../filters/ip.ts'
import type { Call } from '../python/types.ts'
import { jinjaTests } from './jinja.ts'
import { miscTests } from './misc.ts'
import { networkTests } from './network.ts'
import { regexTests } from './regex.ts'
import { resultTests } from './result.ts'
import { versionTests } from './version.ts'

/** Jinja2's and Ansible's tests by short name. */
export function builtinTests(): ReadonlyMap<string, Call> {
  return new Map([
    ...jinjaTests,
    ...resultTests,
    ...versionTests,
    ...regexTests,
    ...miscTests,
    ...ipTests,
    ...networkTests,
  ])
}
