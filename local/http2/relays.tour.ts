import assert from "node:assert/strict";
import {writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {end} from "../../proxy/http2/sending.ts";
import {CANCEL, INTERNAL_ERROR, PROTOCOL_ERROR} from "../../proxy/http2/wire.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {findServer} from "../../setup/programs.js";
import {until} from "../../setup/until.ts";
import {cancel, connectTo, echo, fieldsOf, isThere, overdo} from "./exercises.rig.ts";
import {aptGet, type Peer, type Place, skipWithout, startPeer} from "./programs.rig.ts";
import {envoyConfig, haproxyConfig} from "./relays.ts";
import {type Service, startService} from "./service.rig.ts";

/** Relays between a client and a server of ours: to the one what stands before hosts, to the other what the edge is. */

interface Relay {
  readonly program: string | undefined;
  readonly mend: string;
  /** The name and content of its file. */
  readonly file: string;
  readonly config: (place: Parameters<typeof haproxyConfig>[0]) => string;
  readonly args: readonly string[];
  /** What it resets our server's stream with when its client cancels. */
  readonly cancel: number;
  /** What becomes of our server's reset at our client. */
  readonly cut: number;
}

const relays: Record<string, Relay> = {
  HAProxy: {
    program: findServer("haproxy"),
    mend: aptGet("haproxy"),
    file: "haproxy.cfg",
    config: haproxyConfig,
    args: ["-db", "-f"],
    cancel: CANCEL,
    cut: PROTOCOL_ERROR,
  },
  Envoy: {
    program: findEnvoy(),
    mend: "npm start says how to get it",
    file: "envoy.json",
    config: (place) => JSON.stringify(envoyConfig(place)),
    args: ["--concurrency", "1", "--log-level", "error", "--disable-hot-restart", "-c"],
    cancel: INTERNAL_ERROR,
    cut: INTERNAL_ERROR,
  },
};

const skips = Object.fromEntries(
  Object.entries(relays).map(([name, {program, mend}]) => [name, skipWithout(program, name, mend)]),
);

/** In front of a server of ours. */
function startRelay(
  t: TestContext,
  {program, file, config, args}: Relay,
  {secure, service}: {secure: boolean; service: Service},
): Promise<Peer> {
  const configure = ({address, port, folder, certificate}: Place) => {
    const place = {listen: port, address, certificate, host: service.port};
    writeFileSync(join(folder, file), config(place));
    return [...args, join(folder, file)];
  };
  return startPeer(t, {command: program!, args: configure, secure});
}

for (const [name, relay] of Object.entries(relays)) {
  describe(name, {skip: skips[name]!}, () => {
    for (const [door, secure] of Object.entries({cleartext: false, TLS: true}))
      test(`behind a door of ${door}`, async (t) => {
        const service = await startService(t);
        const {origin} = await startRelay(t, relay, {secure, service});
        const client = await connectTo(t, origin);
        const get = (path: string) => client.ask(fieldsOf(origin, path));
        await echo(client, origin);
        await cancel(client, origin, "/endless");
        await until(() => service.resets.length > 0);
        assert.deepEqual(service.resets, [relay.cancel]);
        await overdo(client, origin);
        await isThere(client);
        // HAProxy 2.6 ends what was cut as if it were whole: its length tells.
        const {isWhole, code} = await get("/cut/2000");
        assert.deepEqual({isWhole, code}, {isWhole: false, code: relay.cut});
        assert.equal(`${(await get("/leave")).body}`, "left");
        assert.equal((await get("/of/100000")).body.length, 100_000);
      });
  });
}

test("HAProxy drains: what is under way ends well", {skip: skips.HAProxy!}, async (t) => {
  const service = await startService(t);
  const relay = await startRelay(t, relays.HAProxy!, {secure: false, service});
  const client = await connectTo(t, relay.origin);
  const answer = client.ask(fieldsOf(relay.origin, "/endless"));
  await until(() => service.endless.size > 0);
  relay.signal("SIGUSR1");
  await until(async () => {
    if (!client.isLeft()) await isThere(client);
    return client.isLeft();
  });
  for (const stream of service.endless) end(stream);
  const {isWhole, body} = await answer;
  assert.deepEqual({isWhole, bytes: body.length}, {isWhole: true, bytes: 1000});
});
