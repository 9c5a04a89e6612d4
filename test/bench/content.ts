import { randomBytes } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type ContentName = keyof typeof CONTENTS

/** What each content writes into the job's folder: a playbook for the tools of Ansible's language, and the same for pyinfra. */
const CONTENTS = { webstack, copy100, template200, big, trivial, local } as const

export async function writeContent(name: ContentName, folder: string): Promise<void> {
  await mkdir(join(folder, 'files'), { recursive: true })
  await mkdir(join(folder, 'templates'), { recursive: true })
  await CONTENTS[name](folder)
}

export const BIG_BYTES = 100_000_000

async function webstack(folder: string): Promise<void> {
  await cp(join(import.meta.dirname, 'content/webstack'), folder, { recursive: true })
}

async function copy100(folder: string): Promise<void> {
  const indices = Array.from({ length: 100 }, (_, index) => index)
  for (const index of indices) {
    const lines = Array.from({ length: 20 }, (_, line) => `setting_${line} = value ${index} of file ${index * line}\n`)
    await writeFile(join(folder, 'files', `file${index}`), lines.join(''))
  }
  const tasks = indices.map(
    (index) =>
      `- name: File ${index}\n  ansible.builtin.copy: { src: file${index}, dest: /etc/copied${index}, mode: "0644" }`,
  )
  await writePlaybook(folder, tasks.join('\n'))
  await writeDeploy(folder, [
    'for index in range(100):',
    '    files.put(src=f"files/file{index}", dest=f"/etc/copied{index}", mode="0644")',
  ])
}

async function template200(folder: string): Promise<void> {
  const template =
    '# {{ site }}\nserver_name site{{ site }}.example.com;\nroot /srv/{{ site }};\nlisten {{ 8000 + site }};\n'
  await writeFile(join(folder, 'templates', 'site.j2'), template)
  await writePlaybook(
    folder,
    `- name: Sites
  ansible.builtin.template: { src: site.j2, dest: "/etc/site{{ site }}", mode: "0644" }
  loop: "{{ range(200) | list }}"
  loop_control: { loop_var: site }`,
  )
  await writeDeploy(folder, [
    'for site in range(200):',
    '    files.template(src="templates/site.j2", dest=f"/etc/site{site}", mode="0644", site=site)',
  ])
}

/** Random bytes, so that no compression makes the way shorter. */
async function big(folder: string): Promise<void> {
  await writeFile(join(folder, 'files', 'big'), randomBytes(BIG_BYTES))
  await writePlaybook(folder, '- name: Much\n  ansible.builtin.copy: { src: big, dest: /root/big, mode: "0644" }')
  await writeDeploy(folder, ['files.put(src="files/big", dest="/root/big", mode="0644")'])
}

async function trivial(folder: string): Promise<void> {
  await writeFile(join(folder, 'files', 'motd'), 'welcome\n')
  await writeFile(join(folder, 'templates', 'name.j2'), 'this is {{ inventory_hostname | default(host.name) }}\n')
  await writePlaybook(
    folder,
    `- ansible.builtin.file: { path: /srv/a, state: directory, mode: "0755" }
- ansible.builtin.file: { path: /srv/a/b, state: directory, mode: "0750" }
- ansible.builtin.copy: { src: motd, dest: /etc/motd, mode: "0644" }
- ansible.builtin.copy: { content: "one\\n", dest: /srv/a/one, mode: "0644" }
- ansible.builtin.copy: { content: "two\\n", dest: /srv/a/two, mode: "0600" }
- ansible.builtin.template: { src: name.j2, dest: /srv/a/name, mode: "0644" }
- ansible.builtin.lineinfile: { path: /etc/login.defs, regexp: '^UMASK\\s', line: "UMASK 027" }
- ansible.builtin.file: { src: /srv/a/one, dest: /srv/a/link, state: link }
- ansible.builtin.file: { path: /srv/a/gone, state: absent }
- ansible.builtin.user: { name: games, shell: /usr/sbin/nologin }`,
  )
  await writeDeploy(folder, [
    'files.directory(path="/srv/a", mode="0755")',
    'files.directory(path="/srv/a/b", mode="0750")',
    'files.put(src="files/motd", dest="/etc/motd", mode="0644")',
    'files.put(src=io.StringIO("one\\n"), dest="/srv/a/one", mode="0644")',
    'files.put(src=io.StringIO("two\\n"), dest="/srv/a/two", mode="0600")',
    'files.template(src="templates/name.j2", dest="/srv/a/name", mode="0644")',
    'files.line(path="/etc/login.defs", line=r"^UMASK\\s.*", replace="UMASK 027")',
    'files.link(path="/srv/a/link", target="/srv/a/one")',
    'files.file(path="/srv/a/gone", present=False)',
    'server.user(user="games", shell="/usr/sbin/nologin", ensure_home=False)',
  ])
}

/** The target is below the job's folder, so that this machine stays as it is. */
async function local(folder: string): Promise<void> {
  const dest = join(folder, 'target')
  await writePlaybook(folder, `- ansible.builtin.copy: { content: "one\\n", dest: ${dest}, mode: "0644" }`)
  await writeDeploy(folder, [`files.put(src=io.StringIO("one\\n"), dest="${dest}", mode="0644")`])
}

async function writePlaybook(folder: string, tasks: string): Promise<void> {
  const indented = tasks.replace(/^/gm, '    ')
  await writeFile(join(folder, 'site.yml'), `- hosts: all\n  gather_facts: false\n  tasks:\n${indented}\n`)
}

async function writeDeploy(folder: string, lines: readonly string[]): Promise<void> {
  await writeFile(
    join(folder, 'deploy.py'),
    `import io\nfrom pyinfra.operations import files, server\n\n${lines.join('\n')}\n`,
  )
}
