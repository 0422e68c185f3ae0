import assert from "node:assert/strict";
import {test} from "node:test";
import {type Event, eventsIn, outcomeOf} from "./events.ts";

const metadata = (op: string, type: string, name: string, detailedDiff = {}) => ({
  op,
  type,
  urn: `urn:pulumi:dns::meridian::${type}::${name}`,
  detailedDiff,
});
const vault = ["azure-native:keyvault:Vault", "vault"] as const;
const policy = ["kubernetes:core/v1:ConfigMap", "policy"] as const;

test("steps are what changes something; errors are what was wrong", () => {
  const events: Event[] = [
    {diagnosticEvent: {severity: "warning", message: "from PATH"}},
    {resourcePreEvent: {metadata: metadata("create", "pulumi:pulumi:Stack", "dns")}},
    {resourcePreEvent: {metadata: metadata("create", "meridian:Vault", "vault")}},
    {resourcePreEvent: {metadata: metadata("create", ...vault)}},
    {resOutputsEvent: {metadata: metadata("create", ...vault)}},
    {resourcePreEvent: {metadata: metadata("same", ...vault)}},
    {resourcePreEvent: {metadata: metadata("update", ...policy, {b: {}, "a.c": {}})}},
    {diagnosticEvent: {severity: "error", message: "no\n"}},
  ];
  assert.deepEqual(outcomeOf(255, events), {
    succeeded: false,
    steps: ["create keyvault:Vault vault", "update core/v1:ConfigMap policy: a.c, b"],
    errors: ["no"],
  });
});

test("a refresh is told by what it found", () => {
  const events: Event[] = [vault, policy].map(([type, name]) => ({
    resourcePreEvent: {metadata: metadata("refresh", type, name)},
  }));
  events.push(
    {resOutputsEvent: {metadata: metadata("same", ...vault)}},
    {resOutputsEvent: {metadata: metadata("delete", ...policy)}},
  );
  assert.deepEqual(outcomeOf(0, events), {
    succeeded: true,
    steps: ["delete core/v1:ConfigMap policy"],
    errors: [],
  });
});

test("events are read from among what else is printed, and a last one that is not whole is left out", () => {
  const printed = '{"timestamp":1}\nwarning: from PATH\n{"timestamp":2}\n{"timest';
  assert.deepEqual(eventsIn(printed), [{timestamp: 1}, {timestamp: 2}]);
});
