import { connect, isServerError } from './mysql/connection.js'

const MAX_IDLE = 8

/** Connections to one server, opened when needed and kept for the next query. */
export class Pool {
  #options
  #idle = []

  constructor(options) {
    this.#options = options
  }

  get name() {
    return `${this.#options.host}:${this.#options.port ?? 3306}`
  }

  /** Resolves to the statement's result and the name of the server that answered. */
  async query(sql, values = []) {
    const connection = this.#takeIdle() ?? (await this.#open())
    try {
      const result = await connection.query(sql, values)
      this.#putBack(connection)
      return { result, answeredBy: connection.serverName }
    } catch (error) {
      if (isServerError(error)) this.#putBack(connection)
      else connection.close()
      throw error
    }
  }

  close() {
    for (const connection of this.#idle.splice(0)) connection.close()
  }

  async #open() {
    const connection = await connect(this.#options)
    const { rows } = await connection.query('SELECT @@hostname AS name')
    connection.serverName = rows[0].name
    return connection
  }

  #takeIdle() {
    while (this.#idle.length > 0) {
      const connection = this.#idle.pop()
      if (connection.usable) return connection
    }
    return null
  }

  #putBack(connection) {
    if (connection.usable && this.#idle.length < MAX_IDLE) this.#idle.push(connection)
    else connection.close()
  }
}
