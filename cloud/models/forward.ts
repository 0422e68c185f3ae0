import {z} from "zod";
import type {Api} from "./azure-openai.ts";
import type {HttpRequest} from "./http-request.ts";
import {DONE} from "./response-shape.ts";

/** Has a real OpenAI-compatible server complete, such as Ollama, llama.cpp or vLLM. */
export interface Forwarder {
  /** Responds with what the server makes of a body. `signal` stops it: the promise rejects. */
  forward(request: HttpRequest, api: Api, body: string, signal: AbortSignal): Promise<void>;
}

const modelsSchema = z.object({data: z.array(z.object({id: z.string()})).min(1)});

/** `url` is the server's address, with or without `/v1`; `?model=` names one of its models, else its first is asked. */
export function createForwarder(url: string): Forwarder {
  const {origin, pathname, searchParams} = new URL(url);
  const base = `${origin}${pathname.replace(/\/(?:v1\/?)?$/, "")}/v1`;
  let model: Promise<string> | undefined;

  function modelName(): Promise<string> {
    const named = searchParams.get("model");
    model ??= named ? Promise.resolve(named) : firstModel(base);
    // A server that is not up yet is asked again at the next request.
    model.catch(() => {
      model = undefined;
    });
    return model;
  }

  async function forward(request: HttpRequest, api: Api, body: string, signal: AbortSignal) {
    const answer = await fetch(`${base}/${api}`, {
      method: "POST",
      headers: {"content-type": "application/json"},
      body: JSON.stringify({...JSON.parse(body), model: await modelName()}),
      signal,
    });
    request.begin(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
    });
    await pass(answer, request);
  }

  return {forward};
}

/** The end goes out with the last event: a client may take an end that lags for one that never comes. */
async function pass(answer: Response, request: HttpRequest): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const text = decoder.decode(chunk, {stream: true});
    if (text.endsWith(DONE)) return request.end(text);
    request.write(text);
  }
  request.end(decoder.decode());
}

async function firstModel(base: string): Promise<string> {
  const answer = await fetch(`${base}/models`);
  if (!answer.ok) throw new Error(`${base}/models answers ${answer.status}`);
  return modelsSchema.parse(await answer.json()).data[0]!.id;
}
