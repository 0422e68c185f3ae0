import assert from "node:assert/strict";
import {test} from "node:test";
import {runtime} from "@pulumi/pulumi";
import type {Region, Weights} from "../../regions/world.ts";
import {smallWorld, withImages} from "../fixture.ts";
import {heldTo, pinOf, readPins, tagOf, weightsPin} from "./pins.ts";

const digest = "0".repeat(64);

test("an image's tag, given alone or in a reference", () => {
  const images = {
    "0123456789ab": "0123456789ab",
    "meridianimages1.azurecr.io/meridian-proxy:0123456789ab": "0123456789ab",
    [`meridianimages1.azurecr.io/meridian-proxy:0123456789ab@sha256:${digest}`]: "0123456789ab",
    "meridian-proxy:0123456789ab@sha256:cut": undefined,
    "localhost:5000/meridian-proxy": undefined,
    "meridian-proxy:latest": undefined,
    "": undefined,
  };
  for (const [image, tag] of Object.entries(images)) assert.equal(tagOf(image), tag, image);
});

test("what holds an image: its tag, and its digest where that is known", () => {
  const whole = `0123456789ab@sha256:${digest}`;
  assert.equal(pinOf(`images.azurecr.io/meridian-proxy:${whole}`), whole);
  assert.equal(pinOf(whole), whole);
  assert.equal(pinOf("images.azurecr.io/meridian-proxy:0123456789ab"), "0123456789ab");
});

test("a tag alone holds an image, but where clusters take images by digest alone", (t) => {
  const before = runtime.allConfig();
  t.after(() => runtime.setAllConfig(before));
  const read = (image: string, admission: boolean) => {
    runtime.setAllConfig({[`${runtime.getProject()}:image`]: image});
    return readPins(withImages(smallWorld, {admission})).image;
  };
  const tag = "0123456789ab";
  const whole = `${tag}@sha256:${digest}`;
  assert.equal(read(tag, false), tag);
  assert.equal(read(whole, true), whole);
  assert.throws(() => read(tag, true), {
    message: `meridian:image is "${tag}", and by service.images.admission clusters take images by digest alone; put @sha256: and its digest behind it, or let go of it: pulumi config rm image`,
  });
});

const weights = (path: string): Weights => ({
  container: "weights",
  path,
  manifest: `sha256:${"a".repeat(64)}`,
});
const withGpus = (path: string, ...models: string[]): Region => ({
  ...smallWorld.regions[0]!,
  replicas: models.map((model) => ({
    model,
    weights: weights(path),
    size: "Standard_NC24ads_A100_v4",
    count: {min: 1, max: 4},
    spot: false,
    engine: {},
  })),
});

test("a region is held to the weights that it ran, but for models that it did not have", (t) => {
  const before = runtime.allConfig();
  t.after(() => runtime.setAllConfig(before));
  const hold = (text: string) => {
    runtime.setAllConfig({[`${runtime.getProject()}:weights`]: text});
    return readPins(smallWorld);
  };
  const pins = hold(weightsPin(withGpus("old", "coder")));
  const held = heldTo(withGpus("new", "coder", "other"), pins);
  assert.deepEqual(
    held.replicas.map(({model, weights}) => [model, weights.path]),
    [
      ["coder", "old"],
      ["other", "new"],
    ],
  );
  assert.deepEqual(heldTo(held, hold(weightsPin(held))), held);
  assert.deepEqual(heldTo(smallWorld.regions[0]!, pins), smallWorld.regions[0]);
  for (const text of ["", "{", '{"coder": {}}', '{"coder": {"path": "../x", "manifest": "m"}}'])
    assert.throws(
      () => hold(text),
      /^Error: meridian:weights is no JSON .*config rm weights$/,
      text,
    );
});
