import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import type {Aim, Asked, Client} from "./asked.ts";
import type {Model} from "./host.ts";

const REFUSED_STREAM = 7;

type AskedStream = ClientHttp2Stream & {asked?: Asked};

/** As many connections as it is told; one that ended is opened again with the next request that is its turn. */
export function createHttp2Client(aim: Aim, connections: number): Client {
  let {origin} = aim;
  let ended = 0;
  let count = 0;
  const connect = () => open(origin, aim.authority, () => ended++);
  const sessions = Array.from({length: connections}, connect);
  return {
    ask(model, watch, meantMs = performance.now()) {
      let session = sessions[count % connections] as ClientHttp2Session;
      if (session.closed || session.destroyed) session = sessions[count % connections] = connect();
      const token = aim.tokens[count % aim.tokens.length] as string;
      return send(session, {id: `bench-${count++}`, model, token, body: aim.body, watch, meantMs});
    },
    moveTo(next) {
      origin = next;
    },
    get closed() {
      return ended;
    },
  };
}

function open(
  origin: string,
  authority: string | undefined,
  onEnd: () => void,
): ClientHttp2Session {
  let over = false;
  const end = () => {
    if (!over) onEnd();
    over = true;
  };
  const session = connect(origin, {
    ...(authority !== undefined && {ca: authority}),
    settings: {enablePush: false, initialWindowSize: 1 << 20},
    maxSessionMemory: 512,
  });
  session.on("goaway", end);
  session.on("error", end);
  session.on("close", end);
  return session;
}

function send(
  session: ClientHttp2Session,
  {
    id,
    model,
    token,
    body,
    watch,
    meantMs,
  }: Pick<Asked, "id" | "watch" | "meantMs"> & {
    model: Model;
    token: string;
    body: Buffer;
  },
): Asked {
  const stream: AskedStream = session.request({
    ":method": "POST",
    ":path": `/v1/engines/${model}/completions`,
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": body.length,
    "editor-version": "vscode/1.96.0",
    "editor-plugin-version": "copilot/1.250.0",
    "x-request-id": id,
  });
  const none = {status: 0, firstByteMs: 0, over: false, refused: false};
  const asked: Asked = {id, watch, meantMs, stream, ...none};
  stream.asked = asked;
  stream.on("response", onResponse);
  stream.on("data", onData);
  stream.on("error", ignore);
  stream.on("close", onClose);
  stream.end(body);
  return asked;
}

function onResponse(this: AskedStream, headers: IncomingHttpHeaders & IncomingHttpStatusHeader) {
  (this.asked as Asked).status = Number(headers[":status"]);
}

function onData(this: AskedStream) {
  const asked = this.asked as Asked;
  if (asked.firstByteMs > 0) return;
  asked.firstByteMs = performance.now();
  asked.watch.firstByte?.(asked);
}

function onClose(this: AskedStream) {
  const asked = this.asked as Asked;
  asked.over = true;
  asked.refused = this.rstCode === REFUSED_STREAM;
  asked.watch.closed(asked, asked.status === 200 && this.rstCode === 0);
}

function ignore() {}
