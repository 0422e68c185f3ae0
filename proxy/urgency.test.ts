import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {until} from "../setup/until.ts";
import {block, frame, preface} from "./frames.ts";
import {connectRaw} from "./http2/http2.rig.ts";
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  FIRST_WINDOW,
  HEADERS,
  SETTINGS,
  WINDOW_UPDATE,
} from "./http2/wire.ts";
import {
  answerEvents,
  ask,
  COMPLETIONS,
  DONE,
  event,
  MODEL,
  type Script,
  startHost,
  startRig,
} from "./rig.ts";

const EDITS = "/chat/completions";
const CHATS = "/v1/chat/completions";
const TEXT = {prompt: "let x"};
const CHAT = {model: MODEL, messages: []};

const serves: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(event("1") + DONE);
};

describe("a host is told how soon each request is wanted, whatever its client says of it", () => {
  const kinds: Record<string, [path: string, headers: object, body: object, told: string]> = {
    "a completion": [COMPLETIONS, {}, TEXT, "u=1, i"],
    "a next edit": [EDITS, {}, CHAT, "u=2, i"],
    "a chat": [CHATS, {}, CHAT, "u=3, i"],
    "a call ahead": [COMPLETIONS, {"x-copilot-speculative": "true"}, TEXT, "u=5, i"],
  };
  for (const [name, [path, headers, body, told]] of Object.entries(kinds))
    test(name, async (t) => {
      const host = await startHost(t, serves);
      const {client, token} = await startRig(t, {hosts: [host]});
      const authorization = `Bearer ${await token()}`;
      for (const priority of [undefined, "u=0", "u=7, i"])
        await ask(client, {
          headers: {":path": path, authorization, ...headers, ...(priority && {priority})},
          body: JSON.stringify({...body, stream: true}),
        });
      const heard = host.seen.map(({headers}) => headers.priority);
      assert.deepEqual(heard, [told, told, told]);
    });

  test("one that is answered in one piece is of no use until it is whole", async (t) => {
    const host = await startHost(t, ({stream}) => {
      stream.respond({":status": 200, "content-type": "application/json"});
      stream.end("{}");
    });
    const {client, token} = await startRig(t, {hosts: [host]});
    const headers = {authorization: `Bearer ${await token()}`};
    await ask(client, {headers, body: JSON.stringify(TEXT)});
    assert.equal(host.seen[0]!.headers.priority, "u=1");
  });
});

test("of answers that wait for the edge, completions go before chats that came sooner", async (t) => {
  const host = await startHost(t, ({stream, headers}) => {
    stream.respond({":status": 200, "content-type": "application/json"});
    stream.end(
      JSON.stringify({text: "x".repeat(headers[":path"]?.includes("chat") ? 80_000 : 80)}),
    );
  });
  const {origin, token} = await startRig(t, {hosts: [host]});
  const headers = {
    ":method": "POST",
    ":scheme": "http",
    ":authority": "a",
    "content-type": "application/json",
    authorization: `Bearer ${await token()}`,
    priority: "u=7",
  };
  const {socket, said} = connectRaw(t, Number(new URL(origin).port));
  const asks = (id: number, path: string, body: object) =>
    socket.write(
      Buffer.concat([
        frame(HEADERS, END_HEADERS, id, block({":path": path, ...headers})),
        frame(DATA, END_STREAM, id, Buffer.from(JSON.stringify(body))),
      ]),
    );
  const content = () => said.filter(({type}) => type === DATA);
  const bytes = () => content().reduce((sum, {payload}) => sum + payload.length, 0);
  // A stream may have as much as it likes, the connection no more than at first.
  socket.write(Buffer.concat([preface(), frame(SETTINGS, 0, 0, WIDE)]));
  asks(1, CHATS, CHAT);
  await until(() => bytes() === FIRST_WINDOW);
  asks(3, COMPLETIONS, TEXT);
  await until(() => said.some(({type, streamId}) => type === HEADERS && streamId === 3));
  const before = content().length;
  socket.write(frame(WINDOW_UPDATE, 0, 0, Buffer.from([0, 1, 0, 0])));
  await until(() => content().length >= before + 2);
  assert.deepEqual(
    content()
      .slice(before)
      .map(({streamId}) => streamId)
      .slice(0, 2),
    [3, 1],
  );
});
/** SETTINGS_INITIAL_WINDOW_SIZE of 1 MB. */
const WIDE = Buffer.from("000400100000", "hex");
