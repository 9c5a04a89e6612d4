import { isJsonObject, type Json } from './json.ts'
import type { Arg, ArgSpecs } from './schema.ts'

/** Whether arguments are as their table wants them: what the JSON Schema made of it says, without compiling one, and without saying why not. */
export function fits(specs: ArgSpecs, values: { readonly [name: string]: Json | undefined }): boolean {
  for (const name of Object.keys(values)) {
    const [spec, value] = [Object.hasOwn(specs, name) ? specs[name] : undefined, values[name]]
    if (spec === undefined || (value !== undefined && !valueFits(spec, value))) return false
  }
  return Object.entries(specs).every(([name, { required }]) => !required || values[name] !== undefined)
}

function valueFits(spec: Arg<unknown>, value: Json): boolean {
  if (spec.type === 'list') return Array.isArray(value) && value.every((item) => itemFits(spec, item))
  if (spec.choices !== null) return isChoice(spec, value)
  if (spec.type === 'dict') return isJsonObject(value) && (spec.options === null || fits(spec.options, value))
  return isOfType(spec.type, value)
}

function itemFits(spec: Arg<unknown>, item: Json): boolean {
  if (spec.choices !== null) return isChoice(spec, item)
  if (spec.options !== null) return isJsonObject(item) && fits(spec.options, item)
  return spec.elements === null || spec.elements === 'list' || isOfType(spec.elements, item)
}

function isChoice({ choices }: Arg<unknown>, value: Json): boolean {
  return choices?.some((choice) => choice === value) === true
}

function isOfType(type: Arg<unknown>['type'], value: Json): boolean {
  switch (type) {
    case 'int':
      return Number.isInteger(value)
    case 'float':
      return Number.isFinite(value)
    case 'bool':
      return typeof value === 'boolean'
    case 'raw':
      return true
    case 'dict':
      return isJsonObject(value)
    case 'list':
      return Array.isArray(value)
    default:
      return typeof value === 'string'
  }
}
