import assert from "node:assert/strict";
import {test} from "node:test";
import {startUploads} from "./uploads.ts";

test("what is put in a place is found there, and only what is put as a blob", async (t) => {
  const uploads = await startUploads();
  t.after(uploads.stop);
  const [one, other] = [uploads.place(), uploads.place()];
  const put = async (url: string, headers: Record<string, string>) =>
    (await fetch(url, {method: "PUT", headers, body: "context"})).status;
  assert.equal(await put(one.uploadUrl, {"x-ms-blob-type": "BlockBlob"}), 201);
  assert.equal(await put(other.uploadUrl, {}), 400);
  assert.equal(String(uploads.at(one.relativePath)), "context");
  assert.equal(uploads.at(other.relativePath), undefined);
  assert.equal(uploads.count(), 1);
});
