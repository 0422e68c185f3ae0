import assert from "node:assert/strict";
import {test} from "node:test";
import {readSealingKey} from "./sealing.ts";

const BYTES = Buffer.alloc(32, 7);

test("a sealing key is read as openssl writes it, and is named by its hash", () => {
  const {id, secret} = readSealingKey(`${BYTES.toString("base64")}\n`);
  assert.deepEqual(Buffer.from(secret), BYTES);
  assert.match(id, /^[\w-]{43}$/);
  assert.notEqual(id, readSealingKey(Buffer.alloc(32, 8).toString("base64")).id);
});

const refused: Record<string, string> = {
  nothing: "",
  "31 bytes": BYTES.subarray(1).toString("base64"),
  "33 bytes": Buffer.alloc(33, 7).toString("base64"),
  hexadecimal: BYTES.toString("hex"),
  "another alphabet": Buffer.alloc(32, 255).toString("base64url"),
  PEM: "-----BEGIN PRIVATE KEY-----",
};

for (const [what, text] of Object.entries(refused))
  test(`refused, and not repeated: ${what}`, () => {
    const said = {message: "The sealing key is not 32 bytes in base64; write openssl rand's."};
    assert.throws(() => readSealingKey(text), said);
  });
