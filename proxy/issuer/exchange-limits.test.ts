import assert from "node:assert/strict";
import {randomBytes} from "node:crypto";
import {test} from "node:test";
import {getHeapSnapshot} from "node:v8";
import {limitExchange} from "./exchange-limits.ts";
import {Refusal} from "./refusal.ts";

test("an editor that asks now and then is answered for ever", async () => {
  let ms = 0;
  const exchange = limitExchange(
    async () => ({id: "github:1"}),
    () => ms,
  );
  for (let count = 0; count < 200; count++) {
    await exchange("credential");
    ms += 2000;
  }
});

test("so does one whose provider fails", async () => {
  let ms = 0;
  const lost = limitExchange(
    () => Promise.reject(new Refusal("EXCHANGE_LOST")),
    () => ms,
  );
  for (let count = 0; count < 200; count++) {
    await assert.rejects(lost("credential"), {code: "EXCHANGE_LOST"});
    ms += 2000;
  }
});

test("no credential is kept, only its hash", async () => {
  const bytes = randomBytes(24);
  const exchange = limitExchange(async () => ({id: "github:1"}));
  await exchange(bytes.toString("hex"));
  assert.ok(!(await heap()).includes(Buffer.from(bytes.toString("hex"))));
});

/** Every text that this process holds, after what is not used any more is gone. */
async function heap(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
