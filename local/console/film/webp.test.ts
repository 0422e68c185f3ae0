import assert from "node:assert/strict";
import {test} from "node:test";
import {animationOf} from "./webp.ts";

const still = (image: Buffer, name = "VP8 ") => {
  const head = Buffer.alloc(20, "RIFF....WEBPICCP....", "latin1");
  head.writeUInt32LE(3, 16);
  const chunk = Buffer.alloc(8, name, "latin1");
  chunk.writeUInt32LE(image.length, 4);
  // A chunk of three bytes before it, and one to make its own even.
  return Buffer.concat([head, Buffer.from("abc\0"), chunk, image, Buffer.alloc(image.length % 2)]);
};

test("an animation of two frames, byte by byte", () => {
  const frames = [
    {still: still(Buffer.of(1, 2, 3)), x: 0, y: 0, width: 300, height: 2, ms: 1000},
    {still: still(Buffer.of(4, 5), "VP8L"), x: 6, y: 2, width: 1, height: 1, ms: 250},
  ];
  const text = animationOf(frames, {width: 300, height: 2}).toString("hex");
  const hex = (name: string) => Buffer.from(name, "latin1").toString("hex");
  assert.equal(
    text,
    [
      `${hex("RIFF")}6a000000${hex("WEBP")}`,
      `${hex("VP8X")}0a000000${"02000000"}${"2b0100"}${"010000"}`,
      `${hex("ANIM")}06000000${"ffffffff"}${"0000"}`,
      `${hex("ANMF")}1c000000${"000000000000"}${"2b0100010000"}${"e80300"}${"02"}`,
      `${hex("VP8 ")}03000000${"010203"}${"00"}`,
      `${hex("ANMF")}1a000000${"030000010000"}${"000000000000"}${"fa0000"}${"02"}`,
      `${hex("VP8L")}02000000${"0405"}`,
    ].join(""),
  );
});

test("what is no still of WebP is refused", () =>
  assert.throws(
    () =>
      animationOf([{still: Buffer.from("no"), x: 0, y: 0, width: 1, height: 1, ms: 1}], {
        width: 1,
        height: 1,
      }),
    {
      message: "the still holds no image of WebP's; take it from a canvas as image/webp",
    },
  ));
