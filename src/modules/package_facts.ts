import type { Fields } from '../kernel/fields.ts'
import type { Json } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { sh } from '../kernel/sh.ts'
import { APT_READ } from './parts/apt/state.ts'

/** Every installed package as the fact `packages`. */
export const module = defineModule({
  name: 'package_facts',
  summary: 'Gathers what is installed',
  examples: ['- package_facts:', '- package_facts:\n    manager: apt'],
  args: args({
    manager: arg.list('Package managers to ask; auto finds the host’s', { default: ['auto'] }),
    strategy: arg.choice(['first', 'all'], 'Whether the first manager found is enough', { default: 'first' }),
  }),
  want: (given) => given,
  probe: () => sh`
    ${APT_READ}
    if command -v dpkg-query >/dev/null; then
      field native "$(dpkg --print-architecture)"
      field dpkg "$(dpkg-query -W -f '\${db:Status-Abbrev}|\${Package}|\${Architecture}|\${Version}|\${Section}\n')"
      if command -v apt-cache >/dev/null; then
        field releases "$(apt_read apt-cache policy 2>/dev/null)" || :
        field policy "$(dpkg-query -W -f '\${binary:Package}\n' | xargs apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= policy 2>/dev/null | grep -E '^[^ ]|^ [*]{3} |^        ')" || :
      fi
    fi`,
  read: (fields) => fields,
  plan: () => [],
  apply: () => {
    throw new Error('package_facts changes nothing')
  },
  result: ({ now, want }) => {
    const managers = want.manager.map((name) => name.toLowerCase())
    const unknown = managers.filter(
      (name) => !['auto', 'apt', 'rpm', 'pacman', 'pkg', 'pkg_info', 'portage', 'apk'].includes(name),
    )
    if (unknown.length > 0) throw new Failure(`Unsupported package managers requested: ${unknown.join(', ')}`)
    if (!now.has('dpkg') || !(managers.includes('auto') || managers.includes('apt')))
      throw new Failure(
        `Could not detect a supported package manager from the following list: ${JSON.stringify(managers)}`,
      )
    return { ansible_facts: { packages: packagesOf(now) } }
  },
  effects: 'host',
})

function packagesOf(fields: Fields): { [name: string]: Json } {
  const native = fields.text('native').trim()
  const origins = originsOf(fields)
  const found: { [name: string]: Json } = {}
  for (const line of fields.text('dpkg').split('\n')) {
    const [status, name, arch, version, category] = line.split('|')
    if (category === undefined || status?.[1] !== 'i') continue
    const key = arch === native || arch === 'all' ? name! : `${name}:${arch}`
    found[key] = [{ name: key, version: version!, arch: arch!, category, origin: origins(key), source: 'apt' }]
  }
  return found
}

/** Which archive an installed version came from: `apt-cache policy` names its source, and the list of sources their origins. */
function originsOf(fields: Fields): (name: string) => string {
  const labels = new Map<string, string>()
  let source = ''
  for (const line of fields.text('releases').split('\n')) {
    const label = /^ {5}release .*?\bo=([^,]*)/.exec(line)?.[1]
    if (label !== undefined) labels.set(source, label)
    else if (/^ +-?\d+ /.test(line)) source = line.trim().replace(/^-?\d+ /, '')
  }
  const found = new Map<string, string>()
  let name = ''
  let open = false
  for (const line of fields.text('policy').split('\n')) {
    if (/^\S/.test(line)) name = line.slice(0, -1)
    if (/^\S/.test(line) || line.startsWith(' ***')) open = line.startsWith(' ***')
    else if (open && !found.has(name)) found.set(name, labels.get(line.trim().replace(/^-?\d+ /, '')) ?? '')
  }
  return (name) => found.get(name) ?? [...found].find(([key]) => key.startsWith(`${name}:`))?.[1] ?? ''
}
