import {z} from "zod";
import type {Api} from "./azure-openai.ts";
import type {Exchange} from "./http-request.ts";
import {DONE} from "./response-shape.ts";

/** Completes by a real OpenAI-compatible server, e.g. Ollama, llama.cpp or vLLM. */
export interface Forwarder {
  /** Streams its answer to an order's body; stops it, by rejection, with `signal`. */
  speak(exchange: Exchange, api: Api, body: string, signal: AbortSignal): Promise<void>;
}

const modelsSchema = z.object({data: z.array(z.object({id: z.string()})).min(1)});

/** `url` is the server's address, with or without `/v1`; `?model=` names one of its models, else its first. */
export function createForwarder(url: string): Forwarder {
  const {origin, pathname, searchParams} = new URL(url);
  const base = `${origin}${pathname.replace(/\/(?:v1\/?)?$/, "")}/v1`;
  let model: Promise<string> | undefined;

  function modelName(): Promise<string> {
    const named = searchParams.get("model");
    model ??= named ? Promise.resolve(named) : firstModel(base);
    // A server that is not up yet is asked again.
    model.catch(() => {
      model = undefined;
    });
    return model;
  }

  async function speak(exchange: Exchange, api: Api, body: string, signal: AbortSignal) {
    const answer = await fetch(`${base}/${api}`, {
      method: "POST",
      headers: {"content-type": "application/json"},
      body: JSON.stringify({...JSON.parse(body), model: await modelName()}),
      signal,
    });
    exchange.begin(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
    });
    await pass(answer, exchange);
  }

  return {speak};
}

/** Ends together with the last event: a client may take an end that lags for one that never comes. */
async function pass(answer: Response, exchange: Exchange): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const text = decoder.decode(chunk, {stream: true});
    if (text.endsWith(DONE)) return exchange.end(text);
    exchange.write(text);
  }
  exchange.end(decoder.decode());
}

async function firstModel(base: string): Promise<string> {
  const answer = await fetch(`${base}/models`);
  if (!answer.ok) throw new Error(`${base}/models answers ${answer.status}`);
  return modelsSchema.parse(await answer.json()).data[0]!.id;
}
