#!/bin/sh
# Records what ansible-playbook lists for the project beside this script: run it where Ansible is installed.
cd "$(dirname "$0")/project" || exit 1
export ANSIBLE_CONFIG=/dev/null.cfg ANSIBLE_LOCALHOST_WARNING=false
record() {
  name=$1
  shift
  ansible-playbook -i inventory site.yml "$@" > "../$name.txt" 2>/dev/null
}
record everything --list-hosts --list-tasks --list-tags
record hosts --list-hosts
record tasks-tagged --list-tasks --tags a
record tags-skipped --list-tags --skip-tags block,imported
record never --list-tasks --tags never
record limited --list-hosts --limit db:web01
