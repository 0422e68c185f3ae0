import assert from "node:assert/strict";
import {constants} from "node:http2";
import {describe, type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {ModelApi, PolicyInput} from "../policy.ts";
import {
  type Answer,
  answerEvents,
  answerOf,
  type Host,
  MODEL,
  open,
  type Seen,
  startHost,
  startRig,
} from "../rig.ts";

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

function chatText({text}: Answer, stream: boolean): string {
  if (!stream) return JSON.parse(text).choices[0].message.content;
  assert.ok(text.endsWith(DONE));
  return eventsOf(text)
    .map((event) => event.choices[0]?.delta.content ?? "")
    .join("");
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
    textOf: chatText,
    errorOf: ({object, message}) => object === "error" && message,
  },
  "OpenAI chat": {
    path: "/v1/chat/completions",
    body: (stream) => ({model: MODEL, messages: [{role: "user", content: "let x = "}], stream}),
    textOf: chatText,
    errorOf: ({error}) => (error as {message: string; param: null}).param === null && error,
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

/** How a host says a text: as events, each a piece of it, the last its end; or whole. */
interface Saying {
  events(pieces: readonly string[]): string[];
  whole(text: string): object;
  /** That it has no room, although it has said 200. */
  refusal: {readonly events: string; readonly whole: object};
}

const ROOM = {
  message: "exceeded rate limit",
  type: "too_many_requests",
  code: "rate_limit_exceeded",
};
const chunk = (choice: object) => eventOf({id: "a", choices: [{index: 0, ...choice}]});
const choices = (piece: (text: string) => object, whole: (text: string) => object): Saying => ({
  events: (pieces) => [
    ...pieces.map((text) => chunk({...piece(text), finish_reason: null})),
    chunk({...piece(""), finish_reason: "stop"}) + DONE,
  ],
  whole: (text) => ({id: "a", choices: [{index: 0, ...whole(text), finish_reason: "stop"}]}),
  refusal: {events: eventOf({error: ROOM}), whole: {error: ROOM}},
});

const completing = choices(
  (text) => ({text}),
  (text) => ({text}),
);
const chatting = choices(
  (content) => ({delta: {content}}),
  (content) => ({message: {content}}),
);

const typed = (type: string, said: object) =>
  `event: ${type}\n${eventOf({type, sequence_number: 1, ...said})}`;
const response = (status: string, said: object = {}) => ({
  id: "resp_1",
  object: "response",
  created_at: 7,
  status,
  error: null,
  incomplete_details: null,
  model: "gpt-5.3-codex",
  output: [],
  usage: null,
  ...said,
});
const message = (text: string) => ({
  output: [
    {id: "rs_1", type: "reasoning", summary: []},
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{type: "output_text", text, annotations: []}],
    },
  ],
  usage: {input_tokens: 3, output_tokens: 2, total_tokens: 5},
});
/** Azure's two events of a limit: https://github.com/earendil-works/pi/issues/7983. */
const responding: Saying = {
  events: (pieces) => [
    ...pieces.map((delta, at) =>
      at === 0
        ? typed("response.created", {response: response("in_progress")}) +
          typed("response.output_text.delta", {delta})
        : typed("response.output_text.delta", {delta}),
    ),
    typed("response.completed", {response: response("completed", message(pieces.join("")))}),
  ],
  whole: (text) => response("completed", message(text)),
  refusal: {
    events:
      typed("response.failed", {response: response("failed")}) + typed("error", {error: ROOM}),
    whole: response("failed", {error: ROOM}),
  },
};

const filling: Saying = {
  events: (pieces) => [
    ...pieces.map((content) => eventOf({index: 0, content, tokens: [], stop: false})),
    eventOf({index: 0, content: "", stop: true, stop_type: "eos", tokens_predicted: 2}),
  ],
  whole: (content) => ({index: 0, content, stop: true, stop_type: "eos"}),
  refusal: {events: eventOf({error: ROOM}), whole: {error: ROOM}},
};

interface HostKind {
  readonly model: Partial<PolicyInput["models"][string]> & {readonly api: ModelApi};
  /** What it is asked for, by clients that do not chat. */
  readonly path: string;
  readonly saying: Saying;
  /** How it says that it does not take a request, where not as OpenAI does. */
  readonly unfit?: string;
}

const azure = (api: string) => `/openai/deployments/m/${api}?api-version=2024-10-21`;
const kinds: Readonly<Record<string, HostKind>> = {
  "a completions host": {
    model: {api: "completions"},
    path: azure("completions"),
    saying: completing,
  },
  "a chat host": {model: {api: "chat"}, path: azure("chat/completions"), saying: chatting},
  "a template host": {
    model: {api: "completions", template: "qwen"},
    path: azure("completions"),
    saying: completing,
  },
  "a Mistral host": {
    model: {api: "mistral"},
    path: "/v1/fim/completions",
    saying: chatting,
    unfit: '{"object":"error","message":"no","type":"invalid_request_error","param":null}',
  },
  "a Responses host": {model: {api: "responses"}, path: "/openai/v1/responses", saying: responding},
  "a llama-server": {
    model: {api: "infill"},
    path: "/infill",
    saying: filling,
    unfit: '{"error":{"code":400,"message":"no","type":"invalid_request_error"}}',
  },
};

/** How far a host gets. */
type Course = "whole" | "silent" | "begun" | "reset" | "left" | "busy" | "refused" | "unfit";

/** Its first piece is no echo of the prompt, which would be held back. */
function answer({stream, headers}: Seen, kind: HostKind, course: Course, inPieces: boolean) {
  if (course === "silent") return;
  if (course === "busy") {
    stream.respond({":status": 429, "retry-after": "7"});
    return stream.end("{}");
  }
  if (course === "unfit") {
    stream.respond({":status": kind.unfit ? 422 : 400, "content-type": "application/json"});
    return stream.end(kind.unfit ?? '{"error":{"message":"no","param":null}}');
  }
  const chats = headers[":path"]!.includes("/chat/completions");
  const saying = chats ? chatting : kind.saying;
  if (inPieces) answerEvents(stream);
  if (course === "refused" && inPieces) return stream.end(saying.refusal.events);
  const [first, second, last = ""] = inPieces
    ? saying.events(["1 +", " y"])
    : halves(JSON.stringify(course === "refused" ? saying.refusal.whole : saying.whole("1 + y")));
  if (!inPieces)
    stream.respond({
      ":status": 200,
      "content-type": "application/json",
      "content-length": `${first}${second}`.length,
    });
  stream.write(first);
  if (course === "begun") return;
  if (course === "reset") return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  if (course === "left") return stream.end();
  stream.write(second);
  stream.end(last);
}

const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)];

/** Azure's are Azure's; the others are asked as OpenAI's are. */
const upstreamsOf = (host: Host, {path}: HostKind) =>
  path.startsWith("/openai/")
    ? {}
    : {
        upstreams: {
          "host-0": {url: host.url, api: "openai", credential: {kind: "none"}} as const,
        },
      };

async function before(t: TestContext, client: Client, kind: HostKind, course: Course) {
  let streamed = false;
  const host = await startHost(t, (seen) => {
    void seen.body.then(() => answer(seen, kind, course, streamed));
  });
  const deployments = [{upstream: "host-0", name: "m", weight: 1}];
  const models = {[MODEL]: {...kind.model, aliases: ["*"], deployments}};
  const rig = await startRig(t, {hosts: [host], rules: {models, ...upstreamsOf(host, kind)}});
  const crowd = await rig.crowd();
  return {
    host,
    send(stream: boolean) {
      streamed = stream;
      const headers = {...crowd(), ":path": client.path};
      return open(rig.client, {headers, body: JSON.stringify(client.body(stream))});
    },
    seen: async () => {
      await until(() => host.seen.length > 0);
      await host.seen[0]!.body;
      return host.seen[0]!;
    },
  };
}

/** A chat goes as it came, but to a host that has none. */
const chats = ({path}: Client, {model: {api}}: HostKind) =>
  path === "/v1/chat/completions" && api !== "responses";

/** Whether an answer is put in another form, or cut: else its bytes are passed on before it is whole. */
const isTranslated = (client: Client, kind: HostKind) =>
  !chats(client, kind) &&
  !(client.path === kind.path) &&
  (kind.model.api !== "completions" || kind.model.template !== undefined);

for (const [client, how] of Object.entries(clients))
  for (const [host, kind] of Object.entries(kinds))
    for (const stream of [true, false])
      describe(`${client} of ${host}, ${stream ? "streamed" : "whole"}`, {
        concurrency: true,
      }, () => {
        test("is answered in its own dialect", async (t) => {
          const {host, send} = await before(t, how, kind, "whole");
          const answer = await answerOf(send(stream));
          assert.deepEqual([answer.status, answer.code], [200, constants.NGHTTP2_NO_ERROR]);
          assert.equal(how.textOf(answer, stream), "1 + y");
          const path = host.seen[0]!.headers[":path"]!;
          if (chats(how, kind)) assert.match(path, /\/chat\/completions/);
          else assert.equal(path, kind.path);
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

        test("what its host does not take is told in its own dialect", async (t) => {
          const {send} = await before(t, how, kind, "unfit");
          const {status, text} = await answerOf(send(stream));
          assert.equal(status, 400);
          const told = how.errorOf(JSON.parse(text));
          assert.equal(typeof told === "string" ? told : (told as {message: string}).message, "no");
        });

        if (stream || isTranslated(how, kind))
          test("no room within a 200 is told in its own dialect", async (t) => {
            const {send} = await before(t, how, kind, "refused");
            const {status, text} = await answerOf(send(stream));
            assert.equal(status, 429);
            assert.ok(how.errorOf(JSON.parse(text)));
          });
      });
