import assert from "node:assert/strict";
import {test} from "node:test";
import {runtime} from "@pulumi/pulumi";
import {smallWorld, withImages} from "../fixture.ts";
import {pinOf, readPins, tagOf} from "./pins.ts";

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
