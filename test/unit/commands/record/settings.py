#!/usr/bin/python3
"""Records the names of all settings that ansible-core has, its plugins' too, into settings.json.

Run by hand on a machine with ansible-core 2.14:  /usr/bin/python3 settings.py
"""
import json
import os

import yaml
from ansible.config.manager import ConfigManager
from ansible.plugins.loader import (
    become_loader, cache_loader, callback_loader, connection_loader, inventory_loader, lookup_loader, shell_loader, strategy_loader,
    vars_loader)
from ansible.utils.plugin_docs import get_docstring
import ansible.plugins.loader as loader

rows = {}
# Plugins of collections that are here too.
COLLECTIONS = [lookup_loader.find_plugin('community.general.passwordstore')]


def add(name, options):
    ini = ['%s.%s' % (entry['section'], entry['key'].lower()) for entry in options.get('ini') or []]
    env = [entry['name'] for entry in options.get('env') or []]
    if ini or env:
        rows[name] = {'name': name, 'ini': ini, 'env': env}


base = os.path.join(os.path.dirname(__import__('ansible').__file__), 'config', 'base.yml')
for name, options in yaml.safe_load(open(base)).items():
    add(name, options)
for kind in (become_loader, cache_loader, callback_loader, connection_loader, inventory_loader, lookup_loader, shell_loader,
             strategy_loader, vars_loader):
    for path in sorted(kind.all(path_only=True)) + (COLLECTIONS if kind is lookup_loader else []):
        try:
            docs = get_docstring(path, loader.fragment_loader)[0] or {}
        except Exception:
            continue
        plugin = os.path.basename(path)[:-3]
        for name, options in (docs.get('options') or {}).items():
            add('%s %s %s' % (kind.subdir.replace('_plugins', ''), plugin, name), options)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'settings.json'), 'w') as out:
    out.write('[\n' + ',\n'.join(json.dumps(rows[name]) for name in sorted(rows)) + '\n]\n')
print(len(rows))
