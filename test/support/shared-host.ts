import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { withLock } from '../../src/lab/lock.ts'
import { CACHE } from '../../src/lab/names.ts'
import type { Host } from './host.ts'

export type Recipe = { readonly name: string; readonly suite: string; readonly packages: readonly string[] }

/** A host that all rows of a mocha run share: its image is there before they begin, it boots when first asked for, and goes at the end. */
export function sharedHost(recipe: Recipe, boot: (image: string) => Promise<Host>): () => Promise<Host> {
  let host: Promise<Host> | null = null
  before(async function () {
    this.timeout(1_200_000)
    await imageOf(recipe)
  })
  after(async function () {
    this.timeout(30_000)
    await (await host)?.close()
  })
  return () => {
    host ??= imageOf(recipe).then(boot)
    return host
  }
}

/**
 * The folder of a Debian with these packages, beside the lab's images. It is built once on this machine, by whoever comes first; its name
 * holds a hash of the recipe, so a changed recipe is another image.
 */
async function imageOf({ name, suite, packages }: Recipe): Promise<string> {
  // On some mirrors the index of sid outlives its Valid-Until.
  const options = ['--variant=minbase', '--aptopt=Acquire::Check-Valid-Until "false"']
  const args = [...options, `--include=${packages.join(',')}`, suite]
  const hash = createHash('sha256').update(args.join('\0')).digest('hex').slice(0, 12)
  const image = join(CACHE, 'images', `${name}-${hash}`)
  if (existsSync(image)) return image
  return withLock(`image-${name}`, async () => {
    if (existsSync(image)) return image
    await mkdir(dirname(image), { recursive: true })
    const building = `${image}.${process.pid}`
    await execa('mmdebstrap', [...args, building])
    await rename(building, image)
    return image
  })
}
