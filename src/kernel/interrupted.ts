/** The person at the terminal has answered a question with Ctrl-C: nothing more is to be done. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted at a question')
    this.name = 'Interrupted'
  }
}
