import { expect } from 'chai'
import { moduleText } from '../../../src/commands/doc.ts'
import { moduleFiles, moduleLibrary } from '../../../src/commands/modules.ts'

const library = moduleLibrary()

async function textOf(name: string): Promise<string> {
  return moduleText((await library.load(name, null))!)
}

const rows: readonly [module: string, want: string][] = [
  ['ping', 'ansible.builtin.ping\n'],
  ['lineinfile', '  = path  (path)\n'],
  ['lineinfile', '      aliases: dest, destfile, name\n'],
  ['lineinfile', '      choices: absent, present\n      default: present\n'],
  ['lineinfile', '  Only one of: insertbefore, insertafter\n'],
  ['mysql_db', 'community.mysql.mysql_db\n'],
  ['mysql_db', '  With state=dump: target must be given\n'],
]

describe('the documentation', () => {
  for (const [module, want] of rows) {
    it(`of ${module} has ${JSON.stringify(want)}`, async () => expect(await textOf(module)).to.include(want))
  }

  for (const name of moduleFiles()) {
    it(`of ${name} has a summary, arguments and examples`, async () => {
      const text = await textOf(name)
      expect(text).to.match(/^\w+\.\w+\.\w+\n\n {2}\S.*\n/)
      expect(text).to.match(/\nExamples:\n\n {2}\S/)
      expect(text).not.to.match(/undefined|\[object/)
    })
  }
})
