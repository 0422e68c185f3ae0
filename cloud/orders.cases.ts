import assert from "node:assert/strict";
import {test} from "node:test";
import {createCloud} from "./cloud.ts";
import type {CloudOptions, Inputs, Order} from "./resource.ts";

/** What tests ask of a cloud: complete enough to be made, unless a test takes something away. */

export type Step = readonly [type: string, inputs: Inputs];

/** The type is without its provider where that is Azure's. */
export function order([short, inputs]: Step, name = short): Order {
  const type = /^(kubernetes|azure-native|pulumi):/.test(short) ? short : `azure-native:${short}`;
  const urn = `urn:pulumi:test::meridian::${type}::${name}`;
  return {stack: "test", urn, type, name, inputs, protect: false, secrets: []};
}

/** A test that steps, one after the other, are refused for these reasons and no others. */
export function refuses(
  what: string,
  steps: readonly Step[],
  says: readonly RegExp[],
  options?: CloudOptions,
): void {
  test(`the cloud is asked for ${what}`, () => {
    const cloud = createCloud(options);
    for (const [at, step] of steps.entries()) cloud.create(order(step, `${at}`));
    const reasons = cloud.refusals.map(({reason}) => reason);
    assert.equal(reasons.length, says.length, reasons.join("\n"));
    for (const [at, reason] of reasons.entries()) assert.match(reason, says[at]!);
  });
}

/** For what is a part of something, and has no location of its own. */
export const within = {resourceGroupName: "group"};
export const inGroup = {...within, location: "westeurope"};
export const group: Step = ["resources:ResourceGroup", inGroup];

export const account = (properties: object = {}, accountName = "host"): Step => [
  "cognitiveservices:Account",
  {
    ...inGroup,
    accountName,
    kind: "OpenAI",
    sku: {name: "S0"},
    properties: {customSubDomainName: "host", ...properties},
  },
];

export const deployment = (
  deploymentName: string,
  sku: object,
  model = "gpt-4o",
  format = "OpenAI",
  properties: object = {},
): Step => [
  "cognitiveservices:Deployment",
  {
    ...within,
    accountName: "host",
    deploymentName,
    sku,
    properties: {model: {format, name: model, version: "1"}, ...properties},
  },
];

export const profile = (
  profileName: string,
  trafficRoutingMethod: string,
  endpoints: readonly object[],
): Step => [
  "trafficmanager:Profile",
  {
    ...inGroup,
    profileName,
    trafficRoutingMethod,
    dnsConfig: {relativeName: profileName, ttl: 30},
    endpoints,
  },
];

export const vault = (vaultName = "vault", properties: object = {}): Step => [
  "keyvault:Vault",
  {
    ...inGroup,
    vaultName,
    properties: {
      tenantId: "00000000-0000-4000-8000-000000000002",
      sku: {family: "A", name: "standard"},
      ...properties,
    },
  },
];

export const registry = (name: string): Step => [
  "containerregistry:Registry",
  {...inGroup, registryName: "images", sku: {name}},
];

export const namespace: Step = ["kubernetes:core/v1:Namespace", {metadata: {name: "meridian"}}];
