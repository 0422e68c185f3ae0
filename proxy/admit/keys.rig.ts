import type {TestContext} from "node:test";
import {newKey, type Said, startIssuerRig, startProvider} from "../issuer/rig.ts";
import {
  answerEvents,
  ask,
  DONE,
  event,
  type Script,
  type Seen,
  startHost,
  startRig,
} from "../rig.ts";

/** For tests: a proxy whose issuer asks a provider that knows every key that begins with `good`. */
export async function startKeys(
  t: TestContext,
  {
    answers = {},
    script = sayOne,
  }: {answers?: Record<string, Said | Promise<Said>>; script?: Script} = {},
) {
  t.mock.timers.enable({apis: ["Date"], now: Date.now()});
  const provider = await startProvider(t, ({headers}) => {
    const key = headers.authorization?.slice("Bearer ".length) ?? "";
    const id = Number(/^good-(\d+)$/.exec(key)?.[1]);
    return answers[key] ?? (id ? {body: {id}} : {status: 401});
  });
  const next = newKey();
  const exchange = () => ({kind: "github", api: provider.url});
  const terms = {lifetimeS: 86_400, clientId: "Iv1.meridian", scopes: []};
  const issuer = await startIssuerRig(t, {exchange, next, keys: terms});
  const host = await startHost(t, script);
  const rig = await startRig(t, {
    hosts: [host],
    issuer: {url: `http://127.0.0.1:${issuer.port}`, jwks: [issuer.key.jwk, next.jwk]},
  });
  return {
    ...{provider, issuer, host, rig, next},
    /** Completes with a key, by way of an edge that saw `from`. */
    complete: (key: string, from = "192.0.2.1") =>
      ask(rig.client, {headers: {authorization: `Bearer ${key}`, "x-forwarded-for": from}}),
    /** On the proxy's clock and on everybody's. */
    pass(ms: number) {
      t.mock.timers.tick(ms);
      rig.pass(ms);
    },
    /** How many tickets were given. */
    given: () => issuer.log.filter((line) => line.includes("token given")).length,
  };
}

function sayOne({stream}: Seen) {
  answerEvents(stream);
  stream.end(event("1") + DONE);
}

export const codeOf = ({text}: {text: string}): string => JSON.parse(text).error.code;
