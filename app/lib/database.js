import { Pool } from './pool.js'

/** One primary for writes, any number of replicas for reads, taken in turn. */
export class Database {
  #primary
  #replicas
  #turn = 0

  /** Takes `{ primary, replicas }`, each `{ host, port, user, password, database, tls }`. */
  constructor({ primary, replicas }) {
    this.#primary = new Pool(primary)
    this.#replicas = replicas.map((replica) => new Pool(replica))
  }

  /** Runs a statement on the primary; resolves to its result and the server's name. */
  write(sql, values) {
    return this.#primary.query(sql, values)
  }

  /** Runs a query on the next replica that can be reached; an answer that is an error is an answer. */
  async read(sql, values) {
    const start = this.#turn++
    let lastError
    for (let step = 0; step < this.#replicas.length; step++) {
      const replica = this.#replicas[(start + step) % this.#replicas.length]
      try {
        return await replica.query(sql, values)
      } catch (error) {
        if (error.code !== undefined && typeof error.code === 'number') throw error
        lastError = error
      }
    }
    throw lastError ?? new Error('no replica is configured')
  }

  /** Asks every server for its name. */
  async check() {
    const [primary, ...replicas] = await Promise.all([this.#primary, ...this.#replicas].map(checkPool))
    return { primary, replicas }
  }

  close() {
    for (const pool of [this.#primary, ...this.#replicas]) pool.close()
  }
}

async function checkPool(pool) {
  try {
    const { answeredBy } = await pool.query('SELECT 1')
    return { ok: true, server: answeredBy }
  } catch (error) {
    return { ok: false, server: pool.name, error: error.message }
  }
}
