import assert from "node:assert/strict";
import {randomBytes, randomUUID} from "node:crypto";
import {test} from "node:test";
import {runtime} from "@pulumi/pulumi";
import fc from "fast-check";
import {isMap} from "../../cloud/changes.ts";
import {roles} from "../../infra/azure/roles.ts";
import {masked} from "./masking.ts";
import type {Recording, Step} from "./recording.ts";

const step = (over: Partial<Step>): Step => ({
  ...{from: 0, to: 1, op: "create", id: "id"},
  urn: "urn:pulumi:eastus2::meridian::azure-native:keyvault:Vault::vault",
  ...over,
});

const recorded = (...steps: Step[]): Recording => ({format: "meridian-recording-1", at: 0, steps});

/** Every text in a tree, keys included. */
function textsIn(tree: unknown): string[] {
  if (typeof tree === "string") return [tree];
  if (Array.isArray(tree)) return tree.flatMap(textsIn);
  return isMap(tree) ? [...Object.keys(tree), ...Object.values(tree).flatMap(textsIn)] : [];
}

const secret = fc.stringMatching(/^[A-Za-z\d+/!#~]{10,40}$/);
const base64 = (least: number) =>
  fc
    .uint8Array({minLength: least, maxLength: 64})
    .map((bytes) => Buffer.from(bytes).toString("base64url"))
    .filter((text) => [/[a-z]/, /[A-Z]/, /\d/].every((sign) => sign.test(text)));

const keys = [
  ...["adminPassword", "clientSecret", "token", "accountKey", "primaryKey", "connectionString"],
  ...["signingKey", "SEALING_KEY", "kubeconfig", "credentials", "secret"],
];

type Plant = readonly [secret: string, tree: unknown];

/** A secret, and a tree that has it: by mark, by key or by its looks. */
const plants: fc.Arbitrary<Plant> = fc.oneof(
  secret.map(
    (value): Plant => [value, {any: {[runtime.specialSigKey]: runtime.specialSecretSig, value}}],
  ),
  fc.tuple(secret, fc.constantFrom(...keys)).map(([value, key]): Plant => [value, {[key]: value}]),
  fc
    .tuple(secret, fc.constantFrom(...keys))
    .map(([value, key]): Plant => [value, {[key]: {deep: [value]}}]),
  fc
    .tuple(secret, fc.constantFrom(...keys))
    .map(([value, name]): Plant => [value, [{name, value}]]),
  base64(24).map((key): Plant => {
    return [key, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`];
  }),
  base64(24).map((part): Plant => [part, `token eyJhbGciOiJFZERTQSJ9.${part}.${part}`]),
  base64(24).map((key): Plant => [key, `https://x.blob.core.windows.net/c/b?sv=1&sig=${key}&sp=r`]),
  base64(24).map((key): Plant => [key, `AccountName=x;AccountKey=${key};EndpointSuffix=y`]),
  base64(24).map((key): Plant => [key, `authorization: Bearer ${key}`]),
  base64(24).map((key): Plant => [key, JSON.stringify({hosts: [{apiKey: key}]})]),
  base64(32).map((key): Plant => [key, `a key ${key} on its own`]),
);

/** A tree as bodies are, with a plant somewhere in it. */
const bodies = fc
  .tuple(plants, fc.array(fc.constantFrom("properties", "rules", "data", 0), {maxLength: 5}))
  .chain(([[value, planted], path]) =>
    fc.jsonValue({maxDepth: 2}).map((beside): Plant => {
      const wrap = (tree: unknown, key: string | number) =>
        key === 0 ? [beside, tree] : {[key]: tree, beside};
      return [value, {top: path.reduce(wrap, planted)}];
    }),
  );

test("no secret is in a recording, wherever it stands and however it is told", () => {
  fc.assert(
    fc.property(bodies, fc.constantFrom("olds", "inputs", "answer"), ([value, body], part) => {
      const told = masked(recorded(step({[part]: body})));
      const found = textsIn(told).filter((text) => text.includes(value));
      assert.deepEqual(found, []);
    }),
    {numRuns: 1000},
  );
});

test("what stands under a secret's key is masked wherever else it is", () => {
  const value = "correct horse battery";
  const told = masked(
    recorded(
      step({inputs: {adminPassword: value}}),
      step({error: `the password ${value} is too simple`, answer: {note: [value]}}),
    ),
  );
  assert.ok(!JSON.stringify(told).includes(value));
  assert.equal(told.steps[1]!.error, "the password [secret] is too simple");
});

test("what a type keeps secret is masked, though no program marks it", () => {
  const urn = "urn:pulumi:eastus2::meridian::azure-native:keyvault:Secret::key";
  const told = masked(recorded(step({urn, inputs: {properties: {value: "x"}}})));
  assert.deepEqual(told.steps[0]!.inputs, {properties: {value: "[secret]"}});
});

test("names, sizes and what only speaks of secrets stay", () => {
  const inputs = {
    location: "eastus2",
    vmSize: "Standard_NC24ads_A100_v4",
    secretName: "token-signing-key",
    tokenLifetime: "20m",
    digest: `sha256:${randomBytes(32).toString("hex")}`,
    addressPrefixes: ["10.0.0.0/16"],
    version: "2026-07-09",
  };
  assert.deepEqual(masked(recorded(step({inputs}))).steps[0]!.inputs, inputs);
});

test("subscription, tenant, people and all other GUIDs are others, the same one the same", () => {
  const [subscription, tenant, one, other] = Array.from({length: 4}, () => randomUUID());
  const id = `/subscriptions/${subscription}/resourceGroups/group`;
  const inputs = {
    ...{tenantId: tenant, one, other, again: `x/${one!.toUpperCase()}`},
    role: roles.AcrPull,
    by: "jo.doe+x@corp.example",
  };
  const [told] = masked(recorded(step({id, inputs}))).steps;
  // Numbered after the roles, the subscription and the tenant.
  const masks = [2, 3].map(
    (more) =>
      `00000000-0000-4000-9000-${String(Object.keys(roles).length + more).padStart(12, "0")}`,
  );
  assert.deepEqual(told!.inputs, {
    tenantId: "00000000-0000-4000-8000-000000000002",
    one: masks[0],
    other: masks[1],
    again: `x/${masks[0]}`,
    role: roles.AcrPull,
    by: "someone@example.com",
  });
  assert.equal(
    told!.id,
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group",
  );
});
