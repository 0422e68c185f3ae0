import * as azure from "@pulumi/azure-native/dns/index.js";
import * as traffic from "@pulumi/azure-native/trafficmanager/index.js";
import {planOf} from "../dns/plan.ts";
import {type Endpoint, type Profile, profilesOf} from "../dns/traffic-manager.ts";
import type {World} from "../regions/world.ts";
import {createGroup, type Where} from "./group.ts";
import {groupName} from "./names.ts";

/** Who is sent where: Traffic Manager's profiles, and the record that points the hostname at the root. */
export function dnsStack(world: World) {
  const relativeRecordSetName = recordName(world);
  const {where} = createGroup(world, "dns", world.service.home);
  const root = createProfiles(profilesOf(world, planOf(world)), where);
  const target = root.dnsConfig.apply((config) => config?.fqdn ?? "");
  const record = new azure.RecordSet("record", {
    resourceGroupName: groupName(world, "global"),
    zoneName: world.service.zone,
    relativeRecordSetName,
    recordType: "CNAME",
    ttl: world.service.ttlS,
    cnameRecord: {cname: target},
  });
  return {hostname: record.fqdn, target};
}

/** The hostname within its zone. Throws at the zone's apex, where nothing may point at nested profiles. */
export function recordName({service: {hostname, zone}}: World): string {
  if (hostname !== zone) return hostname.slice(0, -zone.length - 1);
  throw new Error(
    `service.hostname is the apex of its zone ${zone}: Azure DNS cannot point an apex at nested Traffic Manager profiles; use a name in the zone, such as completions.${zone}`,
  );
}

/** Every profile, children before their parents; the last is the root, and is handed back. */
function createProfiles(profiles: readonly Profile[], where: Where): traffic.Profile {
  const made = new Map<string, traffic.Profile>();
  for (const profile of profiles)
    made.set(profile.profileName, createProfile(profile, where, made));
  return made.get(profiles.at(-1)!.profileName)!;
}

function createProfile(
  {endpoints, monitorConfig, ...profile}: Profile,
  where: Where,
  made: ReadonlyMap<string, traffic.Profile>,
) {
  return new traffic.Profile(profile.profileName, {
    ...where,
    ...profile,
    location: "global",
    monitorConfig: {...monitorConfig, customHeaders: [...monitorConfig.customHeaders]},
    endpoints: endpoints.map((endpoint) => endpointArgs(endpoint, made)),
  });
}

/** A child is known by its id, which makes it first. */
function endpointArgs(
  {child, geoMapping, ...endpoint}: Endpoint,
  made: ReadonlyMap<string, traffic.Profile>,
) {
  const kind = child === undefined ? "externalEndpoints" : "nestedEndpoints";
  return {
    ...endpoint,
    type: `Microsoft.Network/trafficManagerProfiles/${kind}`,
    ...(child !== undefined && {targetResourceId: made.get(child)!.id}),
    ...(geoMapping && {geoMapping: [...geoMapping]}),
  };
}
