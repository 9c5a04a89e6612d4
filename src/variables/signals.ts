/** Thrown when a template reads what only applying an earlier change will tell (check mode). Names what it was. */
export class Unknown extends Error {
  constructor(what: string) {
    super(`${what} is unknown until applied`)
    this.name = 'Unknown'
  }
}

/** Thrown while probing ahead, when a template reads the result of a task that has not run yet. */
export class NotYet extends Error {
  constructor(what: string) {
    super(`${what} is not known yet`)
    this.name = 'NotYet'
  }
}

/** Stands for a whole value that is unknown until applied; reading it throws. */
export class UnknownValue {
  readonly what: string
  constructor(what: string) {
    this.what = what
  }
}

/** Stands for the result of a task that has not run yet, while probing ahead; reading it throws. */
export class PendingValue {
  readonly what: string
  #signal: NotYet | null = null
  constructor(what: string) {
    this.what = what
  }

  /** What reading it throws: one error for all, because looking ahead meets it often. */
  get notYet(): NotYet {
    this.#signal ??= new NotYet(this.what)
    return this.#signal
  }
}
