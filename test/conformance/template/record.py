#!/usr/bin/env python3
"""Records what Ansible answers to the cases in cases/*.yml, with jinja2_native off and on, into record/*.json.

Run by hand on a machine with ansible-core 2.14, python3-netaddr, python3-jmespath, python3-cryptography, python3-hashids and the Ansible
collections (for fact-diff, ansible.utils 6 in ANSIBLE_COLLECTIONS_PATH):
    python3 record.py [TOPIC ...]
The notation of answers is that of `enc` below: ints, floats, dicts and sets are marked, tuples are lists.
"""
import copy
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    topics = sys.argv[1:] or sorted(os.path.basename(p)[:-4] for p in glob.glob(HERE + '/cases/*.yml') if not p.endswith('/vars.yml'))
    for topic in topics:
        answers = [json.loads(subprocess.check_output([sys.executable, __file__, '--mode', mode, topic])) for mode in '01']
        rows = [{'kind': a['kind'], 'src': a['src'], 'off': a['answer'], 'on': b['answer']} for a, b in zip(*answers)]
        with open('%s/record/%s.json' % (HERE, topic), 'w') as out:
            out.write('[\n' + ',\n'.join(json.dumps(row, ensure_ascii=False) for row in rows) + '\n]\n')
        print(topic, len(rows), sum('err' in row['off'] for row in rows), 'errors')


def answer(mode, topic):
    os.environ['ANSIBLE_JINJA2_NATIVE'] = mode
    os.environ['ANSIBLE_JINJA2_EXTENSIONS'] = 'jinja2.ext.do,jinja2.ext.loopcontrols'
    os.environ['TZ'] = 'UTC'
    import warnings
    warnings.simplefilter('ignore')
    import yaml
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar, AnsibleEnvironment
    from jinja2.loaders import FileSystemLoader
    variables = yaml.safe_load(open(HERE + '/cases/vars.yml'))
    cases = yaml.safe_load(open('%s/cases/%s.yml' % (HERE, topic)))
    rows = []
    for kind in ('expr', 'value', 'render'):
        for src in cases.get(kind) or []:
            scope = copy.deepcopy(variables)
            scope['omit'] = '__omit_place_holder__abc'
            templar = Templar(loader=DataLoader(), variables=scope)
            try:
                if kind == 'render':
                    if mode == '1':
                        templar = templar.copy_with_new_env(environment_class=AnsibleEnvironment)
                    templar.environment.loader = FileSystemLoader(HERE + '/cases/tpl')
                    result = templar.do_template(src, preserve_trailing_newlines=True, escape_backslashes=False)
                else:
                    result = templar.template('{{ %s }}' % src if kind == 'expr' else src)
                rows.append({'kind': kind, 'src': src, 'answer': {'v': enc(result)}})
            except Exception as error:
                rows.append({'kind': kind, 'src': src, 'answer': {'err': '%s: %s' % (type(error).__name__, str(error)[:300])}})
    return rows


def enc(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {'$i': str(value)}
    if isinstance(value, float):
        return {'$f': repr(value)}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        return {'$d': [[enc(k), enc(x)] for k, x in value.items()]}
    if isinstance(value, (list, tuple)):
        return [enc(x) for x in value]
    if isinstance(value, (set, frozenset)):
        return {'$set': sorted((enc(x) for x in value), key=repr)}
    return {'$o': type(value).__name__}


if __name__ == '__main__':
    if sys.argv[1:2] == ['--mode']:
        json.dump(answer(sys.argv[2], sys.argv[3]), sys.stdout)
    else:
        main()
