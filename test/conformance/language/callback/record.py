"""A stdout callback that writes down what happened, in the order it happened, as JSON into the file $RECORD_FILE."""
import json
import os

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
name: record
type: stdout
short_description: what happened, as JSON
description: Writes results, recap and order of tasks into the file $RECORD_FILE.
'''


class Encoder(AnsibleJSONEncoder):
    """Undefined values can be neither serialised nor compared."""
    def default(self, o):
        try:
            return super().default(o)
        except Exception:
            return '(%s)' % type(o).__name__


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'record'

    def __init__(self):
        super().__init__()
        self.events = []
        self.recap = {}
        self.stats = {}

    def save(self):
        text = json.dumps({'events': self.events, 'recap': self.recap, **({'stats': self.stats} if self.stats else {})}, cls=Encoder)
        with open(os.environ['RECORD_FILE'], 'w') as out:
            out.write(text)

    def v2_playbook_on_play_start(self, play):
        self.events.append({'play': play.get_name().strip()})
        self.save()

    def add(self, result, status, item=False, ignored=False):
        task = result._task
        data = dict(result._result)
        self.events.append({
            'task': task.get_name().strip(), 'action': task.action, 'host': result._host.get_name(), 'status': status,
            'ignored': ignored, 'item': item, 'no_log': bool(data.get('_ansible_no_log')), 'result': data,
        })
        self.save()

    def v2_runner_on_ok(self, result):
        self.add(result, 'changed' if result._result.get('changed') else 'ok')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.add(result, 'failed', ignored=bool(ignore_errors))

    def v2_runner_on_skipped(self, result):
        self.add(result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self.add(result, 'unreachable')

    def v2_runner_item_on_ok(self, result):
        self.add(result, 'changed' if result._result.get('changed') else 'ok', item=True)

    def v2_runner_item_on_failed(self, result):
        self.add(result, 'failed', item=True)

    def v2_runner_item_on_skipped(self, result):
        self.add(result, 'skipped', item=True)

    def v2_playbook_on_stats(self, stats):
        for host in sorted(stats.processed):
            self.recap[host] = {k: v for k, v in stats.summarize(host).items()}
        self.stats = stats.custom
        self.save()
