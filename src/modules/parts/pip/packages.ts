import { Failure } from '../../../kernel/module.ts'
import type { PipArgs } from './arguments.ts'
import { satisfies } from './version.ts'

/** What pip is asked for. */
export type Package = {
  /** As pip gets it. */
  readonly written: string
  /** Its name in the form of PEP 503; null for what is no package's name (a path, a URL). */
  readonly name: string | null
  /** What is asked of its version; null where only pip can tell whether it is installed as wanted. */
  readonly specifiers: string | null
}

/** The packages of a task. Raises Ansible's failures for a `version` that fits no single package. */
export function packagesOf({ name, version, state }: PipArgs): readonly Package[] {
  if (version !== undefined && state === 'latest') throw new Failure('version is incompatible with state=latest')
  const packages = joined(name ?? []).map(packageOf)
  if (version === undefined) return packages
  const [first] = packages
  if (packages.length > 1)
    throw new Failure(
      "'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument.",
    )
  if (first === undefined) return packages
  if (first.specifiers !== null && first.specifiers !== '')
    throw new Failure(
      "The 'version' argument conflicts with any version specifier provided along with a package name. Please keep the version specifier, but remove the 'version' argument.",
    )
  const wanted = version.trim()
  return [packageOf(`${first.written}${/^\d/.test(wanted) ? '==' : ''}${wanted}`)]
}

/** Whether a package is there as wanted; null where only pip can tell. */
export function isInstalled({ name, specifiers }: Package, installed: ReadonlyMap<string, string>): boolean | null {
  if (name === null || specifiers === null) return null
  const version = installed.get(name)
  return version === undefined ? false : satisfies(version, specifiers)
}

/** The names and versions of `pip list --format=freeze`. */
export function parseList(text: string): ReadonlyMap<string, string> {
  const matches = [...text.matchAll(/^([A-Za-z0-9][\w.-]*)==(\S+)$/gm)]
  return new Map(matches.map(([, name, version]) => [canonical(name!), version!]))
}

/** A list that was split at the commas of its specifiers, as it was meant: `a>1`, `<2` is one. */
function joined(names: readonly string[]): string[] {
  const packages: string[] = []
  let open = false
  for (const part of names.flatMap((name) => name.split(','))) {
    if (packages.length > 0 && (open || /^\s*([<>=!~]=?)/.test(part))) packages[packages.length - 1] += `,${part}`
    else packages.push(part)
    if (part.includes('[')) open = true
    if (part.includes(']')) open = false
  }
  return packages.map((name) => name.trim()).filter((name) => name !== '')
}

function packageOf(written: string): Package {
  const match = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*((?:[<>=!~]=?=?[^;@]*)?)$/.exec(written)
  if (match === null || /\.(whl|zip|tar\.\w+|tgz)$/.test(written)) return { written, name: null, specifiers: null }
  const [, name, extras, specifiers] = match
  const compact = specifiers!.replaceAll(/\s/g, '')
  return {
    written: `${name}${extras ?? ''}${compact}`,
    name: canonical(name!),
    specifiers: extras === undefined ? compact : null,
  }
}

function canonical(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase()
}
