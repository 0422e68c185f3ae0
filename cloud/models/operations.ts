import {type Api, type Order, parseBody, type Refusal} from "./azure-openai.ts";
import {infillShape, parseInfill} from "./infill.ts";
import {fimShape, parseFim} from "./mistral.ts";
import {DONE, type ResponseShape, responseShape} from "./response-shape.ts";
import {type Head, parseResponses, responsesShape} from "./responses.ts";
import {parseVllmBody} from "./vllm.ts";

/** Reads the body of an operation; of a completion as a vLLM server does, where it runs a model of `family`. */
export function orderIn(api: Api, body: string, family: string | undefined): Order | Refusal {
  if (api === "responses") return parseResponses(body);
  if (api === "fim/completions") return parseFim(body);
  if (api === "infill") return parseInfill(body);
  if (api === "completions" && family !== undefined) return parseVllmBody(body, family);
  return parseBody(api, body);
}

/** The form of what an operation answers. */
export function shapeOf(api: Api, head: Head): ResponseShape {
  if (api === "completions" || api === "chat/completions") return responseShape(api, head);
  return shapes[api](responseShape("chat/completions", head), head);
}

const shapes = {responses: responsesShape, "fim/completions": fimShape, infill: infillShape};

/** What follows the last event. */
export const lastOf = (api: Api): string => (api === "responses" || api === "infill" ? "" : DONE);
