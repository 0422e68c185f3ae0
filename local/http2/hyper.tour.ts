import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import fc from "fast-check";
import {
  type Answer,
  type Came,
  type Client,
  connectClient,
  startServer,
} from "../../proxy/http2/http2.rig.ts";
import {end, reset, write, writeHeaders} from "../../proxy/http2/sending.ts";
import {CANCEL, INTERNAL_ERROR} from "../../proxy/http2/wire.ts";
import {until} from "../../setup/until.ts";
import {isThere} from "./exercises.rig.ts";
import {
  type Batch,
  type CameToHyper,
  type Message,
  skipHyper,
  startHyper,
  talk,
} from "./hyper.rig.ts";

/** hyper-h2 judges all that we say, whatever it says itself. */

/** What a stream of ours may take at once. */
const WINDOWS = {"as it is": {}, "with a window of 1000 bytes": {streamWindow: 1000}};
const RUNS = 30;
/** Where it waits for what we owe it, it gives up after seconds: no time for ever smaller examples. */
const runs = {numRuns: RUNS, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true};

const contentOf = ({pieces}: Message) =>
  pieces.map((length, index) => Buffer.alloc(length, index + 1));
const bodyOf = (message: Message) => Buffer.concat(contentOf(message)).toString("hex");
type CameFields = Readonly<Record<string, string | undefined>>;
const picked = ({fields}: Message, came: CameFields) =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, came[name]]));

/** What is said first comes as it was said. */
const assertSame = (said: Message, came: {fields: CameFields; body: string}): void => {
  assert.deepEqual(picked(said, came.fields), said.fields);
  assert.equal(came.body, bodyOf(said));
};

describe("hyper-h2", {skip: skipHyper}, () => {
  for (const [way, options] of Object.entries(WINDOWS)) {
    test(`asks, and we answer, ${way}`, async (t) => {
      const service = await startAnswering(t, options);
      const hyper = await startHyper(t, "client");
      const property = fc.asyncProperty(talk, async (batches) => {
        for (const [index, given] of batches.entries()) {
          const batch = {...given, messages: given.messages.map(asRequest)};
          const came = service.expect(batch);
          const answers = await hyper.exchange(batch, turnOf(batches, index, service.port));
          for (const [number, answer] of answers.entries())
            judgeAnswer(batch.messages[number]!, answer, came[number]);
        }
      });
      await fc.assert(property, runs);
    });

    test(`answers what we ask, ${way}`, async (t) => {
      const hyper = await startHyper(t, "server");
      const property = fc.asyncProperty(talk, async (batches) => {
        let judged = hyper.exchange(batches[0]!, turnOf(batches, 0, 0));
        // It may be at fault before anybody listens.
        judged.catch(() => {});
        const client = await connectClient(t, hyper.port, options);
        for (const [index, batch] of batches.entries()) {
          if (index > 0) judged = hyper.exchange(batch, turnOf(batches, index, 0));
          const answers = [isThere(client), ...batch.messages.map(askBy(client))] as const;
          const came = await judged;
          const [, ...got] = await Promise.all(answers);
          for (const [number, answer] of got.entries())
            judgeOurs(batch.messages[number]!, answer, came[number]!);
        }
        await until(client.isLeft);
        client.connection.socket.destroy();
      });
      await fc.assert(property, runs);
    });
  }
});

const turnOf = (batches: readonly Batch[], index: number, port: number) => ({
  opens: index === 0,
  port,
  leaves: index === batches.length - 1,
});

/** A server of ours that answers as the batch says that is expected. */
async function startAnswering(t: TestContext, options: {streamWindow?: number}) {
  let batch: Batch | undefined;
  let came: (Came | undefined)[] = [];
  const answer = (request: Came) => {
    const index = Number(request.fields[":path"]!.slice(1));
    const {ours} = batch!.messages[index]!;
    came[index] = request;
    writeHeaders(request.stream, {":status": 200, ...ours.fields});
    for (const piece of contentOf(ours)) write(request.stream, piece);
    if (ours.cut) reset(request.stream, INTERNAL_ERROR);
    else end(request.stream);
  };
  const port = await startServer(t, answer, options);
  const expect = (next: Batch) => {
    batch = next;
    came = [];
    return came;
  };
  return {port, expect};
}

type Pair = Batch["messages"][number];
const REQUEST = {":method": "POST", ":scheme": "http", ":authority": "a"};

/** The pseudo-headers come first. */
function asRequest({hyper, ours}: Pair, index: number): Pair {
  const fields = {...REQUEST, ":path": `/${index}`, ...hyper.fields};
  return {ours, hyper: {...hyper, fields}};
}

function judgeAnswer({hyper, ours}: Pair, answer: CameToHyper, came: Came | undefined) {
  const {ended, code} = answer;
  if (code === CANCEL) return;
  assertSame(hyper, {fields: came!.fields, body: came!.body.toString("hex")});
  assert.deepEqual({ended, code}, {ended: !ours.cut, code: ours.cut ? INTERNAL_ERROR : null});
  if (ended) assertSame(ours, answer);
}

const askBy =
  (client: Client) =>
  ({ours}: Pair, number: number): Promise<Answer> => {
    const fields = {...REQUEST, ":path": `/${number}`, ...ours.fields};
    return client.ask(fields, Buffer.concat(contentOf(ours)));
  };

function judgeOurs({hyper, ours}: Pair, answer: Answer, came: CameToHyper) {
  const {isWhole, code, fields, body} = answer;
  assertSame(ours, came);
  const isReset = hyper.reset !== "no";
  assert.deepEqual({isWhole, code}, {isWhole: !isReset, code: isReset ? CANCEL : 0});
  if (isWhole) assertSame(hyper, {fields, body: body.toString("hex")});
}
