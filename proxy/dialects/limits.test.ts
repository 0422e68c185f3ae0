import assert from "node:assert/strict";
import {describe, test} from "node:test";
import type {PolicyInput} from "../policy.ts";
import {ask, MODEL, startHost, startRig} from "../rig.ts";

/** What a client may write where its most tokens stand; a host may read any of them as no limit. */
const limits = ['"9"', '"1000000"', "1e999", "-1", "-1e999", "0.5", "null", "[]", "[9]", "{}"];
const odd = [...limits, "true", "9007199254740993", "1000000"];

type Model = Partial<PolicyInput["models"][string]>;
const hosts: Readonly<Record<string, Model>> = {
  "a completions host": {},
  "a template host": {template: "qwen"},
  "a chat host": {api: "chat"},
  "a chat host with its own name for it": {
    api: "chat",
    parameters: {limit: "max_completion_tokens"},
  },
  "a Mistral host": {api: "mistral"},
  "a Responses host": {api: "responses"},
  "a llama-server": {api: "infill"},
};

const clients: Readonly<Record<string, [path: string, name: string, body: string]>> = {
  completions: ["/v1/completions", "max_tokens", `"model":"${MODEL}","prompt":"a","suffix":"b"`],
  "Mistral's FIM": ["/v1/fim/completions", "max_tokens", `"model":"${MODEL}","prompt":"a"`],
  "/infill": ["/infill", "n_predict", '"input_prefix":"a","input_suffix":"b"'],
  chats: [
    "/v1/chat/completions",
    "max_tokens",
    `"model":"${MODEL}","messages":[{"role":"user","content":"a"}]`,
  ],
};

const SAME = "Mistral's FIM mistral";
const NAMES = ["max_tokens", "max_completion_tokens", "max_output_tokens", "n_predict"];
const MOST = 500;

/** Whether a host is asked for no more than `most` tokens. */
function isBound(body: string, most: number): boolean {
  const said = JSON.parse(body);
  const limits = NAMES.flatMap((name) => (name in said ? [said[name]] : []));
  const isFit = (limit: unknown) => typeof limit === "number" && limit >= 0 && limit <= most;
  return limits.length > 0 && limits.every(isFit);
}

const capped = {mutations: [{name: "most", cap: {max_tokens: MOST}}]};

for (const [name, model] of Object.entries(hosts))
  describe(`whatever its client writes as a limit, ${name} is asked with one`, () => {
    for (const [client, [path, member, body]] of Object.entries(clients))
      for (const [rules, most] of [
        [capped, MOST],
        [{}, Number.MAX_SAFE_INTEGER],
      ] as const) {
        // Where no rule says otherwise a body goes on as it came, for its host to refuse.
        const passes = client === "chats" || !model.api || `${client} ${model.api}` === SAME;
        if (rules !== capped && passes) continue;
        test(`by ${client}, ${rules === capped ? "within its cap" : "without a rule"}`, async (t) => {
          const host = await startHost(t, ({stream}) => {
            stream.respond({":status": 400});
            stream.end("{}");
          });
          const upstream = {url: host.url, api: "openai", credential: {kind: "none"}} as const;
          const deployments = [{upstream: "host-0", name: "m", weight: 1}];
          const rig = await startRig(t, {
            hosts: [host],
            rules: {
              ...rules,
              upstreams: {"host-0": upstream},
              models: {[MODEL]: {...model, aliases: ["*"], deployments}},
            },
          });
          const headers = {authorization: `Bearer ${await rig.token()}`, ":path": path};
          for (const limit of odd)
            assert.equal(
              (await ask(rig.client, {headers, body: `{${body},"${member}":${limit}}`})).status,
              400,
            );
          const asked = await Promise.all(host.seen.map(({body}) => body));
          assert.deepEqual(
            asked.filter((body) => !isBound(body, most)),
            [],
          );
          if (rules === capped) assert.ok(asked.length > 0);
        });
      }
  });
