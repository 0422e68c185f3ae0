import {list, serving} from "../description.ts";
import type {Inputs, View} from "../resource.ts";
import {arm} from "./arm.ts";
import {environmentOf} from "./environments.ts";

export const trafficManager = [
  arm<Profile>("trafficmanager:Profile", {
    path: "Microsoft.Network/trafficManagerProfiles/{profileName}",
    purpose: "the plan: places to rules, rules to pools in order, pools to regions by weight",
    price: {use: "$0.54 for a million queries, $1 a month for each region it probes"},
    loss: serving("where users are sent"),
    summary: (at, {endpoints}) => ({
      facts: [
        at("trafficRoutingMethod"),
        `${at("dnsConfig.ttl")} s`,
        `${at("monitorConfig.protocol")} ${at("monitorConfig.path")}`,
      ],
      lines: list(endpoints).map(endpointLine),
    }),
    name: {
      pattern: /^(?=.{1,63}$)[a-zA-Z\d]([a-zA-Z\d.-]*[a-zA-Z\d])?$/,
      says: (name) =>
        `BadRequest: The profile name '${name}' is not valid: 1 to 63 letters, digits, '-' and '.', a letter or digit first and last.`,
    },
    claim: ({dnsConfig: {relativeName}}, {options}) => ({
      name: relativeName.toLowerCase(),
      taken: `Conflict: Domain name ${relativeName}.${environmentOf(options).profiles} already exists. Please choose a different DNS prefix.`,
    }),
    check: checkProfile,
    outputs: ({dnsConfig}, {options}) => ({
      dnsConfig: {
        ...dnsConfig,
        fqdn: `${dnsConfig.relativeName}.${environmentOf(options).profiles}`,
      },
    }),
  }),
];

interface Profile {
  readonly trafficRoutingMethod?: string;
  readonly dnsConfig: {readonly relativeName: string; readonly ttl?: number};
  readonly endpoints?: readonly ProfileEndpoint[];
}

interface ProfileEndpoint {
  readonly name?: string;
  readonly type?: string;
  readonly target?: string;
  readonly targetResourceId?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly geoMapping?: readonly string[];
}

function endpointLine(endpoint: Inputs): string {
  const target = endpoint.target ?? String(endpoint.targetResourceId).split("/").at(-1);
  const facts = [
    endpoint.weight && `weight ${endpoint.weight}`,
    endpoint.priority && `priority ${endpoint.priority}`,
    list(endpoint.geoMapping).join(" "),
  ];
  return [`${target}`, ...facts.filter(Boolean)].join("  ");
}

const NESTED = "Microsoft.Network/trafficManagerProfiles/nestedEndpoints";

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs and ...-nested-profiles */
function checkProfile({trafficRoutingMethod, endpoints = []}: Profile, view: View): string[] {
  const twice = (
    of: (endpoint: ProfileEndpoint) => readonly (string | undefined)[],
    say: (value: string) => string,
  ) => repeated(endpoints.flatMap(of)).map(say);
  const taken = (value: string) =>
    `BadRequest: The ${value} more than one endpoint of the profile.`;
  return [
    ...twice(
      ({name}) => [name],
      (name) => `Conflict: Endpoint '${name}' is in the profile twice.`,
    ),
    ...twice(
      ({target, targetResourceId}) => [target ?? targetResourceId],
      (target) => taken(`target '${target}' is used by`),
    ),
    ...twice(
      ({geoMapping = []}) => geoMapping,
      (code) => taken(`geographic region '${code}' is mapped to`),
    ),
    ...twice(
      ({priority}) => [trafficRoutingMethod === "Priority" ? priority?.toString() : undefined],
      (priority) => taken(`priority ${priority} is used by`),
    ),
    ...endpoints.flatMap((endpoint) => checkEndpoint(endpoint, trafficRoutingMethod, view)),
    ...checkNesting({endpoints}, view),
  ];
}

function checkEndpoint(
  {name, type, weight, priority, geoMapping, targetResourceId}: ProfileEndpoint,
  method: string | undefined,
  {find}: View,
): string[] {
  const faults: string[] = [];
  const refuse = (reason: string) => faults.push(`BadRequest: endpoint '${name}': ${reason}`);
  if (method === "Geographic" && !geoMapping?.length)
    refuse("an endpoint of a Geographic profile must be mapped to a region.");
  if (weight !== undefined && !inRange(weight))
    refuse(`the weight ${weight} is not from 1 to 1000.`);
  if (priority !== undefined && !inRange(priority))
    refuse(`the priority ${priority} is not from 1 to 1000.`);
  if (type === NESTED && !(targetResourceId && find(targetResourceId)))
    refuse(`the nested profile '${targetResourceId}' could not be found.`);
  return faults;
}

const inRange = (value: number) => Number.isInteger(value) && value >= 1 && value <= 1000;

const repeated = (values: readonly (string | undefined)[]) => [
  ...new Set(
    values.filter(
      (value, at): value is string => value !== undefined && values.indexOf(value) !== at,
    ),
  ),
];

type Parent = Pick<Profile, "endpoints">;

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-nested-profiles: no loops, ten levels. */
const LEVELS = 10;

/** Follows nested profiles down, level by level. */
function checkNesting(profile: Parent, {id, find}: View): string[] {
  let level: readonly Parent[] = [profile];
  for (let depth = 1; level.length > 0; depth++) {
    const ids = level.flatMap(({endpoints = []}) =>
      endpoints.flatMap(({targetResourceId}) => targetResourceId ?? []),
    );
    if (ids.includes(id)) return ["BadRequest: the profile would be nested in itself."];
    if (depth === LEVELS && ids.length > 0)
      return [`BadRequest: profiles are nested in more than ${LEVELS} levels.`];
    level = ids.flatMap((id) => find(id)?.inputs ?? []) as readonly Parent[];
  }
  return [];
}
