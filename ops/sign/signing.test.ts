import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Context} from "../../infra/image/context.ts";
import {contexts} from "../../infra/image/images.ts";
import type {Cosign} from "./cosign.ts";
import {provenanceOf} from "./provenance.ts";
import {signablesOf, signImage} from "./signing.ts";

const digest = `@sha256:${"0".repeat(64)}`;
const context: Context = {
  repository: "meridian-proxy",
  archive: new Uint8Array(),
  hash: "0123456789ab",
  base: `docker.io/library/node:26@sha256:${"a".repeat(64)}`,
  sbom: '{"bomFormat": "CycloneDX"}',
};
const image = `r.azurecr.io/meridian-proxy:0123456789ab${digest}`;
const origin = {source: "https://git.example.com/m", commit: "c".repeat(40), run: "https://ci/1"};

test("what global builds of these sources is what may be signed", async () => {
  const all = Object.values(await contexts(smallWorld));
  const images = all.map(({repository, hash}) => `r.azurecr.io/${repository}:${hash}${digest}`);
  assert.deepEqual(
    signablesOf(images, all).map((one) => [one.image, one.registry, one.context]),
    images.map((one, at) => [one, "r.azurecr.io", all[at]]),
  );
});

test("nothing is signed where one of the images is not of these sources, and each is told", () => {
  const others = {
    "r.azurecr.io/meridian-proxy:0123456789ab": /has no tag with a digest/,
    [`r.azurecr.io/meridian-proxy:ba9876543210${digest}`]: /make meridian-proxy:0123456789ab;/,
    [`r.azurecr.io/other:0123456789ab${digest}`]: /is none of meridian-proxy$/m,
  };
  assert.throws(
    () => signablesOf([image, ...Object.keys(others)], [context]),
    ({message}: Error) => {
      for (const [other, says] of Object.entries(others)) {
        const line = message.split("\n").find((one) => one.startsWith(`  - ${other}: `)) ?? "";
        assert.match(line, says);
      }
      return !message.includes(`- ${image}`);
    },
  );
});

/** A registry in which an image bears what is put beside it, if the key that signs is the one that is known. */
function createRegistry({bears = [], key = "known"}: {bears?: string[]; key?: string} = {}) {
  const there = new Set(bears);
  const put: unknown[][] = [];
  const lacks = (what: string) => (there.has(what) ? undefined : "no signatures found");
  const note = (what: string, ...args: unknown[]) => {
    put.push([what, ...args]);
    if (key === "known") there.add(what);
  };
  const cosign: Cosign = {
    unsigned: async () => lacks("signature"),
    unattested: async (_, __, what) => lacks(what),
    sign: async (...args) => note("signature", ...args),
    attest: async (one, by, what, predicate) => note(what, one, by, predicate),
  };
  return {cosign, put};
}

const signable = {image, registry: "r.azurecr.io", context};
const signing = {key: "azurekms://v/k", publicKey: "PEM", origin};

test("an image is signed first, then told where it came from and what is in it", async () => {
  const {cosign, put} = createRegistry();
  const done = await signImage(signable, {cosign, ...signing});
  assert.deepEqual(done, ["signature", "provenance", "bill of materials"]);
  assert.deepEqual(put, [
    ["signature", image, "azurekms://v/k"],
    [
      "slsaprovenance1",
      image,
      "azurekms://v/k",
      provenanceOf(context, {...origin, registry: "r.azurecr.io"}),
    ],
    ["cyclonedx", image, "azurekms://v/k", {bomFormat: "CycloneDX"}],
  ]);
});

test("what an image bears already is left as it is, whatever it lacks", async () => {
  const whole = ["signature", "slsaprovenance1", "cyclonedx"];
  for (let held = 0; held < 2 ** whole.length; held++) {
    const bears = whole.filter((_, at) => held & (1 << at));
    const {cosign, put} = createRegistry({bears});
    await signImage(signable, {cosign, ...signing});
    assert.deepEqual(
      put.map(([what]) => what),
      whole.filter((what) => !bears.includes(what)),
    );
  }
});

test("a key that rollouts do not know is told as soon as it has signed", async () => {
  const {cosign, put} = createRegistry({key: "another"});
  await assert.rejects(signImage(signable, {cosign, ...signing}), {
    message: `${image}: is not signed by service.images.signedBy (no signatures found); write there what cosign public-key --key azurekms://v/k prints`,
  });
  assert.deepEqual(
    put.map(([what]) => what),
    ["signature"],
  );
});

test("provenance names commit, base and run", () => {
  assert.deepEqual(provenanceOf(context, {...origin, registry: "r.azurecr.io"}), {
    buildDefinition: {
      buildType: "https://git.example.com/m/blob/main/docs/supply-chain.md",
      externalParameters: {repository: "meridian-proxy", tag: "0123456789ab"},
      resolvedDependencies: [
        {
          uri: `git+https://git.example.com/m@${"c".repeat(40)}`,
          digest: {gitCommit: "c".repeat(40)},
        },
        {uri: `docker://${context.base}`, digest: {sha256: "a".repeat(64)}},
      ],
    },
    runDetails: {
      builder: {id: "https://r.azurecr.io"},
      metadata: {invocationId: "https://ci/1"},
    },
  });
});
