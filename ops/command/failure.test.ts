import assert from "node:assert/strict";
import {once} from "node:events";
import {readFileSync} from "node:fs";
import {type AddressInfo, createServer} from "node:net";
import {test} from "node:test";
import {WorldError} from "../../regions/world-error.ts";
import {UsageError} from "./arguments.ts";
import {failureOf} from "./failure.ts";

const caught = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
};

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const bug = /^TypeError.*: .*\n {4}at .*\nThis is a fault of Meridian, .*please report it/s;

const failures: Record<string, {error: unknown; text: string | RegExp; code?: number}> = {
  "one fault of use": {
    error: new UsageError("--x: is wrong"),
    text: "--x: is wrong\n--help lists the options.",
    code: 2,
  },
  "several faults of use": {
    error: new UsageError("--x: is wrong", "--y: too"),
    text: "npm run x cannot begin:\n  - --x: is wrong\n  - --y: too\n--help lists the options.",
    code: 2,
  },
  "what the project says": {error: new Error("a, b; mend c"), text: "a, b; mend c"},
  "what the project says, whatever the cause": {
    error: new Error("cannot sign in", {cause: await caught(() => readFileSync("/no/such"))}),
    text: "cannot sign in",
  },
  "a fault of regions.yaml": {
    error: new WorldError("regions.yaml is not valid:\n  - 1:1 x"),
    text: "regions.yaml is not valid:\n  - 1:1 x",
  },
  "a file that is not there": {
    error: await caught(() => readFileSync("/no/such")),
    text: "ENOENT: no such file or directory, open '/no/such'; see whether /no/such is written right, and is there",
  },
  "an address that nobody listens at": {
    error: await caught(async () => fetch(`http://127.0.0.1:${await closedPort()}/`)),
    text: /^connect ECONNREFUSED (127\.0\.0\.1:\d+); see whether \1 can be reached from here$/,
  },
  "code that is wrong": {
    error: await caught(() => (undefined as unknown as Date).getTime()),
    text: bug,
  },
  "code that calls Node wrongly": {
    error: await caught(() => Buffer.from(undefined as unknown as string)),
    text: bug,
  },
  "what is no error": {error: "x", text: /^x\nThis is a fault of Meridian/},
};

for (const [name, {error, text, code = 1}] of Object.entries(failures))
  test(`tells ${name}`, () => {
    const failure = failureOf(error, "npm run x");
    assert.equal(failure.code, code);
    if (typeof text === "string") assert.equal(failure.text, text);
    else assert.match(failure.text, text);
  });

test("tells who has a port, and how to see it", async (t) => {
  const server = createServer();
  t.after(() => server.close());
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      const one = port === 0 ? server : createServer();
      one.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  await listen(0);
  const {port} = server.address() as AddressInfo;
  const {text} = failureOf(await caught(() => listen(port)), "npm run x");
  assert.ok(
    text.endsWith(
      `; stop what listens at 127.0.0.1:${port} (ss -ltnup | grep ${port}), then start again`,
    ),
    text,
  );
});
