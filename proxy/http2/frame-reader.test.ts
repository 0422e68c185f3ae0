import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {frame as frameOf} from "../frames.ts";
import {createFrameReader} from "./frame-reader.ts";
import {ConnectionError, FRAME_BYTES, FRAME_SIZE_ERROR} from "./wire.ts";

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: string;
}

const bytesOf = ({type, flags, streamId, payload}: Frame): Buffer =>
  frameOf(type, flags, streamId, Buffer.from(payload, "hex"));

const octet = fc.integer({min: 0, max: 255});
const frame: fc.Arbitrary<Frame> = fc.record(
  {
    type: octet,
    flags: octet,
    streamId: fc.integer({min: 0, max: 0x7fffffff}),
    payload: fc
      .oneof(
        fc.uint8Array({maxLength: 40}),
        fc.nat(FRAME_BYTES).map((length) => new Uint8Array(length)),
      )
      .map((bytes) => Buffer.from(bytes).toString("hex")),
  },
  {noNullPrototype: true},
);

function collect() {
  const frames: Frame[] = [];
  const read = createFrameReader((type, flags, streamId, bytes, start, end) => {
    frames.push({type, flags, streamId, payload: bytes.toString("hex", start, end)});
    return true;
  });
  return {frames, read};
}

test("frames are the same wherever what comes is split", () => {
  const cuts = fc.array(fc.nat(), {maxLength: 40});
  fc.assert(
    fc.property(fc.array(frame, {maxLength: 8}), cuts, (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(bytesOf));
      const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
      const {frames, read} = collect();
      let at = 0;
      for (const place of [...places, bytes.length]) {
        read(Buffer.from(bytes.subarray(at, place)));
        at = place;
      }
      assert.deepEqual(frames, sent);
    }),
  );
});

test("octet by octet, too", () => {
  const sent = [
    {type: 0, flags: 1, streamId: 1, payload: "abcdef"},
    {type: 4, flags: 0, streamId: 0, payload: ""},
    {type: 9, flags: 4, streamId: 3, payload: "00"},
  ];
  const {frames, read} = collect();
  for (const octet of Buffer.concat(sent.map(bytesOf))) read(Buffer.from([octet]));
  assert.deepEqual(frames, sent);
});

test("a frame that is too long is refused by its head alone, in one piece or in two", () => {
  const head = Buffer.from([0x00, 0x40, 0x01, 0, 0, 0, 0, 0, 1]);
  const isRefused = (error: unknown) =>
    error instanceof ConnectionError && error.code === FRAME_SIZE_ERROR;
  assert.throws(() => collect().read(head), isRefused);
  const {read} = collect();
  read(head.subarray(0, 4));
  assert.throws(() => read(head.subarray(4)), isRefused);
});

test("what comes after the last frame that is wanted is not looked at", () => {
  const types: number[] = [];
  const read = createFrameReader((type) => types.push(type) < 2);
  const all = [1, 2, 3].map((type) => bytesOf({type, flags: 0, streamId: 0, payload: ""}));
  read(Buffer.concat(all));
  read(Buffer.concat(all));
  assert.deepEqual(types, [1, 2]);
});
