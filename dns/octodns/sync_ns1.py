"""Runs the real octoDNS over rendered folders, against an NS1 that is replaced.

    python dns/octodns/sync_ns1.py FOLDER...

Each folder is synced in turn, and once more, which must change nothing. NS1's own client is used up to
the request; what it sends is judged by what NS1 documents of its API. The record that stands at the end
is printed as JSON, with the changes of each run.
"""
import json
import os
import re
import sys
from unittest.mock import patch

from ns1.rest.errors import ResourceException
from ns1.rest.transport.requests import RequestsTransport
from octodns.manager import Manager
from pycountry import countries, subdivisions

# https://github.com/ns1/ns1-go/blob/master/rest/model/data/meta.go and .../rest/model/filter/filter.go
GEOREGIONS = {'US-EAST', 'US-CENTRAL', 'US-WEST', 'EUROPE', 'ASIAPAC', 'SOUTH-AMERICA', 'AFRICA'}
FILTERS = {
    'up': set(),
    'geofence_country': {'remove_no_location'},
    'geofence_regional': {'remove_no_georegion'},
    'select_first_region': set(),
    'priority': {'eliminate'},
    'weighted_shuffle': set(),
    'select_first_n': {'N'},
}
NOTE_LIMIT = 256


class Ns1:
    """A zone, monitors and their feeds, by path. Refuses what it does not know."""

    def __init__(self, zone):
        self.zone = zone
        self.records = {}
        self.made = 0
        self.kept = {'monitoring/jobs': {}, 'lists': {}, 'data/sources': {}, 'data/feeds': {}}

    def answer(self, method, path, body):
        zone, *record = path.removeprefix('zones/').split('/')
        if path.startswith('zones/') and zone == self.zone:
            return self.record(method, record, body) if record else self.whole()
        for kind, kept in self.kept.items():
            if path == kind or path.startswith(f'{kind}/'):
                return self.keep(kind, kept, method, path[len(kind) + 1 :], body)
        refuse(f'{method} {path}: this stand-in does not know it')

    def whole(self):
        brief = [
            {**record, 'short_answers': [], 'tier': 3} for record in self.records.values()
        ]
        return {'zone': self.zone, 'records': brief}

    def record(self, method, key, body):
        key = tuple(key)
        if method == 'GET':
            return self.records[key]
        if (method == 'PUT') == (key in self.records):
            # https://ns1.com/api: PUT creates a record, POST changes one
            refuse(f'{key}: {"exists" if method == "PUT" else "is not there"}')
        faults = list(judge(body, self.kept['data/feeds']))
        if faults:
            refuse('\n'.join(faults))
        self.records[key] = {**body, 'tier': 3}
        return self.records[key]

    def keep(self, kind, kept, method, rest, body):
        if method == 'GET':
            source = rest and kind == 'data/feeds'
            return [each for each in kept.values() if not source or each['source'] == rest]
        if method == 'DELETE':
            return kept.pop(rest.split('/')[-1]) and {}
        self.made += method == 'PUT'
        each = {**body, 'id': f'id{self.made}' if method == 'PUT' else rest}
        if kind == 'data/feeds':
            each['source'] = rest
        if kind == 'monitoring/jobs' and not each.get('regions'):
            # https://ns1.com/api: a job has regions
            refuse('a job without regions')
        kept[each['id']] = each
        return each


def refuse(message):
    raise ResourceException(message, None, message)


def judge(record, feeds):
    for each in record['filters']:
        name, config = each['filter'], each['config']
        if name not in FILTERS or not set(config) <= FILTERS[name]:
            yield f'filter {each} is not known'
    for name, region in record['regions'].items():
        yield from judge_meta(f'region {name}', region['meta'], feeds)
    for answer in record['answers']:
        if answer['region'] not in record['regions']:
            yield f'answer of a region that is not there: {answer["region"]}'
        yield from judge_meta('answer', answer['meta'], feeds)


def judge_meta(what, meta, feeds):
    """By the comments of meta.go, field by field."""
    for field, value in meta.items():
        known = {
            'note': lambda: len(value) <= NOTE_LIMIT,
            'up': lambda: isinstance(value, bool) or value['feed'] in feeds,
            'priority': lambda: value > 0,
            'weight': lambda: value > 0,
            'georegion': lambda: set(value) <= GEOREGIONS,
            'country': lambda: all(countries.get(alpha_2=country) for country in value),
            'us_state': lambda: all(subdivisions.get(code=f'US-{state}') for state in value),
            'ca_province': lambda: all(subdivisions.get(code=f'CA-{state}') for state in value),
        }.get(field)
        if known is None or not known():
            yield f'invalid {what} metadata: {value} is not a valid "{field}"'


def main(*folders):
    os.environ['NS1_API_KEY'] = 'key'
    ns1 = Ns1('example.com')
    changes = []

    def send(transport, method, url, headers, data, *_):
        path = re.sub('^.*/v1/', '', url)
        return {}, json.loads(json.dumps(ns1.answer(method, path, json.loads(data or 'null'))))

    with patch.object(RequestsTransport, '_send', send):
        for folder in folders:
            os.chdir(folder)
            for _ in range(2):
                changes.append(Manager('config.yaml').sync(dry_run=False, force=True))
    (record,) = ns1.records.values()
    monitors = list(ns1.kept['monitoring/jobs'].values())
    feeds = {feed['id']: feed['config']['jobid'] for feed in ns1.kept['data/feeds'].values()}
    print(json.dumps({'changes': changes, 'record': record, 'monitors': monitors, 'feeds': feeds}))


if __name__ == '__main__':
    main(*sys.argv[1:])
