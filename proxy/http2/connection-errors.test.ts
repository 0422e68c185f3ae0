import assert from "node:assert/strict";
import {type AddressInfo, createServer} from "node:net";
import {describe, test} from "node:test";
import {block, greeting} from "../frames.ts";
import {connectClient, connectRaw, frame, startServer} from "./http2.rig.ts";
import {end, writeHeaders} from "./sending.ts";
import {
  CONTINUATION,
  DATA,
  ERROR_NAMES,
  GOAWAY,
  HEADERS,
  PING,
  PREFACE,
  PRIORITY_UPDATE,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "./wire.ts";

const GET = "828684410161";
const GREETING = Buffer.concat([PREFACE, greeting()]);
const opened = frame(HEADERS, 4, 1, GET);

/** What a client may not send: each ends its connection, by the code that RFC 9113 names, and RFC 9218 of priorities. */
const faults: Record<string, [code: (typeof ERROR_NAMES)[number], frames: Buffer[]]> = {
  "DATA on stream 0": ["PROTOCOL_ERROR", [frame(DATA, 0, 0, "00")]],
  "DATA on an idle stream": ["PROTOCOL_ERROR", [frame(DATA, 0, 1, "00")]],
  "DATA without the length of its padding": ["FRAME_SIZE_ERROR", [opened, frame(DATA, 8, 1)]],
  "DATA whose padding is longer than it": ["PROTOCOL_ERROR", [opened, frame(DATA, 8, 1, "0200")]],
  "HEADERS on stream 0": ["PROTOCOL_ERROR", [frame(HEADERS, 4, 0, GET)]],
  "HEADERS on a stream of the server's": ["PROTOCOL_ERROR", [frame(HEADERS, 4, 2, GET)]],
  "HEADERS without the length of their padding": ["FRAME_SIZE_ERROR", [frame(HEADERS, 12, 1)]],
  "HEADERS too short for a priority": ["FRAME_SIZE_ERROR", [frame(HEADERS, 0x24, 1, "00000000")]],
  "the same, with padding": ["FRAME_SIZE_ERROR", [frame(HEADERS, 0x2c, 1, "0000000000")]],
  "HEADERS whose padding takes the room of their priority": [
    "PROTOCOL_ERROR",
    [frame(HEADERS, 0x2c, 1, "010000000000")],
  ],
  "CONTINUATION of nothing": ["PROTOCOL_ERROR", [opened, frame(CONTINUATION, 4, 1)]],
  "a frame within a header block": [
    "PROTOCOL_ERROR",
    [frame(HEADERS, 0, 1, GET), frame(PING, 0, 0, Buffer.alloc(8))],
  ],
  "a block that cannot be read": ["COMPRESSION_ERROR", [frame(HEADERS, 4, 1, "80")]],
  "RST_STREAM on an idle stream": ["PROTOCOL_ERROR", [frame(RST_STREAM, 0, 1, "00000008")]],
  "RST_STREAM of 3 bytes": ["FRAME_SIZE_ERROR", [opened, frame(RST_STREAM, 0, 1, "000008")]],
  "SETTINGS on a stream": ["PROTOCOL_ERROR", [frame(SETTINGS, 0, 1)]],
  "SETTINGS of 5 bytes": ["FRAME_SIZE_ERROR", [frame(SETTINGS, 0, 0, "0000000000")]],
  "an acknowledgement that says more": [
    "FRAME_SIZE_ERROR",
    [frame(SETTINGS, 1, 0, "000400000001")],
  ],
  "a window beyond the largest": ["FLOW_CONTROL_ERROR", [frame(SETTINGS, 0, 0, "000480000000")]],
  "frames below the least size": ["PROTOCOL_ERROR", [frame(SETTINGS, 0, 0, "000500003fff")]],
  PUSH_PROMISE: ["PROTOCOL_ERROR", [opened, frame(PUSH_PROMISE, 4, 1, "00000002")]],
  "PING on a stream": ["PROTOCOL_ERROR", [frame(PING, 0, 1, Buffer.alloc(8))]],
  "PING of 7 bytes": ["FRAME_SIZE_ERROR", [frame(PING, 0, 0, Buffer.alloc(7))]],
  "GOAWAY on a stream": ["PROTOCOL_ERROR", [frame(GOAWAY, 0, 1, Buffer.alloc(8))]],
  "WINDOW_UPDATE by nothing": ["PROTOCOL_ERROR", [frame(WINDOW_UPDATE, 0, 0, "00000000")]],
  "WINDOW_UPDATE beyond a window": ["FLOW_CONTROL_ERROR", [frame(WINDOW_UPDATE, 0, 0, "7fffffff")]],
  "WINDOW_UPDATE on an idle stream": ["PROTOCOL_ERROR", [frame(WINDOW_UPDATE, 0, 1, "00000001")]],
  "PRIORITY_UPDATE of no stream": ["PROTOCOL_ERROR", [frame(PRIORITY_UPDATE, 0, 0, "00000000")]],
  "PRIORITY_UPDATE of what is not pushed": [
    "PROTOCOL_ERROR",
    [frame(PRIORITY_UPDATE, 0, 0, "00000002753d31")],
  ],
  "PRIORITY_UPDATE too short": ["FRAME_SIZE_ERROR", [frame(PRIORITY_UPDATE, 0, 0, "0000")]],
};

describe("what a client may not send ends its connection", () => {
  for (const [name, [code, frames]] of Object.entries(faults))
    test(`${name}: ${code}`, async (t) => {
      const raw = connectRaw(t, await startServer(t, () => {}));
      raw.socket.write(Buffer.concat([GREETING, ...frames]));
      await raw.closed;
      const goaway = raw.said.find(({type}) => type === GOAWAY);
      assert.equal(ERROR_NAMES[goaway?.payload.readUInt32BE(4) ?? 0], code);
    });
});

test("what a client may send ends nothing", async (t) => {
  const port = await startServer(t, ({stream}) => {
    writeHeaders(stream, {":status": 200});
    end(stream);
  });
  const {socket, said} = connectRaw(t, port);
  const harmless = [
    frame(PRIORITY_UPDATE, 0, 0, "00000063753d31"),
    frame(
      HEADERS,
      0x2d,
      1,
      Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0]), Buffer.from(`${GET}00`, "hex")]),
    ),
    frame(SETTINGS, 0, 0, "00ff00000001"),
    frame(GOAWAY, 0, 0, Buffer.alloc(9)),
    frame(PING, 1, 0, Buffer.alloc(8)),
  ];
  socket.end(Buffer.concat([GREETING, ...harmless]));
  await new Promise((resolve) => socket.once("close", resolve));
  assert.ok(said.some(({type, streamId}) => type === HEADERS && streamId === 1));
  assert.ok(!said.some(({type}) => type === GOAWAY || type === RST_STREAM));
});

describe("an answer whose content is not as long as was announced", () => {
  const answers: Record<string, [fields: Record<string, string>, code: number]> = {
    "is none": [{":status": "200", "content-length": "5"}, 1],
    "is whole where it says that nothing has changed": [
      {":status": "304", "content-length": "5"},
      0,
    ],
    "is whole where it announces nothing": [{":status": "204"}, 0],
  };
  for (const [name, [fields, code]] of Object.entries(answers))
    test(name, async (t) => {
      const host = createServer((socket) => {
        socket.on("error", () => {}).resume();
        socket.write(Buffer.concat([greeting(), frame(HEADERS, 5, 1, block(fields))]));
      });
      await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
      t.after(() => host.close());
      const {ask} = await connectClient(t, (host.address() as AddressInfo).port);
      const answer = await ask({
        ":method": "GET",
        ":scheme": "http",
        ":authority": "a",
        ":path": "/",
      });
      assert.deepEqual([answer.code, answer.isWhole], [code, code === 0]);
    });
});
