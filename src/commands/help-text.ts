export const SUBCOMMAND_HELP = `Commands (each has its own --help):
  provision playbook PLAYBOOK…   the arguments of ansible-playbook; also through a link of that name
  provision exec PATTERN         one module on some hosts, with the arguments of ansible
  provision inventory INVENTORY  hosts, groups and their variables
  provision vault ACTION         encrypted files and strings
  provision doc [MODULE]         what a module does, its arguments and examples
  provision lab ACTION           throw-away test hosts`

/** Command lines that people start from. */
export function examples(face: 'site' | 'playbook'): string {
  const lines =
    face === 'site'
      ? [
          'provision inventory/prod.yml --check --diff     what would change, to the line',
          'provision inventory/prod.yml                    change it',
          'provision inventory/prod.yml --role nginx -l web01',
          'provision inventory/prod.yml playbooks/upgrade.yml -e version=2.1 --tags app',
          'provision inventory/prod.yml --output junit=report.xml --output plain',
        ]
      : [
          'provision playbook -i inventory/prod.yml site.yml -CD',
          'provision playbook -i web01,web02, site.yml -e \'{"version": "2.1"}\' --vault-id prod@pass.sh',
        ]
  return `Examples:\n${lines.map((line) => `  ${line}\n`).join('')}`
}

/** The numbers are Ansible's, where it has one. */
export function exitCodes(): string {
  return `Exit codes:
  0   everything is as the playbook wants it
  1   --limit leaves no host
  2   a task failed on a host, or wrong arguments
  4   a host could not be reached, or an inventory, playbook or role could not be used
  5   options that make no sense together
  70  a bug in this program`
}
