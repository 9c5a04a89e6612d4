#!/usr/bin/python3
"""Records what Ansible does with the cases in cases/*.yml, into record/*.json.

Run by hand on a machine with ansible-core 2.14:  /usr/bin/python3 record.py [TOPIC ...]
Each case runs in a fork of this process, so that Ansible is imported only once. A topic keeps the answers to cases that have not
changed; RECORD_ALL=1 asks all anew.
"""
import glob
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.update({
    'ANSIBLE_STDOUT_CALLBACK': 'record', 'ANSIBLE_CALLBACK_PLUGINS': HERE + '/callback', 'ANSIBLE_RETRY_FILES_ENABLED': '0',
    'ANSIBLE_FORKS': '3', 'ANSIBLE_NOCOLOR': '1', 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8',
})
sys.argv[1:], TOPICS = [], sys.argv[1:]

import yaml  # noqa: E402
import ansible.cli.playbook  # noqa: E402
import ansible.executor.playbook_executor  # noqa: E402,F401

INVENTORY = open(HERE + '/inventory.ini').read()
VOLATILE = re.compile(
    '^(_ansible_.*|invocation|start|end|delta|stdout_lines|stderr_lines|exception|warnings|deprecations|diff|module_stdout|module_stderr|'
    'discovered_interpreter_python|ansible_job_id|results_file|elapsed|skip_reason|false_condition|finished_at|resolution)$')


def main():
    for topic in TOPICS or sorted(os.path.basename(p)[:-4] for p in glob.glob(HERE + '/cases/*.yml')):
        path = '%s/record/%s.json' % (HERE, topic)
        known = {row['name']: row for row in (json.load(open(path)) if os.path.exists(path) else [])}
        cases = yaml.load(open('%s/cases/%s.yml' % (HERE, topic)), yaml.CSafeLoader)
        keys = [hashlib.sha256(json.dumps([{k: v for k, v in c.items() if k not in ('differs', 'free')}, INVENTORY]).encode()).hexdigest()[:12] for c in cases]
        rows, running = {}, []
        for index, (case, key) in enumerate(zip(cases, keys)):
            old = known.get(case['name'])
            if old and old['key'] == key and not os.environ.get('RECORD_ALL'):
                rows[index] = old
                continue
            while len(running) >= 3:
                collect(running, rows)
            running.append(begin(index, case, key))
        while running:
            collect(running, rows)
        with open(path, 'w') as out:
            out.write('[\n' + ',\n'.join(json.dumps(rows[i], ensure_ascii=False, sort_keys=True) for i in sorted(rows)) + '\n]\n')
        print(topic, len(rows), {code: sum(r['exit'] == code for r in rows.values()) for code in {r['exit'] for r in rows.values()}})


def begin(index, case, key):
    folder = os.path.realpath(tempfile.mkdtemp(prefix='conform'))
    for path, text in project(case).items():
        os.makedirs(os.path.dirname(folder + '/p/' + path), exist_ok=True)
        with open(folder + '/p/' + path, 'w') as out:
            out.write(text)
        if text.startswith('#!'):
            os.chmod(folder + '/p/' + path, 0o755)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        play(folder, case)
    return {'pid': pid, 'folder': folder, 'index': index, 'case': case, 'key': key, 'since': time.time()}


def project(case):
    files = {'inventory/hosts': INVENTORY, **case.get('files', {})}
    if 'playbook' in case:
        files['playbook.yml'] = case['playbook']
    if 'tasks' in case:
        head = '- hosts: %s\n  gather_facts: false\n  tasks:\n' % case.get('hosts', 'h1')
        files['playbook.yml'] = head + re.sub('(?m)^(?=.)', '    ', case['tasks'])
    return files


def play(folder, case):
    """In the fork: the run itself; it never returns."""
    os.setpgid(0, 0)
    os.chdir(folder + '/p')
    os.environ['RECORD_FILE'] = folder + '/events.json'
    os.environ['HOME'] = folder
    os.environ['ANSIBLE_ASYNC_DIR'] = folder + '/jobs'
    log = os.open(folder + '/log', os.O_WRONLY | os.O_CREAT)
    with open(folder + '/input', 'w') as out:
        out.write(case.get('input', ''))
    os.dup2(os.open(folder + '/input', os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    code = 70
    try:
        from ansible.cli.playbook import PlaybookCLI
        from ansible.utils.display import Display
        Display()
        code = run(PlaybookCLI, ['ansible-playbook', '-i', 'inventory', *case.get('args', []), 'playbook.yml'])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(cli, args):
    try:
        cli.cli_executor(args)
    except SystemExit as end:
        return end.code or 0
    return 0


def collect(running, rows):
    pid, status = os.wait()
    one = next(r for r in running if r['pid'] == pid)
    running.remove(one)
    folder = one['folder']
    events = {'events': [], 'recap': {}}
    if os.path.exists(folder + '/events.json'):
        events = json.load(open(folder + '/events.json'))
    row = {'name': one['case']['name'], 'key': one['key'], 'exit': os.waitstatus_to_exitcode(status), **events}
    row['events'] = [slim(event) for event in row['events']]
    end = left(folder + '/p', one['case'])
    if end:
        row['left'] = end
    row = json.loads(json.dumps(row).replace(folder + '/p', '{here}'))
    error = re.search(r'ERROR! (.*)', open(folder + '/log', errors='replace').read())
    if error:
        row['error'] = error.group(1).replace(folder + '/p', '{here}')
    rows[one['index']] = row
    if os.environ.get('RECORD_KEEP'):
        print(folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def left(root, case):
    """What the run has left behind: each path that the project did not have so, its mode and content; how jobs are kept is our own."""
    given, found = project(case), {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            short = os.path.relpath(path, root)
            if short.split('/')[0] == 'jobs':
                continue
            if os.path.islink(path):
                found[short] = 'link ' + os.readlink(path)
            elif os.path.isdir(path):
                if not any(known.startswith(short + '/') for known in given):
                    found[short] = '%04o directory' % (os.stat(path).st_mode & 0o7777)
            else:
                text = open(path, errors='replace').read()
                if given.get(short) != text:
                    found[short] = '%04o %s' % (os.stat(path).st_mode & 0o7777, text)
    return found


def slim(event):
    if 'play' in event:
        return event
    event['result'] = {} if event.pop('no_log') else clean(event['result'])
    if event['result'].get('results') and event['action'] not in ('find', 'stat'):
        event['result'] = {k: v for k, v in event['result'].items() if k not in ('results', 'msg')}
    return {k: v for k, v in event.items() if v not in (False, {})}


def clean(value):
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items() if not VOLATILE.match(k)}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


if __name__ == '__main__':
    main()
