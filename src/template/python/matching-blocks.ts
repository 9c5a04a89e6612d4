/** `size` lines that both have, from these indices on. */
export type Block = { readonly a: number; readonly b: number; readonly size: number }

/**
 * What two texts have in common, as Python's `difflib.SequenceMatcher` finds it: the longest run of equal lines (the first in `a`, and
 * there the first in `b`), and so on before and behind it. Returns the runs in order.
 */
export function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const places = placesOf(b)
  const blocks: Block[] = []
  const open: Stretch[] = [{ a: 0, aEnd: a.length, b: 0, bEnd: b.length }]
  for (let stretch = open.pop(); stretch !== undefined; stretch = open.pop()) {
    const block = longest(a, b, places, stretch)
    if (block.size === 0) continue
    blocks.push(block)
    open.push({ ...stretch, aEnd: block.a, bEnd: block.b })
    open.push({ ...stretch, a: block.a + block.size, b: block.b + block.size })
  }
  return blocks.sort((one, other) => one.a - other.a)
}

type Stretch = { readonly a: number; readonly aEnd: number; readonly b: number; readonly bEnd: number }

/** In texts of 200 lines and more, a line that is found in more than every hundredth place starts no match. */
const MANY = 200

function placesOf(lines: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (lines.length < MANY) return places
  const most = Math.floor(lines.length / 100) + 1
  return new Map([...places].filter(([, found]) => found.length <= most))
}

function longest(a: readonly string[], b: readonly string[], places: Map<string, number[]>, stretch: Stretch): Block {
  let best = { a: stretch.a, b: stretch.b, size: 0 }
  let sizes = new Map<number, number>()
  for (let i = stretch.a; i < stretch.aEnd; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i]!) ?? []) {
      if (j < stretch.b || j >= stretch.bEnd) continue
      const size = (sizes.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    sizes = next
  }
  return widened(a, b, best, stretch)
}

/** With the equal lines around it, those that start no match included. */
function widened(a: readonly string[], b: readonly string[], block: Block, stretch: Stretch): Block {
  let { a: i, b: j, size } = block
  for (; i > stretch.a && j > stretch.b && a[i - 1] === b[j - 1]; size++) {
    i--
    j--
  }
  while (i + size < stretch.aEnd && j + size < stretch.bEnd && a[i + size] === b[j + size]) size++
  return { a: i, b: j, size }
}
