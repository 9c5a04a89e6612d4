import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { listing } from '../../../src/commands/listing.ts'
import { openRun } from '../../../src/commands/open-run.ts'
import { parseArguments, type RunArguments } from '../../../src/commands/options.ts'

const RECORD = fileURLToPath(new URL('./record/', import.meta.url))

/** Each is a file of what ansible-playbook printed, made by `record/listings.sh`. */
const rows: readonly [record: string, argv: string][] = [
  ['everything', '--list-hosts --list-tasks --list-tags'],
  ['hosts', '--list-hosts'],
  ['tasks-tagged', '--list-tasks --tags a'],
  ['tags-skipped', '--list-tags --skip-tags block,imported'],
  ['never', '--list-tasks --tags never'],
  ['limited', '--list-hosts --limit db:web01'],
]

describe('what a playbook holds', () => {
  for (const [record, argv] of rows) {
    it(`${argv} is listed as Ansible lists it`, async () => {
      expect(await listed(argv.split(' '))).to.equal(readFileSync(`${RECORD}${record}.txt`, 'utf8'))
    })
  }

  it('shows tags that are templates rendered', async () => {
    expect(await listed(['--list-tags', '-e', 'tag=x'], 'templates.yml')).to.include('TAGS: [x]')
  })
})

async function listed(flags: readonly string[], playbook = 'site.yml'): Promise<string> {
  const project = `${RECORD}project/`
  const argv = ['playbook', '-i', `${project}inventory`, `${project}${playbook}`, ...flags]
  const args = (await parseArguments(argv, 'provision')) as RunArguments
  const { loader, inventory, templates, extraVars } = await openRun(args, null)
  const { plays } = loader.loadPlaybook(`${project}${playbook}`)
  return listing(args, [{ file: playbook, plays }], inventory, templates, extraVars)
}
