import {generateKeyPairSync, randomUUID} from "node:crypto";
import {constants} from "node:http2";
import {setTimeout as sleep} from "node:timers/promises";
import {connect} from "node:tls";
import {decodeJwt} from "jose";
import {completionOf, ticketOf} from "../../editor/received.ts";
import {bodyOf, EDITOR, type Wire} from "../../editor/wire.ts";
import {publicKeys} from "../../infra/azure/keys.ts";
import {preface, request, reset} from "../../proxy/frames.ts";
import {parseSamples} from "../console/observed/samples.ts";
import {connectTo} from "../world/connect.ts";
import type {RunningRegion} from "../world/region.ts";
import {changePolicy, podsOf} from "./policy.ts";
import type {Drill, Stage} from "./stage.ts";

/** Proxies look at their files twice a second: docs/traffic.md. */
const RELOAD_MS = 1000;

/** Trades the credential that is kept for harm for a token. */
const thiefsToken = async ({running}: Stage, wire: Wire) =>
  ticketOf(await wire.exchange(running.people.at(-1)!.credential)).token;

const modelOf = ({world}: Stage) => Object.keys(world.models)[0]!;

/** Whether a completion by a token is whole. */
const isServed = (stage: Stage, wire: Wire, token: string): Promise<boolean> =>
  completionOf(wire.ask({token, model: modelOf(stage), prompt: "stolen", id: randomUUID()})).then(
    () => true,
    () => false,
  );

export const cancelStorm: Drill = {
  name: "cancel-storm",
  holds:
    "One client sends thousands of requests and cancels each at once, and no request of others fails.",
  async play(stage) {
    const {region, broke, note, noneFailed, pause, short} = stage;
    const wire = connectTo(stage.running, region);
    const token = await thiefsToken(stage, wire);
    wire.close();
    const most = short ? 2000 : 20_000;
    const before = await requestsSeen(region);
    broke(`a client of ${region.name} sends ${most} requests and cancels each at once`);
    const connection = await storm(stage, token, most);
    note("they are sent");
    await pause(3000, 10_000);
    note(`its connection was ${connection.destroyed ? "closed" : "kept"}`);
    connection.destroy();
    const seen = (await requestsSeen(region)) - before;
    return [{what: `its edges have seen ${seen} requests`, held: seen >= most}, noneFailed()];
  },
};

/** Sends frames as fast as they are taken, which no editor does. Resolves to the connection. */
async function storm(stage: Stage, token: string, most: number) {
  const {region, running} = stage;
  const {port, hostname, authority} = running;
  const socket = connect({
    host: region.address,
    port,
    servername: hostname,
    ca: authority.pem,
    ALPNProtocols: ["h2"],
  });
  socket.on("error", () => {}).resume();
  const headers = {
    ":method": "POST",
    ":scheme": "https",
    ":authority": hostname,
    ":path": `/v1/engines/${modelOf(stage)}/completions`,
    "content-type": "application/json",
    authorization: `Bearer ${token}`,
    ...EDITOR,
  };
  const pairs = (from: number) =>
    Array.from({length: 100}, (_, index) => 2 * (from + index) + 1).flatMap((id) => [
      request(id, headers, bodyOf("storm")),
      reset(id, constants.NGHTTP2_CANCEL),
    ]);
  socket.write(preface());
  for (let sent = 0; sent < most && !socket.destroyed; sent += 100)
    await new Promise((resolve) => socket.write(Buffer.concat(pairs(sent)), resolve));
  return socket;
}

/** How many requests a region's edges have counted. */
async function requestsSeen({cluster}: RunningRegion): Promise<number> {
  const edges = cluster.pods.filter(({spec}) => spec.workload === "edge");
  const pages = edges.map(async ({spec: {address, ready}}) => {
    const page = await fetch(`http://${address}:${ready.port}/stats/prometheus`);
    return parseSamples(await page.text());
  });
  return (await Promise.all(pages))
    .flat()
    .filter(({name, labels}) => name === REQUESTS && labels[MANAGER] === "edge")
    .reduce((sum, {value}) => sum + value, 0);
}

const REQUESTS = "envoy_http_downstream_rq_total";
const MANAGER = "envoy_http_conn_manager_prefix";

export const revocation: Drill = {
  name: "revocation",
  holds:
    "A stolen token is refused in every region within a second of its revocation, and nobody else's.",
  async play(stage) {
    const {running, broke, detected, note, when, noneFailed, pause} = stage;
    const thieves = running.regions.map((region) => connectTo(running, region));
    const token = await thiefsToken(stage, thieves[0]!);
    const uses = async () => {
      const tried = thieves.map((thief) => isServed(stage, thief, token));
      return (await Promise.all(tried)).filter(Boolean).length;
    };
    broke(`a token was stolen, and is used in ${thieves.length} regions`);
    await when("it serves its thief everywhere", async () => (await uses()) === thieves.length);
    changePolicy(running, (policy) => ({
      ...policy,
      revoked: {...policy.revoked, tokens: [decodeJwt(token).jti!]},
    }));
    detected("it is revoked");
    await sleep(RELOAD_MS);
    const later = await uses();
    note("a second later it is tried again");
    await pause(2000, 10_000);
    for (const thief of thieves) thief.close();
    return [{what: `${later} regions still took it`, held: later === 0}, noneFailed()];
  },
};

export const keyRotation: Drill = {
  name: "key-rotation",
  holds:
    "The key that signs tokens is replaced, the old one's tokens end with it, and no request fails.",
  async play(stage) {
    const {region, running, load, broke, note, when, noneFailed, pause} = stage;
    const old = connectTo(running, region);
    const token = await thiefsToken(stage, old);
    const next = newKey();
    const current = podsOf(running, "issuer")[0]!.spec.secrets[SIGNING]!;
    broke("a next key is published beside the one that signs");
    writeKeys(running, await publicKeys({signingKey: current, nextSigningKey: next}));
    writeIssuers(running, NEXT_SIGNING, next);
    await sleep(2 * RELOAD_MS);
    note("it signs");
    writeIssuers(running, SIGNING, next);
    await sleep(2 * RELOAD_MS);
    const exchanges = () => load.people.map(({editor}) => editor.exchanges);
    const before = exchanges();
    for (const {editor} of load.people) editor.renew();
    await when("every editor has a token of it", () =>
      exchanges().every((count, person) => count > before[person]!),
    );
    const still = await isServed(stage, old, token);
    note("the old key is taken out");
    writeKeys(running, await publicKeys({signingKey: next}));
    await pause(4000, 15_000);
    const later = await isServed(stage, old, token);
    old.close();
    return [
      {what: `a token of the old key was ${still ? "good" : "refused"} until then`, held: still},
      {what: `and ${later ? "good" : "refused"} afterwards`, held: !later},
      noneFailed(),
    ];
  },
};

const SIGNING = "secrets/token-signing-key";
const NEXT_SIGNING = "secrets/token-signing-key-next";

function newKey(): string {
  const {privateKey} = generateKeyPairSync("ed25519");
  return privateKey.export({type: "pkcs8", format: "pem"}) as string;
}

function writeKeys(running: Stage["running"], keys: string) {
  for (const pod of podsOf(running, "proxy")) pod.write("policy/jwks.json", keys);
}

function writeIssuers(running: Stage["running"], file: string, key: string) {
  for (const pod of podsOf(running, "issuer")) pod.write(file, key);
}
