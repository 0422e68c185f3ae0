"""Runs the real octoDNS over rendered folders, against a Route 53 that is replaced.

    python dns/octodns/sync_route53.py LOCATIONS FOLDER...

LOCATIONS is the country codes that Route 53 takes, with commas. Each folder is synced in turn, and once
more, which must change nothing. What is sent is judged by boto's own model of the service and by the
rules that Amazon documents; what stands at the end is printed as JSON, with the changes of each run.
"""
import json
import os
import sys
from collections import Counter, defaultdict
from copy import deepcopy
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from octodns.manager import Manager

GUIDE = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide'


class Route53:
    """A hosted zone and health checks. Refuses what it does not know."""

    def __init__(self, zone, countries):
        self.zone = {'Id': '/hostedzone/Z1', 'Name': zone, 'CallerReference': 'zone'}
        self.countries = countries
        self.rrsets = {}
        self.checks = {}

    def call(self, client, operation, params):
        model = client.meta.service_model.operation_model(operation)
        report = ParamValidator().validate(params, model.input_shape)
        faults = report.generate_report() or '\n'.join(beyond(params, model.input_shape, operation))
        if faults:
            refuse(operation, 'InvalidInput', faults)
        answer = getattr(self, operation, None)
        if answer is None:
            refuse(operation, 'UnknownOperation', 'this stand-in does not know it')
        return deepcopy(answer(**params))

    def ListHostedZones(self, **_):
        return {'HostedZones': [self.zone], 'IsTruncated': False}

    def ListResourceRecordSets(self, HostedZoneId):
        return {'ResourceRecordSets': list(self.rrsets.values()), 'IsTruncated': False}

    def ListHealthChecks(self, **_):
        return {'HealthChecks': list(self.checks.values()), 'IsTruncated': False}

    def CreateHealthCheck(self, CallerReference, HealthCheckConfig):
        if HealthCheckConfig['RequestInterval'] not in (10, 30):
            # API_HealthCheckConfig, RequestInterval: 10 or 30
            refuse('CreateHealthCheck', 'InvalidInput', 'RequestInterval')
        if any(check['CallerReference'] == CallerReference for check in self.checks.values()):
            # API_CreateHealthCheck, errors
            refuse('CreateHealthCheck', 'HealthCheckAlreadyExists', CallerReference)
        check = {
            'Id': f'check-{len(self.checks)}',
            'CallerReference': CallerReference,
            'HealthCheckConfig': HealthCheckConfig,
            'HealthCheckVersion': 1,
        }
        self.checks[check['Id']] = check
        return {'HealthCheck': check}

    def DeleteHealthCheck(self, HealthCheckId):
        del self.checks[HealthCheckId]
        return {}

    def ChangeTagsForResource(self, ResourceType, ResourceId, AddTags):
        if ResourceId not in self.checks:
            # API_ChangeTagsForResource, errors
            refuse('ChangeTagsForResource', 'NoSuchHealthCheck', ResourceId)
        return {}

    def ChangeResourceRecordSets(self, HostedZoneId, ChangeBatch):
        changes = ChangeBatch['Changes']
        faults = list(too_large(changes))
        after = dict(self.rrsets)
        for change in changes:
            faults += apply(change, after)
        faults += judge(list(after.values()), self.countries, self.checks)
        if faults:
            refuse('ChangeResourceRecordSets', 'InvalidChangeBatch', '\n'.join(faults))
        self.rrsets = after
        return {'ChangeInfo': {'Id': '/change/C1', 'Status': 'INSYNC'}}


def refuse(operation, code, message):
    raise ClientError({'Error': {'Code': code, 'Message': message}}, operation)


def beyond(value, shape, path):
    """What is over the limits of boto's model, of which its validator checks the lower ones alone."""
    if shape.type_name == 'structure':
        for name, each in value.items():
            yield from beyond(each, shape.members[name], f'{path}.{name}')
    elif shape.type_name == 'list':
        for each in value:
            yield from beyond(each, shape.member, path)
    size = value if shape.type_name in ('integer', 'long') else len(value) if hasattr(value, '__len__') else 0
    if 'max' in shape.metadata and size > shape.metadata['max']:
        yield f'{path}: {value} is over {shape.metadata["max"]}'
    if shape.enum if hasattr(shape, 'enum') else False:
        if value not in shape.enum:
            yield f'{path}: {value} is none of {shape.enum}'


def too_large(changes):
    # GUIDE/DNSLimitations.html, "Number of elements and characters"
    values = [
        record['Value']
        for change in changes
        for record in change['ResourceRecordSet'].get('ResourceRecords', [])
        for _ in range(2 if change['Action'] == 'UPSERT' else 1)
    ]
    if len(values) > 1000:
        yield f'{len(values)} ResourceRecord elements'
    if sum(map(len, values)) > 32000:
        yield f'{sum(map(len, values))} characters in Value elements'


def apply(change, rrsets):
    """By API_ChangeResourceRecordSets: CREATE what is not there, DELETE what is exactly there."""
    rrset = change['ResourceRecordSet']
    key = (rrset['Name'], rrset['Type'], rrset.get('SetIdentifier'))
    if change['Action'] == 'DELETE':
        if rrsets.get(key) != rrset:
            return [f'Tried to delete {key} but the values provided do not match the current values']
        del rrsets[key]
        return []
    if change['Action'] == 'CREATE' and key in rrsets:
        return [f'Tried to create {key} but it already exists']
    rrsets[key] = rrset
    return []


def judge(rrsets, countries, checks):
    groups = defaultdict(list)
    for rrset in rrsets:
        groups[rrset['Name'], rrset['Type']].append(rrset)
        yield from judge_one(rrset, countries, checks)
        target = rrset.get('AliasTarget', {}).get('DNSName')
        # GUIDE/resource-record-sets-choosing-alias-non-alias.html: a record of the zone, of the same type
        if target and not any(r['Name'] == target and r['Type'] == rrset['Type'] for r in rrsets):
            yield f'{rrset["Name"]}: alias target {target} not found'
    for (name, _), group in groups.items():
        yield from judge_group(name, group)


def judge_one(rrset, countries, checks):
    name = rrset['Name']
    # GUIDE/DomainNameFormat.html
    if len(name) > 255 or any(len(label) > 63 for label in name.split('.')):
        yield f'{name}: a label has up to 63 characters, a name 255'
    check = rrset.get('HealthCheckId')
    if check and check not in checks:
        yield f'{name}: no health check {check}'
    location = rrset.get('GeoLocation', {})
    country, state = location.get('CountryCode'), location.get('SubdivisionCode')
    if country and country != '*' and country not in countries or state and country != 'US':
        # As https://github.com/octodns/octodns/pull/755 has it from the service, and the list in
        # GUIDE/resource-record-sets-values-geo.html#rrsets-values-geo-location
        yield f"Cannot find location: 'country = {country} subdivision = {state}'"
    if 'ContinentCode' in location and (country or state):
        # API_GeoLocation, ContinentCode
        yield f'{name}: a continent and a country in one location'


def judge_group(name, group):
    routing = [
        next((kind for kind in ('GeoLocation', 'Failover', 'Weight') if kind in rrset), None)
        for rrset in group
    ]
    # API_ResourceRecordSet: records of one name and type have one kind of routing
    if len(set(routing)) > 1 or routing[0] is None and len(group) > 1:
        yield f'{name}: {set(routing)} in one group'
    if len(group) > 100:
        # GUIDE/DNSLimitations.html, "Quotas on records"
        yield f'{name}: {len(group)} records of one name and type'
    for kind in ('GeoLocation', 'Failover'):
        # API_GeoLocation: no two for one location; GUIDE/dns-failover-types.html: one of each
        seen = Counter(json.dumps(rrset.get(kind), sort_keys=True) for rrset in group)
        for value, count in seen.items():
            if value != 'null' and count > 1:
                yield f'{name}: {value} is there {count} times'


def main(locations, *folders):
    os.environ.update(AWS_ACCESS_KEY_ID='id', AWS_SECRET_ACCESS_KEY='key', AWS_DEFAULT_REGION='us-east-1')
    route53 = Route53('example.com.', set(locations.split(',')))
    call = lambda client, operation, params: route53.call(client, operation, params)
    changes = []
    with patch.object(BaseClient, '_make_api_call', call):
        for folder in folders:
            os.chdir(folder)
            for _ in range(2):
                changes.append(Manager('config.yaml').sync(dry_run=False, force=True))
    rrsets, checks = list(route53.rrsets.values()), list(route53.checks.values())
    print(json.dumps({'changes': changes, 'rrsets': rrsets, 'checks': checks}))


if __name__ == '__main__':
    main(*sys.argv[1:])
