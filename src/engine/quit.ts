/** The person has asked to leave, or is not there to answer: what is done ends here, with this exit code. */
export class Quit extends Error {
  readonly code: number
  constructor(code: number, why = 'the person at the terminal has ended the run') {
    super(why)
    this.name = 'Quit'
    this.code = code
  }
}
