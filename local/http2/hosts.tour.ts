import assert from "node:assert/strict";
import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, test} from "node:test";
import {INTERNAL_ERROR} from "../../proxy/http2/wire.ts";
import {findServer} from "../../setup/programs.js";
import {until} from "../../setup/until.ts";
import {cancel, connectTo, echo, fieldsOf, isThere, overdo} from "./exercises.rig.ts";
import {buildGoPeer, skipGo} from "./go.rig.ts";
import {aptGet, type Place, skipWithout, startPeer} from "./programs.rig.ts";

/** Other people's servers, asked by a client of ours: with cleartext, and with TLS by ALPN. */

const DOORS = {cleartext: false, TLS: true};

const nghttpd = findServer("nghttpd");

/** It answers with files, and POST with what came. */
function nghttpdArgs({address, port, folder, certificate}: Place, options: readonly string[]) {
  mkdirSync(join(folder, "of"));
  for (const bytes of [10, 100_000, 3_000_000])
    writeFileSync(join(folder, `of/${bytes}`), "m".repeat(bytes));
  const door = certificate ? [certificate, certificate] : ["--no-tls"];
  const given = ["--address", address, "--htdocs", folder, "--echo-upload", ...options];
  return [...given, `${port}`, ...door];
}

const apt = aptGet("nghttp2-server");

describe("nghttpd", {skip: skipWithout(nghttpd, "nghttpd", apt)}, () => {
  const ways: Record<string, readonly string[]> = {
    "as it is": [],
    "with padding and trailers": ["--padding=255", "--trailer", "x-late: 1"],
    "with no tables": ["--header-table-size=0", "--encoder-header-table-size=0"],
    "with windows of 1 KB": ["--window-bits=10"],
    "answering early": ["--early-response"],
  };
  for (const [door, secure] of Object.entries(DOORS))
    for (const [way, options] of Object.entries(ways))
      test(`${way}, by ${door}`, async (t) => {
        const args = (place: Place) => nghttpdArgs(place, options);
        const {origin} = await startPeer(t, {command: nghttpd!, args, secure});
        const client = await connectTo(t, origin);
        await echo(client, origin, {mirrors: false});
        await cancel(client, origin, "/of/3000000");
        await isThere(client);
        const {status, isWhole} = await client.ask(fieldsOf(origin, "/none"));
        assert.deepEqual({status, isWhole}, {status: "404", isWhole: true});
      });
});

describe("Go's net/http", {skip: skipGo}, () => {
  for (const [door, secure] of Object.entries(DOORS))
    test(`by ${door}, with early hints and trailers`, async (t) => {
      const args = ({address, port, certificate}: Place) => {
        const pem = certificate ? [certificate] : [];
        return ["server", `${address}:${port}`, ...pem];
      };
      const {origin} = await startPeer(t, {command: await buildGoPeer(t), args, secure});
      const client = await connectTo(t, origin);
      const get = (path: string) => client.ask(fieldsOf(origin, path));
      await echo(client, origin);
      await cancel(client, origin, "/endless");
      assert.equal((await get("/cancelled")).status, "200");
      await overdo(client, origin);
      await isThere(client);
      const {isWhole, code} = await get("/cut");
      assert.deepEqual({isWhole, code}, {isWhole: false, code: INTERNAL_ERROR});
      assert.equal((await get("/leave")).isWhole, true);
      await until(client.isLeft);
      const next = await connectTo(t, origin);
      assert.equal((await next.ask(fieldsOf(origin, "/of/10"))).isWhole, true);
    });
});
