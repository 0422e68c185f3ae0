import assert from "node:assert/strict";
import {test} from "node:test";
import {CLOUDS} from "../../regions/azure.ts";
import {clouds} from "../../regions/clouds/clouds.ts";
import {chinaWorld, governmentWorld} from "../../regions/clouds/worlds.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {egressOf} from "./egress.ts";
import {environmentFor} from "./environment.ts";

test("programs are told of every cloud but the public one, which they take by themselves", () => {
  assert.deepEqual(environmentFor(readWorld()), {});
  assert.deepEqual(environmentFor(governmentWorld), {
    AZURE_AUTHORITY_HOST: "https://login.microsoftonline.us/",
    AZURE_CLOUD_NAME: "AzureUSGovernment",
    AZURE_STORAGE_DOMAIN: "blob.core.usgovcloudapi.net",
  });
  assert.deepEqual(environmentFor(chinaWorld), {
    AZURE_AUTHORITY_HOST: "https://login.chinacloudapi.cn/",
    AZURE_CLOUD_NAME: "AzureChinaCloud",
    AZURE_STORAGE_DOMAIN: "blob.core.chinacloudapi.cn",
  });
});

const worlds: readonly World[] = [readWorld(), governmentWorld, chinaWorld];

test("a region's way out is to its own cloud's hosts, the users' login and its model hosts", () => {
  for (const world of worlds)
    for (const region of world.regions) {
      const hosts = egressOf(world, region);
      const {hosts: own, egress} = clouds[world.service.cloud];
      for (const host of [own.login, own.resourceManager, "api.github.com", "mcr.microsoft.com"])
        assert.ok(hosts.includes(host), `${region.name} ${host}`);
      for (const {url} of region.hosts) assert.ok(hosts.includes(new URL(url).host), url);
      assert.ok(
        hosts.some((host) => host.startsWith(`*.hcp.${region.name}.`)),
        region.name,
      );
      assert.ok(hosts.every((host) => !host.includes("LOCATION")));
      const others = CLOUDS.filter((name) => name !== world.service.cloud)
        .flatMap((name) => [clouds[name].hosts.login, ...clouds[name].egress])
        .filter((host) => !egress.includes(host));
      assert.deepEqual(
        hosts.filter((host) => others.includes(host)),
        [],
        region.name,
      );
    }
});

test("users' login is whoever vouches for them", () => {
  const [region] = governmentWorld.regions;
  const vouchedBy = (exchange: object) => {
    const {tokens} = governmentWorld.service;
    const service = {...governmentWorld.service, tokens: {...tokens, exchange}};
    return egressOf({...governmentWorld, service} as World, region!);
  };
  assert.ok(
    vouchedBy({kind: "oidc", issuer: "https://id.example.com/v2"}).includes("id.example.com"),
  );
  assert.ok(
    vouchedBy({kind: "introspection", url: "https://sso.example.com:8443/i"}).includes(
      "sso.example.com:8443",
    ),
  );
});
