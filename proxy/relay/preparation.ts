import type {Asker} from "../admit/client.ts";
import {modelNamed} from "../admit/models.ts";
import {ProxyError} from "../errors.ts";
import {ANY_REST} from "../policy.ts";
import {type Body, parseBody} from "../rewrite/body.ts";
import {assign} from "../rewrite/experiment.ts";
import {languageOf} from "../rewrite/language.ts";
import {dropEditorParameters, rewrite} from "../rewrite/mutations.ts";
import {setRoute} from "./overflow/way.ts";
import type {Parts} from "./parts.ts";
import {holdBytes, type RelayedRequest} from "./relayed-request.ts";

/**
 * Makes the body that is sent on and the deployments to try; returns who asks for what. Throws a ProxyError
 * where the body cannot be read or the model cannot be had.
 */
export function prepare(relay: Parts, request: RelayedRequest): Asker {
  const policy = relay.policy();
  const sent = takeBody(relay, request);
  const {body} = request;
  request.streamed = body.get("stream") === true;
  const model = modelOf(relay, request, body);
  request.asked = model;
  if (request.kind === "ahead") relay.users.count(request.claims.user, request.kind);
  const asker = {
    model,
    user: request.claims.user,
    client: request.client,
    language: languageOf(body, policy),
  };
  const {mutations, experiments} = policy;
  const {label, arm} = assign(experiments, asker) ?? {label: ""};
  const served = {...asker, model: known(relay, arm?.model) ?? model};
  request.arm = label;
  setRoute(relay, request, served.model, arm?.deployment);
  passAsItCame(request, sent);
  rewrite(request.body, served, mutations);
  if (arm) rewrite(request.body, served, arm.mutations);
  dropEditorParameters(request.body);
  return served;
}

/** The policy's name of the model that `name` leads to; undefined where it leads to none. */
export function known({policy}: Parts, name: string | undefined): string | undefined {
  return name === undefined ? undefined : modelNamed(policy(), name);
}

/** Reads what is asked for; returns the body as it came. */
function takeBody({users}: Parts, request: RelayedRequest): Body {
  const {claims, kind, upload} = request;
  const text = whole(upload.chunks);
  users.weigh(claims.user, text.length, kind);
  holdBytes(users, request, text.length - upload.held);
  const body = parseBody(text);
  const {dialect} = request;
  const question = dialect?.read(body) ?? {body};
  request.body = question.body;
  request.files = question.files ?? [];
  request.warms = dialect?.empty !== undefined && request.body.get("max_tokens") === 0;
  upload.chunks = [];
  return body;
}

/** Most bodies come in one piece. */
const whole = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);

/** The model's hosts are asked in the client's own dialect: there is nothing to translate. */
function passAsItCame(request: RelayedRequest, sent: Body) {
  const {hosted} = request.dialect ?? {};
  if (hosted?.by !== request.attempts.asking.api) return;
  // Without a limit it costs as much as the model likes to say.
  const limit = request.body.get("max_tokens");
  if (sent.get("max_tokens") !== limit) sent.set("max_tokens", limit);
  request.api = hosted.api;
  request.body = sent;
}

/** For clients that name no model: their platform engineers can mend it, where their users cannot. */
const ANY_MISSING =
  'The request names no model, and no model here takes any name; add "model", or have one given the alias "*".';

function modelOf(relay: Parts, {model, claims}: RelayedRequest, body: Body): string {
  const name = model ?? body.get("model");
  if (typeof name !== "string") throw new ProxyError("MODEL_MISSING");
  const found = known(relay, name);
  if (!found)
    throw new ProxyError("MODEL_UNKNOWN", name === ANY_REST ? {message: ANY_MISSING} : {});
  if (!claims.models.includes(found)) throw new ProxyError("MODEL_FORBIDDEN");
  return found;
}
