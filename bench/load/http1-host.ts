import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {
  CHUNK_EVERY_MS,
  CHUNKS,
  type Host,
  MODELS,
  type Model,
  SIGN_OF_LIFE_EVERY_MS,
} from "./host.ts";

/**
 * The model host for gateways that speak HTTP/1.1 alone. It answers as the other does, but in OpenAI's full shape, which
 * they read. Model and id are the request's own `model` and `user`, which they pass on.
 */
export async function startHttp1Host({begun, resets}: Pick<Host, "begun" | "resets">): Promise<{
  readonly port: number;
  close(): void;
}> {
  const server = createServer({keepAliveTimeout: KEEP_ALIVE_MS}, (request, answer) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => take(request, answer, Buffer.concat(chunks).toString()));
  });

  function take({method}: IncomingMessage, answer: ServerResponse, body: string) {
    // What gateways ask of their own accord: whether it is well, and which models it has.
    if (method !== "POST") return respond(answer, LIST);
    const [, name] = /"model": ?"([^"]*)"/.exec(body) ?? [];
    const [, id = ""] = /"user": ?"([^"]*)"/.exec(body) ?? [];
    const model = MODELS.find((each) => each === name) ?? "unary";
    if (model !== "unary") begun.add(id);
    answer.on("close", () => {
      if (!answer.writableFinished) resets.set(id, performance.now());
    });
    serve[model](answer);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return {port, close};
}

/** Longer than any measure. */
const KEEP_ALIVE_MS = 300_000;
const EVENTS = {"content-type": "text/event-stream"};
const LIST = JSON.stringify({object: "list", data: MODELS.map((id) => ({id, object: "model"}))});
const answerOf = (text: string, rest: object) =>
  JSON.stringify({
    id: "cmpl-1",
    object: "text_completion",
    created: 1_764_000_000,
    model: "host",
    choices: [{index: 0, text, logprobs: null, ...rest}],
  });
const ANSWER = answerOf("x".repeat(440), {finish_reason: "stop"});
const CHUNK = `data: ${answerOf("const value = ", {finish_reason: null})}\n\n`;
const DONE = "data: [DONE]\n\n";

const serve: Readonly<Record<Model, (answer: ServerResponse) => void>> = {
  unary: (answer) => respond(answer, ANSWER),
  stream: (answer) => void setTimeout(begin, CHUNK_EVERY_MS, answer),
  hold,
  mute: () => {},
};

function respond(answer: ServerResponse, json: string) {
  answer.writeHead(200, {"content-type": "application/json", "content-length": json.length});
  answer.end(json);
}

function begin(answer: ServerResponse) {
  answer.writeHead(200, EVENTS);
  sendNext(answer, 1);
}

function sendNext(answer: ServerResponse, count: number) {
  if (answer.destroyed) return;
  answer.write(CHUNK);
  if (count < CHUNKS) setTimeout(sendNext, CHUNK_EVERY_MS, answer, count + 1);
  else answer.end(DONE);
}

function hold(answer: ServerResponse) {
  const sign = setInterval(() => answer.write(CHUNK), SIGN_OF_LIFE_EVERY_MS);
  answer.on("close", () => clearInterval(sign));
  answer.writeHead(200, EVENTS).write(CHUNK);
}
