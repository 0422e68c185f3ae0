import assert from "node:assert/strict";
import {writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {CANCEL} from "../../proxy/http2/wire.ts";
import {findProgram} from "../../setup/programs.js";
import {until} from "../../setup/until.ts";
import {SIZES, TOO_MUCH} from "./exercises.rig.ts";
import {buildGoPeer, skipGo} from "./go.rig.ts";
import {aptGet, makeFolder, run, skipWithout} from "./programs.rig.ts";
import {startService} from "./service.rig.ts";

/** Other people's clients, asking a server of ours. */

/** Files with so many bytes. */
function writeContents(t: TestContext): Record<number, string> {
  const folder = makeFolder(t);
  const write = (size: number): [number, string] => {
    const file = join(folder, `${size}`);
    writeFileSync(file, "m".repeat(size));
    return [size, file];
  };
  return Object.fromEntries(SIZES.map(write));
}

/** A file that is more than is wanted. */
function writeTooMuch(t: TestContext): string {
  const file = join(makeFolder(t), "too-much");
  writeFileSync(file, Buffer.alloc(TOO_MUCH));
  return file;
}

const nghttp = findProgram("nghttp");
const apt = aptGet("nghttp2-client");

describe("nghttp", {skip: skipWithout(nghttp, "nghttp", apt)}, () => {
  const ways: Record<string, readonly string[]> = {
    "as it is": [],
    "with padding": ["--padding=255"],
    "with a table of no size": ["--header-table-size=0"],
    "with a table that shrinks and grows": ["-c", "0", "-c", "4096"],
    "with an encoder's table of no size": ["--encoder-header-table-size=0"],
    "with a header block of many frames": ["--continuation"],
    "with windows of 16 KB": ["-w", "14", "-W", "14"],
    "with trailers": ["--trailer", "x-late: 1"],
    "waiting for leave to go on": ["--expect-continue"],
    "without priorities": ["--no-rfc7540-pri", "--no-dep"],
    "with no length": ["--no-content-length"],
  };
  for (const [way, options] of Object.entries(ways))
    test(way, async (t) => {
      const {origin} = await startService(t);
      for (const [size, file] of Object.entries(writeContents(t))) {
        const given = ["-m", "20", "-d", file, "-H", "x-again: the same", ...options];
        const {stdout, stderr, code} = await run(nghttp!, [...given, `${origin}/echo`]);
        assert.deepEqual({code, stderr}, {code: 0, stderr: ""});
        assert.ok(stdout === "m".repeat(20 * Number(size)), `${stdout.length} bytes`);
      }
    });

  test("windows of one octet", async (t) => {
    const {origin} = await startService(t);
    const {stdout} = await run(nghttp!, ["-w", "1", `${origin}/of/300`]);
    assert.equal(stdout, "m".repeat(300));
  });

  test("an answer that is cut", async (t) => {
    const {origin} = await startService(t);
    const {stdout} = await run(nghttp!, ["-v", `${origin}/cut`]);
    assert.match(stdout, /recv RST_STREAM.*\n *\(error_code=INTERNAL_ERROR/);
  });

  test("an answer before all of the request has come", async (t) => {
    const {origin} = await startService(t);
    const {stdout} = await run(nghttp!, ["-v", "-d", writeTooMuch(t), `${origin}/refuse`]);
    assert.match(stdout, /recv \(stream_id=\d+\) :status: 413/);
    assert.match(stdout, /too much/);
  });

  test("a connection that we leave", async (t) => {
    const {origin} = await startService(t);
    const {stdout} = await run(nghttp!, ["-v", `${origin}/leave`]);
    assert.match(stdout, /recv GOAWAY.*\n *\(last_stream_id=\d+, error_code=NO_ERROR/);
    assert.match(stdout, /\nleft/);
  });
});

const h2load = findProgram("h2load");

describe("h2load", {skip: skipWithout(h2load, "h2load", apt)}, () => {
  const ways: Record<string, readonly string[]> = {
    "as it is": [],
    "with small windows": ["-w", "10", "-W", "12"],
    "with no tables": ["--header-table-size=0", "--encoder-header-table-size=0"],
  };
  for (const [way, options] of Object.entries(ways))
    test(way, async (t) => {
      const {origin} = await startService(t);
      const requests = {0: 2000, 10: 2000, 100000: 100};
      const files = writeContents(t);
      for (const [size, count] of Object.entries(requests)) {
        // It takes no empty file.
        const data = size === "0" ? [] : ["-d", files[Number(size)]!];
        const given = ["-n", `${count}`, "-c", "4", "-m", "50", ...data];
        const {stdout} = await run(h2load!, [...given, ...options, `${origin}/echo`]);
        const all = `${count} done, ${count} succeeded, 0 failed, 0 errored, 0 timeout`;
        assert.ok(stdout.includes(all), stdout);
        assert.match(stdout, new RegExp(`\\(${count * Number(size)}\\) data`));
      }
    });
});

const curl = findProgram("curl");

describe("curl", {skip: skipWithout(curl, "curl", aptGet("curl"))}, () => {
  const ask = (args: readonly string[]) =>
    run(curl!, ["--no-progress-meter", "--http2-prior-knowledge", ...args]);
  const told = ["-w", "%{http_version} %{http_code} %{size_download}\n", "-o", "/dev/null"];

  test("contents of each size, many at once", async (t) => {
    const {origin} = await startService(t);
    for (const [size, file] of Object.entries(writeContents(t))) {
      const given = ["-Z", "--parallel-immediate", "--data-binary", `@${file}`, ...told];
      const {stdout, code} = await ask([...given, `${origin}/echo?[1-50]`]);
      assert.equal(code, 0);
      assert.ok(stdout === `2 200 ${size}\n`.repeat(50), stdout.slice(0, 200));
    }
  });

  test("an answer that is cut, which it says in exit code 92", async (t) => {
    const {origin} = await startService(t);
    const {code, stderr} = await ask([`${origin}/cut`, "-o", "/dev/null"]);
    assert.equal(code, 92);
    assert.match(stderr, /INTERNAL_ERROR/);
  });

  test("an answer before all of the request has come", async (t) => {
    const {origin} = await startService(t);
    // Its next request on the connection fails in curl 7.88, with nghttpd as with us.
    const {stdout} = await ask(["--data-binary", `@${writeTooMuch(t)}`, `${origin}/refuse`]);
    assert.equal(stdout, "too much");
  });

  test("a connection that we leave: it makes another", async (t) => {
    const {origin} = await startService(t);
    const {stdout} = await ask([...told, `${origin}/leave`, ...told, `${origin}/of/10`]);
    assert.equal(stdout, "2 200 4\n2 200 10\n");
  });
});

test("Go's net/http", {skip: skipGo}, async (t) => {
  const {origin, resets} = await startService(t);
  const {stdout, stderr} = await run(await buildGoPeer(t), ["client", origin]);
  assert.deepEqual(stderr, "");
  assert.deepEqual(JSON.parse(stdout), {
    echoed: {0: 50, 10: 50, 100000: 50},
    cut: "stream error: stream ID 301; INTERNAL_ERROR; received from peer",
    refuse: "413 too much",
    cancel: "context canceled",
    "/leave": "4 <nil>",
    "/of/10": "10 <nil>",
  });
  await until(() => resets.length > 0);
  assert.deepEqual(resets, [CANCEL]);
});
