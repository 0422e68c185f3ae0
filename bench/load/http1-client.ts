import {Agent, type IncomingMessage, request} from "node:http";
import {connect, type Socket} from "node:net";
import type {Aim, Asked, Client, Watch} from "./asked.ts";
import type {Model} from "./host.ts";

/** Keeps connections open, one for each request that is under way: HTTP/1.1 has no other way. A cancel ends one. */
export function createHttp1Client({origin: first, body}: Aim): Client {
  let origin = first;
  let ended = 0;
  let count = 0;
  const parts = partsOf(body);
  const agent = new Agent({keepAlive: true});
  agent.createConnection = (options): Socket => {
    const {host, port} = options as {host: string; port: number};
    return connect({host, port, noDelay: true}).on("close", () => ended++);
  };
  return {
    ask(model, watch, meantMs = performance.now()) {
      const id = `bench-${count++}`;
      return send({agent, origin, text: textOf(parts, model, id), id, watch, meantMs});
    },
    moveTo(next) {
      origin = next;
    },
    get closed() {
      return ended;
    },
  };
}

/** What is the same in all requests, without its opening brace; what only editors send is left out. */
function partsOf(body: Buffer): string {
  const {extra, nwo, stream, ...rest} = JSON.parse(body.toString());
  return JSON.stringify(rest).slice(1);
}

const textOf = (rest: string, model: Model, user: string) =>
  `{"model":"${model}","user":"${user}","stream":${model !== "unary"},${rest}`;

interface Order {
  readonly agent: Agent;
  readonly origin: string;
  readonly text: string;
  readonly id: string;
  readonly watch: Watch;
  readonly meantMs: number;
}

function send({agent, origin, text, id, watch, meantMs}: Order): Asked {
  const asking = request(`${origin}/v1/completions`, {
    agent,
    method: "POST",
    headers: {
      authorization: "Bearer none",
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    },
  });
  const stream = {close: () => void asking.destroy()};
  const none = {status: 0, firstByteMs: 0, over: false, refused: false};
  const asked: Asked = {id, watch, meantMs, stream, ...none};
  let isWhole = false;
  asking.on("response", (answer: IncomingMessage) => {
    asked.status = answer.statusCode ?? 0;
    answer.on("data", () => hear(asked));
    answer.on("end", () => {
      isWhole = asked.status === 200 && answer.complete;
    });
    answer.on("error", () => {});
  });
  asking.on("error", () => {});
  asking.on("close", () => {
    asked.over = true;
    watch.closed(asked, isWhole);
  });
  asking.end(text);
  return asked;
}

function hear(asked: Asked) {
  if (asked.firstByteMs > 0) return;
  asked.firstByteMs = performance.now();
  asked.watch.firstByte?.(asked);
}
