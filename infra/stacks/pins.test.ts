import assert from "node:assert/strict";
import {test} from "node:test";
import {tagOf} from "./pins.ts";

test("an image's tag, given alone or in a reference", () => {
  const images = {
    "0123456789ab": "0123456789ab",
    "meridianimages1.azurecr.io/meridian-proxy:0123456789ab": "0123456789ab",
    "localhost:5000/meridian-proxy": undefined,
    "meridian-proxy:latest": undefined,
    "": undefined,
  };
  for (const [image, tag] of Object.entries(images)) assert.equal(tagOf(image), tag, image);
});
