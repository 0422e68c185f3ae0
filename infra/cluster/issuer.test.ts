import assert from "node:assert/strict";
import {test} from "node:test";
import {parseIssuing} from "../../proxy/issuer/config.ts";
import type {Exchange} from "../../regions/world.ts";
import {smallWorld} from "../fixture.ts";
import {issuingOf} from "./issuer.ts";

const self = "https://completions.example.com";

const exchanges: Record<Exchange["kind"], [exchange: Exchange, added: object]> = {
  github: [{kind: "github", api: "https://api.github.com", organizations: ["acme"]}, {}],
  oidc: [
    {
      kind: "oidc",
      issuer: "https://login.example.com",
      audience: "api://meridian",
      claim: "oid",
      scopes: ["completions"],
      groups: ["developers"],
    },
    {},
  ],
  introspection: [
    {
      kind: "introspection",
      url: "https://login.example.com/introspect",
      clientId: "meridian",
      scopes: ["completions"],
    },
    {secretFile: "secrets/introspection-client-secret"},
  ],
};

for (const [kind, [exchange, added]] of Object.entries(exchanges))
  test(`an issuer takes its configuration: ${kind}`, () => {
    const {service} = smallWorld;
    const world = {...smallWorld, service: {...service, tokens: {lifetimeS: 1200, exchange}}};
    assert.deepEqual(parseIssuing(JSON.stringify(issuingOf(world))), {
      issuer: self,
      audience: "meridian",
      lifetimeS: 1200,
      exchange: {...exchange, ...added},
      endpoints: {api: self, proxy: self, telemetry: self},
      models: ["copilot-codex"],
    });
  });

test("an issuer takes the terms of personal keys", () => {
  const {service} = smallWorld;
  const keys = {lifetimeS: 7_776_000, clientId: "app", scopes: ["read:org"]};
  const world = {...smallWorld, service: {...service, tokens: {...service.tokens, keys}}};
  assert.deepEqual(parseIssuing(JSON.stringify(issuingOf(world))).keys, keys);
});
