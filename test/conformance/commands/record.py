#!/usr/bin/python3
"""Records what Ansible's commands print for the cases in cases/*.yml, into record/*.json.

Run by hand on a machine with ansible-core 2.14 and python3-toml:  /usr/bin/python3 record.py [TOPIC ...]
Each command runs in a fork of this process, so that Ansible is imported only once. A topic keeps the answers to commands that have not
changed; RECORD_ALL=1 asks all anew.
"""
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
for name in [n for n in os.environ if n.startswith('ANSIBLE_')]:
    del os.environ[name]
os.environ.update({'ANSIBLE_NOCOLOR': '1', 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8', 'ANSIBLE_FORKS': '1'})
sys.argv[1:], TOPICS = [], sys.argv[1:]

import yaml  # noqa: E402

COMMANDS = {'inventory': 'InventoryCLI', 'exec': 'AdHocCLI', 'playbook': 'PlaybookCLI', 'vault': 'VaultCLI'}
MODULES = {'inventory': 'inventory', 'exec': 'adhoc', 'playbook': 'playbook', 'vault': 'vault'}


def main():
    for topic in TOPICS or sorted(os.path.basename(p)[:-4] for p in glob.glob(HERE + '/cases/*.yml')):
        path = '%s/record/%s.json' % (HERE, topic)
        known = {row['key']: row for row in (json.load(open(path)) if os.path.exists(path) else [])}
        rows = []
        for case in yaml.load(open('%s/cases/%s.yml' % (HERE, topic)), yaml.CSafeLoader):
            for entry in case['run']:
                command = entry if isinstance(entry, str) else entry['command']
                key = hashlib.sha256(json.dumps([case.get('files'), case.get('env'), command]).encode()).hexdigest()[:12]
                old = None if os.environ.get('RECORD_ALL') else known.get(key)
                rows.append(old or {'key': key, 'name': case['name'], 'command': command, **ask(case, command)})
        with open(path, 'w') as out:
            out.write('[\n' + ',\n'.join(json.dumps(row, ensure_ascii=False) for row in rows) + '\n]\n')
        print(topic, len(rows))


def ask(case, command):
    folder = os.path.realpath(tempfile.mkdtemp(prefix='conform'))
    here = folder + '/p'
    os.mkdir(here)
    for name, text in case.get('files', {}).items():
        os.makedirs(os.path.dirname(here + '/' + name), exist_ok=True)
        with open(here + '/' + name, 'w') as out:
            out.write(text)
        if text.startswith('#!'):
            os.chmod(here + '/' + name, 0o755)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        perform(folder, here, case, shlex.split(command))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    out, err = (open(folder + '/' + name, errors='replace').read().replace(here, '{here}') for name in ('out', 'err'))
    err = re.sub(r'\s+', ' ', err).strip()
    shutil.rmtree(folder, ignore_errors=True)
    return {'exit': code, 'stdout': out, 'stderr': err}


def perform(folder, here, case, words):
    """In the fork: the command itself; it never returns."""
    os.chdir(here)
    os.environ['HOME'] = here
    os.environ.update(case.get('env', {}))
    os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
    os.dup2(os.open(folder + '/out', os.O_WRONLY | os.O_CREAT), 1)
    os.dup2(os.open(folder + '/err', os.O_WRONLY | os.O_CREAT), 2)
    code = 70
    try:
        cli = getattr(__import__('ansible.cli.' + MODULES[words[0]], fromlist=['x']), COMMANDS[words[0]])
        try:
            cli.cli_executor(['ansible', *words[1:]])
            code = 0
        except SystemExit as end:
            code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == '__main__':
    main()
