import {decode} from "../admit/coding.ts";
import {ProxyError} from "../errors.ts";
import {PIECE_BYTES} from "../http2/limits.ts";
import {afterReads} from "../http2/turn.ts";
import {refuse} from "./ends.ts";
import type {Parts} from "./parts.ts";
import {holdBytes, type RelayedRequest} from "./relayed-request.ts";

/** Takes a piece of the request's body. Throws BODY_LARGE, USER_BYTES or PROXY_FULL. */
export function received({policy, users}: Parts, request: RelayedRequest, chunk: Buffer): void {
  if (request.phase !== "body") return;
  const {upload} = request;
  upload.size += chunk.length;
  if (upload.size > policy().limits.bodyBytes) throw new ProxyError("BODY_LARGE");
  holdBytes(users, request, chunk.length + PIECE_BYTES);
  upload.chunks.push(chunk);
}

/**
 * The whole body is here. It goes on when all that has arrived is read: a cancel may have come with it. A third of a
 * keystroke's requests end here.
 */
export function bodyEnded(relay: Parts, request: RelayedRequest): void {
  if (request.phase !== "body") return;
  request.phase = "preflight";
  request.arrivedMs = relay.now();
  if (request.coding === "") afterReads(relay.forward, request);
  else afterReads(() => decodeFirst(relay, request), undefined);
}

function decodeFirst(relay: Parts, request: RelayedRequest) {
  if (request.phase !== "preflight") return;
  const {upload, coding} = request;
  decode(Buffer.concat(upload.chunks), coding, relay.policy().limits.bodyBytes).then(
    (plain) => {
      upload.chunks = [plain];
      relay.forward(request);
    },
    (cause) => request.phase === "preflight" && refuse(relay, request, cause),
  );
}
