import { expect } from 'chai'
import fc from 'fast-check'
import { moduleFiles, moduleLibrary } from '../../../src/commands/modules.ts'
import { fits } from '../../../src/kernel/fits.ts'
import type { Json } from '../../../src/kernel/json.ts'
import type { Arg, ArgSpecs } from '../../../src/kernel/schema.ts'
import { schemaErrors } from '../../../src/kernel/validate.ts'

type Values = { [name: string]: Json }

const ODD: fc.Arbitrary<Json> = fc.constantFrom<Json[]>('', 'text', 7, 1.5, true, null, [], ['a', 1], {}, { a: 1 })

function valuesOf(specs: ArgSpecs): fc.Arbitrary<Values> {
  const known = Object.entries(specs).map(([name, spec]) => [name, mostly(rightValue(spec))] as const)
  const requiredKeys = Object.keys(specs).filter((name) => specs[name]!.required)
  const right = fc.record(Object.fromEntries(known), { requiredKeys })
  return fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 1, arbitrary: right.map((values) => ({ ...values, unheard_of: 1 })) },
    { weight: 1, arbitrary: right.map((values) => Object.fromEntries(Object.entries(values).slice(1))) },
  )
}

function mostly(right: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: ODD })
}

function rightValue(spec: Arg<unknown>): fc.Arbitrary<Json> {
  if (spec.type === 'list') return fc.array(mostly(rightItem(spec)), { maxLength: 3 })
  if (spec.choices !== null) return fc.constantFrom<Json[]>(...spec.choices)
  if (spec.type === 'dict' && spec.options !== null) return valuesOf(spec.options)
  return ofType(spec.type)
}

function rightItem({ choices, options, elements }: Arg<unknown>): fc.Arbitrary<Json> {
  if (choices !== null) return fc.constantFrom<Json[]>(...choices)
  if (options !== null) return valuesOf(options)
  return elements === null ? ODD : ofType(elements)
}

function ofType(type: Arg<unknown>['type']): fc.Arbitrary<Json> {
  if (type === 'int') return fc.integer()
  if (type === 'float') return fc.constantFrom(0, 1.5, -2)
  if (type === 'bool') return fc.boolean()
  if (type === 'dict') return fc.constantFrom<Json[]>({}, { a: 'b' })
  if (type === 'list') return fc.constantFrom<Json[]>([], ['a', 1])
  return type === 'raw' ? ODD : fc.constantFrom('', 'a', '/a b')
}

describe('fits', () => {
  const library = moduleLibrary()
  for (const name of moduleFiles()) {
    it(`says of ${name}'s arguments what their schema says`, async () => {
      const { specs } = (await library.load(name, null))!.args
      fc.assert(
        fc.property(valuesOf(specs), (values) => {
          expect(fits(specs, values)).to.equal(schemaErrors(specs, values).length === 0)
        }),
        { seed: 1 },
      )
    })
  }
})
