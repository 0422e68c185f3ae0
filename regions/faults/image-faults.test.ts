import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {test} from "node:test";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";

const {publicKey, privateKey} = generateKeyPairSync("ec", {namedCurve: "P-256"});
const pem = publicKey.export({type: "spki", format: "pem"}) as string;
const secret = privateKey.export({type: "pkcs8", format: "pem"}) as string;
const images = (what: object) => ({service: `images: ${JSON.stringify(what)}`});

/** A mend of the file, by what it says under service.images. */
const says = (given: Parameters<typeof fileWith>[0], fault: RegExp) =>
  assert.throws(() => parseWorld(fileWith(given)), fault);

test("images: what is not asked for is not done, and a public key is taken as it is written", () => {
  assert.deepEqual(parseWorld(fileWith({})).service.images, {admission: false});
  const {service} = parseWorld(fileWith(images({signedBy: pem, admission: true})));
  assert.deepEqual(service.images, {signedBy: pem, admission: true});
});

test("what is no public key is told with its mend, a private one not repeated", () => {
  for (const wrong of ["azurekms://v/k", pem.slice(0, 80), secret])
    says(
      images({signedBy: wrong}),
      /service\.images\.signedBy: .*is not a public key in PEM; write/,
    );
  assert.throws(
    () => parseWorld(fileWith(images({signedBy: secret}))),
    ({message}: Error) => !message.includes(secret.slice(40, 80)),
  );
});

test("a region's own registry and signatures exclude each other", () => {
  const registry =
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.ContainerRegistry/registries/hub";
  says(
    {...images({signedBy: pem}), region: `{existing: {registry: ${registry}}}`},
    /regions\.eastus2\.existing\.registry: builds images that nobody has signed/,
  );
});

test("what Envoy's image is, and by which account it is copied", () => {
  const vault =
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.KeyVault/vaults/hub";
  const dockerHub = {vault, user: "docker-user", token: "docker-token"};
  const envoy = `docker.io/envoyproxy/envoy:distroless-v1.40.0@sha256:${"0".repeat(64)}`;
  const {service} = parseWorld(fileWith(images({envoy, dockerHub})));
  assert.deepEqual(service.images, {envoy, dockerHub, admission: false});
  for (const wrong of ["envoy:v1", "docker.io/envoyproxy/envoy", `${envoy}0`, "docker.io/Envoy:v1"])
    says(images({envoy: wrong}), /service\.images\.envoy: .*is not an image; write registry,/);
  says(images({dockerHub: {...dockerHub, vault: "hub"}}), /dockerHub\.vault: .*Key Vault; write/);
  says(images({dockerHub: {vault, user: "docker-user"}}), /dockerHub\.token: is missing; add it/);
});

test("what is kept; and nothing is removed from a registry that others may use", () => {
  const keep = {days: 90, latest: 20};
  assert.deepEqual(parseWorld(fileWith(images({keep}))).service.images, {keep, admission: false});
  const registry =
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.ContainerRegistry/registries/hub";
  const {service} = images({keep});
  says(
    {service: `${service}\n  existing: {registry: ${registry}}`},
    /service\.images\.keep: removes images from a registry of yours/,
  );
  says(images({keep: {days: 90}}), /keep\.latest: is missing; add it/);
});
