import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, statSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {UnsecuredJWT} from "jose";
import {startIdTokens} from "../../cloud/logins/id-tokens.ts";
import {until} from "../../setup/until.ts";
import {askIdToken, renewalMs} from "./id-token.ts";

const SUBJECT = "repo:acme/meridian:environment:preview";

/** The command with these arguments; a file in a folder of its own stands for FILE. */
function start(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  const file = join(folder, "id-token");
  const given = args.map((arg) => (arg === "FILE" ? file : arg));
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...given], {env});
  const command = {file, told: "", code: undefined as number | null | undefined};
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    command.told += text;
  });
  child.on("close", (code) => {
    command.code = code;
  });
  t.after(() => {
    child.kill();
    rmSync(folder, {recursive: true});
  });
  return command;
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

test("the token in the file is renewed before it ends, and never ends", async (t) => {
  const tokens = await startIdTokens({subject: SUBJECT, lifetimeS: 4});
  t.after(tokens.close);
  const {file} = start(t, ["FILE"], tokens.env);
  await until(() => read(file) !== undefined);
  const first = read(file)!;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await until(async () => (await tokens.judge(first)) === "expired", {everyMs: 100});
  const [now, another] = [read(file)!, tokens.given()];
  assert.notEqual(now, first);
  assert.ok(another > 1);
});

test("what GitHub refuses in between ends nothing: the file stays, and is renewed later", async (t) => {
  let status = 200;
  const value = new UnsecuredJWT().setExpirationTime(Math.floor(Date.now() / 1000) + 2).encode();
  const server = createServer((_, response) =>
    response.writeHead(status).end(JSON.stringify({value})),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const {port} = server.address() as AddressInfo;
  const command = start(t, ["FILE"], {
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job",
  });
  await until(() => read(command.file) === value);
  status = 403;
  await until(() => command.told.includes("GitHub answers 403"));
  assert.equal(read(command.file), value);
  rmSync(command.file);
  status = 200;
  await until(() => read(command.file) === value);
  assert.equal(command.code, undefined);
});

test("--once fails where GitHub gives none", async (t) => {
  const tokens = await startIdTokens({subject: SUBJECT, lifetimeS: 60});
  t.after(tokens.close);
  const env = {...tokens.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "another job's"};
  const command = start(t, ["--once", "FILE"], env);
  await until(() => command.code !== undefined);
  assert.equal(command.code, 1);
  assert.match(command.told, /GitHub answers 401/);
  assert.ok(!command.told.includes("another job's"));
});

test("a job without the permission is told of it, with all else that is wrong", async (t) => {
  const command = start(t, [], {});
  await until(() => command.code !== undefined);
  assert.equal(command.code, 2);
  assert.match(command.told, /name the one file to write[\s\S]*permissions: \{id-token: write\}/);
});

test("it asks for what Entra takes, and waits for half of what is left, a second at least", async (t) => {
  const tokens = await startIdTokens({subject: SUBJECT, lifetimeS: 300});
  t.after(tokens.close);
  const {ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token} = tokens.env;
  const outcome = await askIdToken({url: url!, token: token!});
  assert.ok("answer" in outcome);
  assert.equal(await tokens.judge(outcome.answer), "good");
  const ending = new UnsecuredJWT().setExpirationTime(1000).encode();
  const waits = [700, 999, 2000].map((nowS) => renewalMs(ending, nowS * 1000));
  assert.deepEqual(waits, [150_000, 1000, 1000]);
});
