import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Host } from './groups.ts'
import type { InventorySettings } from './settings.ts'
import type { Target } from './target.ts'

/** The template engine, as plugins that compute with variables need it. All throw on an undefined variable. */
export type Evaluator = {
  /** The value of an expression such as `ansible_host | default('x')`, with the type that `{{ … }}` around it gives. */
  evaluate(expression: string, vars: Dict): Value
  /** Whether a condition such as `env == 'prod'` holds. */
  condition(expression: string, vars: Dict): boolean
  /** The text of a template such as `{{ a }}-{{ b }}`. */
  render(template: string, vars: Dict): Value
}

export type PluginContext = Evaluator & {
  readonly extraVars: Dict
  readonly settings: Pick<InventorySettings, 'useExtraVars'>
}

/**
 * The `constructed` inventory plugin: for every host that the sources before it name, `compose` sets variables, `groups` puts it into
 * groups by condition, `keyed_groups` into groups named after values. Problem `inventory.constructed`; without `strict`, an expression that fails is left out.
 */
export function readConstructed(target: Target, config: Dict, context: PluginContext): void {
  const strict = config.get('strict') === true
  const useExtraVars = config.get('use_extra_vars') ?? context.settings.useExtraVars
  const evaluate = (expression: string, vars: Dict) =>
    context.evaluate(expression, useExtraVars === true ? target.inventory.joined([vars, context.extraVars]) : vars)
  for (const host of target.inventory.hostList) {
    const attempt = (what: string, action: () => void) => orLeaveOut(strict, `${what} for host ${host.name}`, action)
    const vars = () => variables(target, host, config.get('use_vars_plugins') === true)
    const before = vars()
    for (const [name, expression] of dictOf(config.get('compose'))) {
      attempt(`variable ${String(name)}`, () =>
        target.inventory.setVariable(host, name, evaluate(String(expression), before)),
      )
    }
    const after = vars()
    for (const [name, condition] of dictOf(config.get('groups'))) {
      attempt(`group ${String(name)}`, () => {
        if (context.condition(String(condition), after)) target.inventory.addGroup(safeName(String(name))).addHost(host)
      })
    }
    for (const entry of listOf(config.get('keyed_groups')))
      addKeyed(target, host, entry, config, { after, attempt, evaluate, context })
  }
}

type Keyed = {
  readonly after: Dict
  readonly attempt: (what: string, action: () => void) => void
  readonly evaluate: (expression: string, vars: Dict) => Value
  readonly context: PluginContext
}

function addKeyed(target: Target, host: Host, entry: Value, config: Dict, tools: Keyed): void {
  if (!(entry instanceof Map)) throw wrong('an entry of keyed_groups must be a dict')
  const keyed = entry as Dict
  if (keyed.has('default_value') && keyed.has('trailing_separator')) {
    throw wrong('default_value and trailing_separator of keyed_groups exclude each other')
  }
  tools.attempt(`keyed group ${String(keyed.get('key'))}`, () => {
    const key = tools.evaluate(String(keyed.get('key')), tools.after)
    const prefix = String(keyed.get('prefix') ?? '')
    const written = String(keyed.get('separator') ?? '_')
    const separator = prefix === '' && config.get('leading_separator') === false ? '' : written
    const parent = keyed.get('parent_group')
    for (const name of groupNames(key, keyed, written)) {
      const group = target.inventory.addGroup(safeName(`${prefix}${separator}${name}`))
      group.addHost(host)
      if (parent === undefined || parent === null || parent === '') continue
      const above = target.inventory.addGroup(safeName(String(tools.context.render(String(parent), tools.after))))
      target.inventory.addChild(above, group)
    }
  })
}

/** The names a key's value stands for: a text, the items of a list, `key_value` for each pair of a dict. */
function groupNames(key: Value, keyed: Dict, separator: string): string[] {
  const otherwise = keyed.get('default_value')
  const orDefault = (name: string) => (name === '' && typeof otherwise === 'string' ? otherwise : name)
  if (typeof key === 'string') return key === '' && otherwise === undefined ? [] : [orDefault(key)]
  if (Array.isArray(key)) return key.map((name) => orDefault(String(name)))
  if (key instanceof Map) {
    return [...key].map(([name, value]) => {
      const text = String(value ?? 'None')
      if (text !== '') return `${String(name)}${separator}${text}`
      if (typeof otherwise === 'string') return `${String(name)}${separator}${otherwise}`
      return keyed.get('trailing_separator') === false ? String(name) : `${String(name)}${separator}`
    })
  }
  if (key === null || key === false || key === 0) return []
  throw wrong('the key of keyed_groups must be text, a list or a dict')
}

function variables(target: Target, host: Host, withFiles: boolean): Dict {
  const { inventory } = target
  const file = (name: string) => name.includes('_vars/')
  const levels = inventory.computeLevels(host).filter(({ name }) => withFiles || !file(name))
  return inventory.joined([
    ...levels.map(({ vars }) => vars),
    new Map<Value, Value>([
      ['inventory_hostname', host.name],
      ['inventory_hostname_short', /^[\d.]+$|:/.test(host.name) ? host.name : host.name.split('.')[0]!],
      ['group_names', [...inventory.groupsOf(host.name)]],
    ]),
  ])
}

function orLeaveOut(strict: boolean, what: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!strict && !(error instanceof Problem && error.code === 'inventory.constructed')) return
    const reason = error instanceof Error ? error.message : String(error)
    throw new Problem({
      code: 'inventory.constructed',
      summary: 'Constructed inventory failed',
      detail: `${what}: ${reason}`,
      hint: 'without "strict: true" what cannot be computed is left out',
      cause: error,
    })
  }
}

/** A name that may be a group's: other characters become `_`. */
function safeName(name: string): string {
  return name.replace(/^\d|[^\p{L}\p{N}_]/gu, '_')
}

export function dictOf(value: Value | undefined): Dict {
  return value instanceof Map ? (value as Dict) : new Map()
}

export function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function wrong(detail: string): Problem {
  return new Problem({ code: 'inventory.constructed', summary: 'Constructed inventory failed', detail })
}
