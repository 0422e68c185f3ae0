"""Runs the real octoDNS over a rendered folder, against an Azure whose clients are replaced.

    python dns/octodns/sync_octodns.py FOLDER

octoDNS reads config.yaml and the zone in FOLDER, validates both, plans and applies, as octodns-sync
--doit does. What its Azure provider would have written is printed as JSON: the profiles in the order in
which they were made, and the records.
"""
import json
import os
import sys
from types import SimpleNamespace
from unittest.mock import patch

from octodns.manager import Manager
from octodns_azure import AzureProvider


def main(folder):
    os.chdir(folder)
    for name in ('CLIENT_ID', 'CLIENT_SECRET', 'TENANT_ID', 'SUBSCRIPTION_ID', 'RESOURCE_GROUP'):
        os.environ[f'AZURE_{name}'] = name.lower()
    profiles, records = [], []

    def create_profile(group, name, profile):
        profiles.append(profile)
        return profile

    def create_record(**arguments):
        records.append(arguments['relative_record_set_name'])

    zone = SimpleNamespace(name_servers=[])
    dns = SimpleNamespace(
        zones=SimpleNamespace(
            list_by_resource_group=lambda group: [], create_or_update=lambda *arguments: zone
        ),
        record_sets=SimpleNamespace(
            list_by_dns_zone=lambda *arguments: [], create_or_update=create_record
        ),
    )
    manager = SimpleNamespace(
        profiles=SimpleNamespace(
            list_by_resource_group=lambda group: [], create_or_update=create_profile
        )
    )
    with patch.object(AzureProvider, 'dns_client', dns), patch.object(
        AzureProvider, '_tm_client', manager
    ):
        Manager('config.yaml').sync(dry_run=False, force=True)
    print(json.dumps({'profiles': [shown(profile) for profile in profiles], 'records': records}))


def shown(profile):
    monitor = profile.monitor_config
    return {
        'profileName': profile.name,
        'trafficRoutingMethod': profile.traffic_routing_method,
        'ttl': profile.dns_config.ttl,
        'monitor': {
            'protocol': monitor.protocol,
            'port': monitor.port,
            'path': monitor.path,
            'intervalInSeconds': monitor.interval_in_seconds,
            'timeoutInSeconds': monitor.timeout_in_seconds,
            'toleratedNumberOfFailures': monitor.tolerated_number_of_failures,
            'customHeaders': [
                {'name': header.name, 'value': header.value}
                for header in monitor.custom_headers or []
            ],
        },
        'endpoints': [endpoint(each) for each in profile.endpoints],
    }


def endpoint(each):
    child = each.target_resource_id
    found = {
        'name': each.name,
        'target': each.target,
        'child': child and child.split('/')[-1],
        'weight': each.weight,
        'priority': each.priority,
        'geoMapping': each.geo_mapping,
        'alwaysServe': each.always_serve == 'Enabled' or None,
    }
    return {key: value for key, value in found.items() if value is not None}


if __name__ == '__main__':
    main(sys.argv[1])
