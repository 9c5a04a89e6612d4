import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { didYouMean, Problem, raise } from '../kernel/problem.ts'
import { IMAGES, type ImageName, type LabHost, type LabSpec } from './types.ts'

/** The three-server infrastructure: what `lab up` makes when no inventory is given. */
export const DEFAULT_HOSTS: readonly LabHost[] = [
  { name: 'lb01', image: 'debian-13', octet: 11 },
  { name: 'web01', image: 'debian-sid', octet: 21 },
  { name: 'web02', image: 'debian-sid', octet: 22 },
]

/** The hosts of an inventory's variables `lab_image` and `ansible_host`, by host name. Problem `lab.spec` for what is not usable. */
function hostsFrom(vars: ReadonlyMap<string, { readonly [name: string]: unknown }>): LabHost[] {
  return [...vars].map(([name, own]) => {
    const octet = Number(/\.(\d+)\s*$/.exec(String(own.ansible_host ?? ''))?.[1] ?? Number.NaN)
    return { name, octet, image: String(own.lab_image ?? 'debian-13') as ImageName }
  })
}

/** Problems `lab.name` and `lab.spec`, all of them: names, images, octets that cannot be or occur twice. */
export function checkSpec(spec: LabSpec): void {
  const problems: Problem[] = []
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(spec.name)) {
    const hint = 'Use up to 40 lower-case letters, digits and hyphens.'
    problems.push(new Problem({ code: 'lab.name', summary: 'Not a name for a lab', detail: `"${spec.name}"`, hint }))
  }
  if (spec.hosts.length === 0) problems.push(problem('it has no hosts'))
  for (const [index, host] of spec.hosts.entries()) {
    const before = spec.hosts.slice(0, index)
    if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(host.name))
      problems.push(problem(`"${host.name}" is no host name`))
    if (!IMAGES.includes(host.image)) {
      const hint = didYouMean(host.image, IMAGES) ?? `There are ${IMAGES.join(', ')}.`
      problems.push(problem(`host "${host.name}" wants the image "${host.image}"`, hint))
    }
    if (!(Number.isInteger(host.octet) && host.octet >= 2 && host.octet <= 254)) {
      const hint = 'The last octet of ansible_host must be a number from 2 to 254.'
      problems.push(problem(`host "${host.name}" has no address in the lab`, hint))
    }
    const same = before.find((other) => other.name === host.name || other.octet === host.octet)
    if (same !== undefined) problems.push(problem(`hosts "${same.name}" and "${host.name}" share a name or an address`))
  }
  raise(problems)
}

function problem(detail: string, hint?: string): Problem {
  return new Problem({ code: 'lab.spec', summary: 'The lab cannot be made as described', detail, hint })
}

/** A minimal reading of a YAML inventory: the variables that stand at `all.children.*.hosts.*`. */
export async function hostsOf(inventory: string): Promise<LabHost[]> {
  const tree: unknown = parse(await readFile(inventory, 'utf8'))
  const groups = Object.values(at(at(tree, 'all'), 'children'))
  const vars = new Map<string, { [name: string]: unknown }>()
  for (const group of groups) {
    for (const [name, own] of Object.entries(at(group, 'hosts')))
      vars.set(name, { ...vars.get(name), ...at({ own }, 'own') })
  }
  return vars.size === 0 ? [...DEFAULT_HOSTS] : hostsFrom(vars)
}

function at(node: unknown, key: string): { [name: string]: unknown } {
  const value = typeof node === 'object' && node !== null ? (node as { [name: string]: unknown })[key] : undefined
  return typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : {}
}
