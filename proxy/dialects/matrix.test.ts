import assert from "node:assert/strict";
import {constants, type ServerHttp2Stream} from "node:http2";
import {describe, type TestContext, test} from "node:test";
import type {PolicyInput} from "../policy.ts";
import {type Answer, answerEvents, answerOf, MODEL, open, startHost, startRig} from "../rig.ts";

/** Every way to ask, at every kind of host, streamed and whole, through every end that an answer may have. */

const DONE = "data: [DONE]\n\n";
const eventOf = (said: unknown) => `data: ${JSON.stringify(said)}\n\n`;
const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((event) => event !== "" && event !== "data: [DONE]")
    .map((event) => JSON.parse(event.replace(/^data: /, "")));

interface Client {
  readonly path: string;
  body(stream: boolean): object;
  /** The text of a whole answer, or of one in pieces that has its proper end. */
  textOf(answer: Answer, stream: boolean): string;
  /** The message of an error in its own dialect. */
  errorOf(body: Record<string, unknown>): unknown;
}

const clients: Readonly<Record<string, Client>> = {
  "OpenAI completions": {
    path: "/v1/completions",
    body: (stream) => ({model: MODEL, prompt: "let x = ", suffix: ";", stream}),
    textOf({text}, stream) {
      if (!stream) return JSON.parse(text).choices[0].text;
      assert.ok(text.endsWith(DONE));
      return eventsOf(text)
        .map((event) => event.choices[0]?.text ?? "")
        .join("");
    },
    errorOf: ({error}) => (error as {message: string; param: null}).param === null && error,
  },
  "Mistral FIM": {
    path: "/v1/fim/completions",
    body: (stream) => ({model: MODEL, prompt: "let x = ", suffix: ";", stream}),
    textOf({text}, stream) {
      if (!stream) return JSON.parse(text).choices[0].message.content;
      assert.ok(text.endsWith(DONE));
      return eventsOf(text)
        .map((event) => event.choices[0]?.delta.content ?? "")
        .join("");
    },
    errorOf: ({object, message}) => object === "error" && message,
  },
  "llama.cpp infill": {
    path: "/infill",
    body: (stream) => ({input_prefix: "let x", input_suffix: ";", prompt: " = ", stream}),
    textOf({text}, stream) {
      if (!stream) return JSON.parse(text).content;
      assert.ok(!text.includes("[DONE]"));
      const events = eventsOf(text);
      assert.deepEqual(
        events.map(({stop}) => stop),
        events.map((_, index) => index === events.length - 1),
      );
      return events.map(({content}) => content).join("");
    },
    errorOf: ({error}) => typeof (error as {code: unknown}).code === "number" && error,
  },
};

interface HostKind {
  readonly model: Partial<PolicyInput["models"][string]>;
  /** What it says of a piece of text, in an event and in a whole answer. */
  piece(text: string, finish?: string): object;
  whole(text: string): object;
}

const completion = {
  piece: (text: string, finish?: string) => ({text, finish_reason: finish ?? null}),
  whole: (text: string) => ({text, finish_reason: "stop"}),
};
const kinds: Readonly<Record<string, HostKind>> = {
  "a completions host": {model: {}, ...completion},
  "a chat host": {
    model: {api: "chat"},
    piece: (content, finish) => ({delta: {content}, finish_reason: finish ?? null}),
    whole: (content) => ({message: {content}, finish_reason: "stop"}),
  },
  "a template host": {model: {template: "qwen"}, ...completion},
};

const answerOfHost = (choice: object) => ({id: "a", choices: [{index: 0, ...choice}]});

/** How far a host gets. */
type Course = "whole" | "silent" | "begun" | "reset" | "left" | "busy";

/** Its first piece is no echo of the prompt, which would be held back. */
function answer(stream: ServerHttp2Stream, kind: HostKind, course: Course, inPieces: boolean) {
  if (course === "silent") return;
  if (course === "busy") {
    stream.respond({":status": 429, "retry-after": "7"});
    return stream.end("{}");
  }
  const pieces = inPieces
    ? ["1 +", " y"].map((text) => eventOf(answerOfHost(kind.piece(text))))
    : halves(JSON.stringify(answerOfHost(kind.whole("1 + y"))));
  if (inPieces) answerEvents(stream);
  else {
    const headers = {"content-type": "application/json", "content-length": pieces.join("").length};
    stream.respond({":status": 200, ...headers});
  }
  stream.write(pieces[0]);
  if (course === "begun") return;
  if (course === "reset") return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  if (course === "left") return stream.end();
  stream.write(pieces[1]);
  stream.end(inPieces ? eventOf(answerOfHost(kind.piece("", "stop"))) + DONE : "");
}

const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)];

async function before(t: TestContext, client: Client, kind: HostKind, course: Course) {
  let streamed = false;
  const host = await startHost(t, ({stream, body}) => {
    void body.then(() => answer(stream, kind, course, streamed));
  });
  const deployments = [{upstream: "host-0", name: "m", weight: 1}];
  const models = {[MODEL]: {...kind.model, aliases: ["*"], deployments}};
  const rig = await startRig(t, {hosts: [host], rules: {models}});
  const crowd = await rig.crowd();
  return {
    host,
    send(stream: boolean) {
      streamed = stream;
      const headers = {...crowd(), ":path": client.path};
      return open(rig.client, {headers, body: JSON.stringify(client.body(stream))});
    },
    seen: async () => {
      while (host.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      await host.seen[0]!.body;
      return host.seen[0]!;
    },
  };
}

for (const [client, how] of Object.entries(clients))
  for (const [host, kind] of Object.entries(kinds))
    for (const stream of [true, false])
      describe(`${client} of ${host}, ${stream ? "streamed" : "whole"}`, {
        concurrency: true,
      }, () => {
        test("is answered in its own dialect", async (t) => {
          const {send} = await before(t, how, kind, "whole");
          const answer = await answerOf(send(stream));
          assert.deepEqual([answer.status, answer.code], [200, constants.NGHTTP2_NO_ERROR]);
          assert.equal(how.textOf(answer, stream), "1 + y");
        });

        for (const course of ["silent", "begun"] as const)
          test(`its cancel reaches a host that is ${course}`, async (t) => {
            const {send, seen} = await before(t, how, kind, course);
            const asked = send(stream);
            const {closed} = await seen();
            if (course === "begun" && stream)
              await new Promise((resolve) => asked.once("data", resolve));
            asked.close(constants.NGHTTP2_CANCEL);
            assert.equal(await closed, constants.NGHTTP2_CANCEL);
          });

        for (const course of ["reset", "left"] as const)
          test(`an answer that its host has ${course} in the middle does not end cleanly`, async (t) => {
            const {send} = await before(t, how, kind, course);
            const {status, code, text} = await answerOf(send(stream));
            if (code !== constants.NGHTTP2_NO_ERROR)
              return assert.equal(code, constants.NGHTTP2_INTERNAL_ERROR);
            assert.equal(status, 502);
            assert.ok(how.errorOf(JSON.parse(text)));
          });

        test("no room is told in its own dialect", async (t) => {
          const {send} = await before(t, how, kind, "busy");
          const {status, headers, text} = await answerOf(send(stream));
          assert.deepEqual([status, headers["retry-after"]], [429, "7"]);
          assert.ok(how.errorOf(JSON.parse(text)));
        });
      });
