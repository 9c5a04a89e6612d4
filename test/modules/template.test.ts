import { module } from '../../src/modules/template.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'renders to a new file',
    files: { 'templates/app.conf.j2': 'port = {{ port }}\n' },
    vars: { port: 8080 },
    args: { src: 'app.conf.j2', dest: '/t/app.conf', mode: '0600' },
    want: {
      changes: [
        { what: 'content', before: null, after: 'port = 8080\n' },
        { what: 'mode', before: null, after: '0600' },
      ],
      result: { changed: true, dest: '/t/app.conf', mode: '0600', size: 12 },
      after: '[ "$(cat app.conf)" = "port = 8080" ]',
    },
    strings: (text, word) => ({
      vars: { port: text },
      args: { src: 'app.conf.j2', dest: `/t/${text}` },
      want: { after: `[ "$(cat /t/${word})" = "port = "${word} ]` },
    }),
  },
  {
    name: 'shows both sides of a difference',
    given: 'echo port = 80 >app.conf',
    files: { 'templates/app.conf.j2': 'port = {{ port }}\n' },
    vars: { port: 8080 },
    args: { src: 'app.conf.j2', dest: '/t/' },
    want: { changes: [{ what: 'content', before: null, after: 'port = 8080\n' }], result: { dest: '/t/app.conf.j2' } },
  },
  {
    name: 'keeps the old file when the new one is not valid',
    given: 'echo port = 80 >app.conf',
    files: { 'templates/app.conf.j2': 'port = {{ port }}\n' },
    vars: { port: 'x' },
    args: { src: 'app.conf.j2', dest: '/t/app.conf', validate: 'grep -E "port = [0-9]+" %s' },
    want: { failure: /^failed to validate: rc:1/, after: '[ "$(cat app.conf)" = "port = 80" ]' },
  },
])
