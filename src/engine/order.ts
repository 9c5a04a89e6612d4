import { type Position, Problem } from '../kernel/problem.ts'

/** Hosts in the order that the play's `order` keyword asks for. Raises `play.order`. */
export function ordered(hosts: readonly string[], order: string, random: () => number, at?: Position): string[] {
  const list = [...hosts]
  switch (order) {
    case 'inventory':
      return list
    case 'reverse_inventory':
      return list.reverse()
    case 'sorted':
      return list.sort()
    case 'reverse_sorted':
      return list.sort().reverse()
    case 'shuffle':
      return shuffled(list, random)
    default:
      throw new Problem({
        code: 'play.order',
        summary: 'Unknown order',
        detail: `invalid 'order' specified for inventory hosts: ${order}`,
        hint: 'it is one of inventory, reverse_inventory, sorted, reverse_sorted, shuffle',
        at,
      })
  }
}

function shuffled(list: string[], random: () => number): string[] {
  for (let index = list.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[list[index], list[other]] = [list[other]!, list[index]!]
  }
  return list
}
