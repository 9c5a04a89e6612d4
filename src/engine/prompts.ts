import type { Dict } from '../kernel/value.ts'
import type { Play } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asText } from './convert.ts'
import type { Engine } from './engine.ts'

/** Asks for the variables of `vars_prompt` that the command line did not give. */
export async function answers(engine: Engine, play: Play, scope: Scope): Promise<Dict> {
  const given: Dict = new Map()
  for (const prompt of play.varsPrompt) {
    if (engine.extraVars.has(prompt.name)) continue
    const text = prompt.prompt === null ? prompt.name : asText(scope.render(prompt.prompt))
    const otherwise = prompt.default === null ? null : asText(scope.render(prompt.default))
    const question = otherwise === null ? `${text}: ` : `${text} [${otherwise}]: `
    let answer = await engine.ask(question, prompt.private)
    while (prompt.confirm && answer !== null && answer !== (await engine.ask(`confirm ${question}`, prompt.private))) {
      engine.emit({ type: 'warning', text: `the two answers for "${prompt.name}" are not the same`, at: prompt.at })
      answer = await engine.ask(question, prompt.private)
    }
    if (answer === null || answer === '') answer = otherwise ?? ''
    if (prompt.private && answer !== '') engine.redactor.add(answer)
    given.set(prompt.name, answer)
  }
  return given
}
