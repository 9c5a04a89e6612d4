import type { Call } from '../python/types.ts'
import { combinationFilters } from './combination.ts'
import { communityFilters } from './community.ts'
import { csvFilters } from './csv.ts'
import { dictFilters } from './dict.ts'
import { factDiffFilters } from './fact-diff.ts'
import { hashFilters } from './hash.ts'
import { hashidsFilters } from './hashids.ts'
import { ipFilters } from './ip.ts'
import { jsonFilters } from './json.ts'
import { listFilters } from './list.ts'
import { numberFilters } from './number.ts'
import { passwordFilters } from './password.ts'
import { pathFilters } from './path.ts'
import { queryFilters } from './query.ts'
import { regexFilters } from './regex.ts'
import { selectFilters } from './select.ts'
import { setFilters } from './set.ts'
import { textFilters } from './text.ts'
import { timeFilters } from './time.ts'
import { urlFilters } from './url.ts'
import { utilsFilters } from './utils.ts'
import { valueFilters } from './value.ts'
import { webFilters } from './web.ts'
import { x509Filters } from './x509.ts'
import { yamlFilters } from './yaml.ts'

/** Jinja2's and Ansible's filters by short name. */
export function builtinFilters(): ReadonlyMap<string, Call> {
  return all
}

const all: ReadonlyMap<string, Call> = new Map([
  ...textFilters,
  ...numberFilters,
  ...listFilters,
  ...selectFilters,
  ...setFilters,
  ...dictFilters,
  ...jsonFilters,
  ...yamlFilters,
  ...regexFilters,
  ...pathFilters,
  ...hashFilters,
  ...hashidsFilters,
  ...timeFilters,
  ...urlFilters,
  ...valueFilters,
  ...webFilters,
  ...combinationFilters,
  ...ipFilters,
  ...queryFilters,
  ...passwordFilters,
  ...communityFilters,
  ...csvFilters,
  ...utilsFilters,
  ...factDiffFilters,
  ...x509Filters,
])
