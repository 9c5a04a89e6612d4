import { next, type Soon } from '../kernel/soon.ts'
import type { Task } from '../language/model.ts'
import { Memo } from '../variables/memo.ts'
import { Reads } from '../variables/reads.ts'
import type { Scope } from '../variables/scope.ts'
import type { Epoch } from './machines.ts'
import type { Recipe } from './recipe.ts'

type Kept = { readonly recipe: Recipe; readonly moment: number; readonly modules: number }

type Make = (scope: Scope, reads: Reads) => Soon<Recipe>

/** What is known of one task. */
type Known = {
  readonly memo: Memo<Kept>
  kept: number
  found: number
  /** It is different everywhere: nothing is kept of it. */
  varies: boolean
  /** The recipe that is being made: others with the same variables wait for it. */
  making: Promise<unknown> | null
}

/** Of a task without a loop, and of one with a loop, so many are kept; of all together so many. */
const MOST_OF_TASK = 16
const MOST_OF_LOOP = 512
const MOST = 4096

/**
 * The recipes of the tasks at hand. Most tasks read variables that are the same for many hosts, and the same before and at their turn:
 * then they are worked out once. What files of the controller gave holds until those may have changed.
 */
export class Recipes {
  readonly #tasks = new Map<Task, Known>()
  /** Counts the moments at which files of the controller may have changed. */
  readonly #disk: Epoch
  /** Counts what may give modules' names another meaning: a role that has been met meanwhile may bring a module of its own. */
  readonly #modules: () => number
  #kept = 0

  constructor(disk: Epoch, modules: () => number) {
    this.#disk = disk
    this.#modules = modules
  }

  /**
   * The recipe of a task for what the scope says: at once when there is one, else when it is made. `make` says by
   * the reads if it is good for once only.
   */
  get(task: Task, scope: Scope, make: Make): Soon<Recipe> {
    const known = this.#of(task)
    if (known.varies) return make(scope, new Reads())
    return this.#find(known, scope) ?? this.#made(task, known, scope, make)
  }

  #made(task: Task, known: Known, scope: Scope, make: Make): Soon<Recipe> {
    if (known.making === null) return this.#make(task, known, scope, make)
    return known.making.then(() => this.#find(known, scope) ?? this.#make(task, known, scope, make))
  }

  #make(task: Task, known: Known, scope: Scope, make: Make): Soon<Recipe> {
    const reads = new Reads()
    const moment = this.#disk.value
    const modules = this.#modules()
    const made = next(make(scope.recorded(reads), reads), (recipe) => {
      known.making = null
      if (!reads.varies) this.#keep(task, known, reads, { recipe, moment, modules })
      return recipe
    })
    if (made instanceof Promise && !reads.varies) known.making = made.catch(() => null)
    return made
  }

  #find(known: Known, scope: Scope): Recipe | null {
    const kept = known.memo.find(scope)
    if (kept === null) return null
    const { recipe, moment, modules } = kept
    if (modules !== this.#modules() || (recipe.readsFiles && moment !== this.#disk.value)) return null
    known.found += 1
    return recipe
  }

  #keep(task: Task, known: Known, { values }: Reads, kept: Kept): void {
    if (!known.memo.keep(values, kept)) return
    known.kept += 1
    this.#kept += 1
    if (known.kept > (task.loop === null ? MOST_OF_TASK : MOST_OF_LOOP)) {
      known.varies = known.found < known.kept
      this.#empty(known)
    }
    for (const [oldest, one] of this.#tasks) {
      if (this.#kept <= MOST) break
      this.#empty(one)
      this.#tasks.delete(oldest)
    }
  }

  #empty(known: Known): void {
    this.#kept -= known.kept
    known.memo.clear()
    known.kept = 0
    known.found = 0
  }

  #of(task: Task): Known {
    let known = this.#tasks.get(task)
    if (known === undefined) {
      known = { memo: new Memo(), kept: 0, found: 0, varies: false, making: null }
      this.#tasks.set(task, known)
    }
    return known
  }
}
