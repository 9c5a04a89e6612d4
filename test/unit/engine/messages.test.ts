import { expect } from 'chai'
import { MACHINES, messagesTo, playEvents, playTwice, wireOf } from '../../support/play.ts'

const files = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `    - copy: { content: "x", dest: "@FOLDER@/t/f${index + from}" }`).join(
    '\n',
  )

const play = (tasks: string) => ({
  'play.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - file: { path: "@FOLDER@/t", state: directory }
${tasks}
`,
})

/** Counts, unlike times, are not noisy: the same on every machine. */
describe('messages a host', function () {
  this.timeout(60_000)
  const rows: { name: string; before: string; tasks: string; most: number }[] = [
    { name: '100 files on a new host', before: '', tasks: files(100), most: 8 },
    { name: 'a loop of 200 on a new host', before: '', tasks: loop(200), most: 8 },
    { name: '100 files and their folders on a new host', before: '', tasks: folders(50), most: 8 },
    { name: '100 tasks that are converged', before: files(100), tasks: files(100), most: 1 },
    { name: 'a loop of 200 that is converged', before: loop(200), tasks: loop(200), most: 1 },
    {
      name: '1 change in the middle of 100 tasks',
      before: `${files(50)}\n${files(49, 51)}`,
      tasks: files(100),
      most: 4,
    },
    {
      name: '3 changes in 100 tasks',
      before: [files(30), files(30, 31), files(20, 62), files(17, 83)].join('\n'),
      tasks: files(100),
      most: 9,
    },
  ]
  for (const { name, before, tasks, most } of rows) {
    it(`${name}: at most ${most}`, async () => {
      const { second } = await playTwice(play(before), play(tasks))
      expect(messagesTo(second, 'h1')).to.be.at.most(most)
    })
  }

  /** On the machines' own disks. */
  const own = (tasks: string) => ({ 'play.yml': play(tasks)['play.yml'].replaceAll('@FOLDER@/t', '@FOLDER@/host/t') })
  const several: { name: string; before: string; tasks: string; most: number }[] = [
    {
      name: '50 tasks that are converged, behind results of others',
      before: files(50),
      tasks: `${known(25)}\n${known(25, 25)}`,
      most: 2,
    },
    {
      name: 'a loop of 100 commands',
      before: files(1),
      tasks: '    - command: touch @FOLDER@/t/c{{ item }}\n      loop: "{{ range(100) | list }}"',
      most: 6,
    },
    { name: '5 commands among 50 files', before: files(50), tasks: commands(5, 10), most: 13 },
    { name: '5 commands among 50 files, on new hosts', before: '', tasks: commands(5, 10), most: 13 },
  ]
  for (const { name, before, tasks, most } of several) {
    it(`two hosts, ${name}: at most ${most} each`, async () => {
      const { second } = await playTwice(own(before), own(tasks), ['-c', MACHINES], 'h1,h2')
      for (const host of ['h1', 'h2']) expect(messagesTo(second, host)).to.be.within(1, most)
    })
  }

  it('a check of 100 changes is one message', async () => {
    expect(messagesTo(await playEvents(play(files(100)), ['--check']), 'h1')).to.equal(1)
  })
})

const others = (count: number) => files(count).replaceAll('content: "x"', 'content: "y"')

const ACCOUNTS = ['root', 'daemon', 'bin', 'sys']

const PACKAGES = ['bash', 'coreutils', 'sed', 'grep']

/** Counted on a machine where nothing else starts processes. A step is a subshell, and so a process. */
describe('processes on a host', function () {
  this.timeout(60_000)
  const repeated = (count: number, task: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `    - ${task(index)}`).join('\n')
  const tree = '    - copy: { src: tree, dest: "@FOLDER@/t", mode: "0755" }'
  const rows: { name: string; before?: string; tasks: string; most: number; files?: number; otherwise?: string }[] = [
    { name: 'a folder of 300 files on a new host', before: '', tasks: tree, files: 300, most: 30 },
    { name: 'a folder of 300 files that are converged', tasks: tree, files: 300, most: 8 },
    {
      name: 'a folder of 300 files with other content, in 6 folders',
      tasks: tree,
      files: 300,
      otherwise: 'y',
      most: 50,
    },
    { name: '100 files that are converged', tasks: files(100), most: 11 },
    { name: '100 files on a new host', before: '', tasks: files(100), most: 45 },
    { name: 'a loop of 200 on a new host', before: '', tasks: loop(200), most: 45 },
    { name: '50 folders and a file in each, on a new host', before: '', tasks: folders(50), most: 450 },
    { name: '60 modes', tasks: repeated(60, () => 'file: { path: "@FOLDER@/t", mode: "0755" }'), most: 5 },
    { name: '100 files with other content', before: others(100), tasks: files(100), most: 750 },
    {
      name: '50 directories',
      tasks: repeated(50, (index) => `file: { path: "@FOLDER@/t/d${index}", state: directory }`),
      most: 9,
    },
    {
      name: '40 packages',
      tasks: repeated(40, (index) => `apt: { name: ${PACKAGES[index % 4]}, only_upgrade: true }`),
      most: 9,
    },
    {
      name: '40 users and groups',
      tasks: repeated(
        40,
        (index) => [`user: { name: ${ACCOUNTS[index % 4]} }`, `group: { name: ${ACCOUNTS[index % 4]} }`][index % 2]!,
      ),
      most: 10,
    },
    {
      name: '40 links',
      tasks: repeated(40, (index) => `file: { path: "@FOLDER@/t/l${index}", src: "@FOLDER@/t", state: link }`),
      most: 12,
    },
    {
      name: 'a look at 40 files',
      before: files(40),
      tasks: files(40).replaceAll('copy: { content: "x",', 'stat: {'),
      most: 15,
    },
    {
      name: '40 lines of one file',
      tasks: repeated(40, (index) => `lineinfile: { path: "@FOLDER@/t/lines", line: "${index}", create: true }`),
      most: 7,
    },
    {
      name: 'the facts that every play gathers at least',
      tasks: repeated(1, () => 'setup: { gather_subset: [min, "!python", "!lsb"] }'),
      most: 13,
    },
    { name: 'all facts', tasks: repeated(1, () => 'setup: { gather_subset: [all, "!python", "!lsb"] }'), most: 24 },
  ]
  for (const { name, before, tasks, most, files: count = 0, otherwise = 'x' } of rows) {
    it(`${name}: at most ${most}`, async () => {
      const first = { ...play(before ?? tasks), ...inFolders(count, otherwise) }
      const { second } = await playTwice(first, { ...play(tasks), ...inFolders(count, 'x') }, ['-c', MACHINES])
      expect(wireOf(second, 'h1').processes).to.be.within(1, most)
    })
  }
})

/** Files of a folder on the controller, 50 in each of its folders. */
function inFolders(count: number, content: string): { [path: string]: string } {
  const paths = Array.from({ length: count }, (_, index) => `files/tree/d${Math.floor(index / 50)}/f${index}`)
  return Object.fromEntries(paths.map((path) => [path, content]))
}

/** Files that are wanted only if the folder is there, as one task has registered it and another has found. */
function known(count: number, from = 0): string {
  return `    - stat: { path: "@FOLDER@/t" }
      register: folder
    - assert: { that: [folder.stat.isdir] }
    - set_fact: { inside: "{{ folder.stat.path }}" }
${Array.from({ length: count }, (_, index) => `    - copy: { content: "x", dest: "{{ inside }}/f${index + from}" }`).join('\n')}`
}

/** Commands, and so many files before each. */
function commands(count: number, before: number): string {
  return Array.from(
    { length: count },
    (_, index) => `${files(before, index * before)}\n    - command: touch @FOLDER@/t/c${index}`,
  ).join('\n')
}

function loop(count: number): string {
  const items = JSON.stringify(Array.from({ length: count }, (_, index) => index))
  return `    - copy: { content: "{{ item }}", dest: "@FOLDER@/t/f{{ item }}" }\n      loop: ${items}`
}

function folders(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `    - file: { path: "@FOLDER@/t/d${index}", state: directory, mode: "0750" }\n` +
      `    - copy: { content: "x", dest: "@FOLDER@/t/d${index}/f" }`,
  ).join('\n')
}
