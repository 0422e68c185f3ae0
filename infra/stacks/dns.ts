import * as azure from "@pulumi/azure-native/dns/index.js";
import * as traffic from "@pulumi/azure-native/trafficmanager/index.js";
import {planOf} from "../../dns/plan.ts";
import type {Profile, ProfileEndpoint} from "../../dns/traffic-manager/profile.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {recordName} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {parseArmId} from "../azure/arm-id.ts";
import {createGroup, type Where} from "../azure/group.ts";
import {groupName} from "../azure/names.ts";
import {openSubscriptions} from "../azure/subscriptions.ts";

/** Traffic Manager's profiles, and the CNAME record that points the hostname to the root profile. */
export async function dnsStack(world: World) {
  const relativeRecordSetName = recordName(world);
  const subscriptions = await openSubscriptions(world);
  const {where} = createGroup(world, "dns", world.service.home);
  const root = createProfiles(profilesOf(world, planOf(world)), where);
  const target = root.dnsConfig.apply((config) => config?.fqdn ?? "");
  const {existing} = world.service;
  const record = new azure.RecordSet(
    "record",
    {
      ...zoneOf(world),
      relativeRecordSetName,
      recordType: "CNAME",
      ttl: world.service.ttlS,
      cnameRecord: {cname: target},
    },
    existing.zone ? subscriptions.beside(existing.zone) : {},
  );
  return {hostname: record.fqdn, target};
}

/** The zone that `global` made, or an existing one. */
function zoneOf(world: World) {
  const {zone: zoneName, existing} = world.service;
  const resourceGroupName = existing.zone
    ? parseArmId(existing.zone).group
    : groupName(world, "global");
  return {resourceGroupName, zoneName};
}

/** Creates every profile, children before their parents, and returns the last one, which is the root. */
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

/** Refers to a child profile by its id, so that Pulumi creates it first. */
function endpointArgs(
  {child, geoMapping, ...endpoint}: ProfileEndpoint,
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
