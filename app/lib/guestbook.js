export const MAX_AUTHOR = 80
export const MAX_BODY = 1000

const LAG_CHECKS = 20
const LAG_PAUSE_MS = 50

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS messages (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  author VARCHAR(${MAX_AUTHOR}) NOT NULL,
  body VARCHAR(${MAX_BODY}) NOT NULL,
  server VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4`

const NEWEST = 'SELECT id, author, body, server, created_at FROM messages ORDER BY id DESC LIMIT 50'

/** The messages: written to the primary, read from a replica. */
export class Guestbook {
  #database
  #tableReady = null

  constructor(database) {
    this.#database = database
  }

  /** Stores a message and returns its id. */
  async add({ author, body, server }) {
    await this.#createTable()
    const sql = 'INSERT INTO messages (author, body, server) VALUES (?, ?, ?)'
    const { result } = await this.#database.write(sql, [author, body, server])
    return result.insertId
  }

  /**
   * The newest messages, and the database server that answered. With the id of a message just written it waits a
   * moment for the replica to have it, so that people see what they wrote.
   */
  async list(after) {
    await this.#createTable()
    for (let check = 0; check < LAG_CHECKS; check++) {
      const answer = await this.#read()
      if (answer && (after === 0 || answer.messages.some((message) => message.id >= after))) return answer
      await new Promise((resolve) => setTimeout(resolve, LAG_PAUSE_MS))
    }
    const { result, answeredBy } = await this.#database.write(NEWEST)
    return { messages: result.rows, answeredBy }
  }

  async #read() {
    try {
      const { result, answeredBy } = await this.#database.read(NEWEST)
      return { messages: result.rows, answeredBy }
    } catch (error) {
      // The table was created on the primary a moment ago and is not on the replica yet.
      if (error.code === 1146) return null
      throw error
    }
  }

  #createTable() {
    this.#tableReady ??= this.#database.write(CREATE_TABLE).catch((error) => {
      this.#tableReady = null
      throw error
    })
    return this.#tableReady
  }
}
