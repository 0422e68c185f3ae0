import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {generateKeyPairSync} from "node:crypto";
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, describe, type TestContext, test} from "node:test";
import {SignJWT} from "jose";
import {type Said, startIssuerRig, startProvider, TOKEN_PATH} from "../../proxy/issuer/rig.ts";

const root = join(import.meta.dirname, "../..");

/** Where these tests keep the list of keys. */
const XDG_CONFIG_HOME = mkdtempSync(join(tmpdir(), "meridian-"));
after(() => rmSync(XDG_CONFIG_HOME, {recursive: true}));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: string[]) => runWith("", ...args);

const runWith = (stdin: string, ...args: string[]) => runIn(XDG_CONFIG_HOME, stdin, ...args);

const runIn = (XDG_CONFIG_HOME: string, stdin: string, ...args: string[]) =>
  new Promise<Ended>((resolve) => {
    const file = ["ops/key/main.ts", ...args];
    const env = {...process.env, XDG_CONFIG_HOME};
    const child = execFile(process.execPath, file, {cwd: root, env}, (error, stdout, stderr) =>
      resolve({code: error ? Number(error.code) : 0, stdout, stderr}),
    );
    child.stdin?.end(stdin);
  });

const signing = generateKeyPairSync("ec", {namedCurve: "P-256"});
const jwk = {...signing.publicKey.export({format: "jwk"}), kid: "one", use: "sig"};
const BEGUN = {
  device_code: "device",
  user_code: "WDJB-MJHT",
  verification_uri: "https://example.com/device",
  expires_in: 900,
  interval: 0.01,
};

/** An issuer that makes keys, and its provider of a kind, whose login ends as `tokens` says. */
async function startService(
  t: TestContext,
  kind: "github" | "oidc",
  {tokens, device = true}: {tokens?: Said; device?: boolean} = {},
) {
  const polls: Said[] = [
    {body: {error: "authorization_pending"}},
    tokens ?? {body: {access_token: "gho_ada", refresh_token: "refresh-ada"}},
  ];
  const provider = await startProvider(t, async ({path, headers, body}): Promise<Said> => {
    switch (path) {
      case "/user":
        return headers.authorization === "Bearer gho_ada" ? {body: {id: 42}} : {status: 401};
      case "/.well-known/openid-configuration":
        return {body: metadata()};
      case "/keys":
        return {body: {keys: [jwk]}};
      case "/login/device/code":
      case "/device":
        return {body: BEGUN};
      case "/login/oauth/access_token":
        return polls.shift()!;
      case "/revoke":
        return {};
      case "/token":
        return body.includes("refresh-ada") ? {body: await refreshed()} : polls.shift()!;
      default:
        return {status: 404};
    }
  });
  const metadata = () => ({
    issuer: provider.url,
    jwks_uri: `${provider.url}/keys`,
    token_endpoint: `${provider.url}/token`,
    revocation_endpoint: `${provider.url}/revoke`,
    ...(device && {device_authorization_endpoint: `${provider.url}/device`}),
  });
  const refreshed = async () => ({
    access_token: await new SignJWT({sub: "ada"})
      .setProtectedHeader({alg: "ES256", kid: "one"})
      .setIssuer(provider.url)
      .setAudience("meridian")
      .setExpirationTime("1h")
      .sign(signing.privateKey),
  });
  const exchange = () =>
    kind === "github"
      ? {kind, api: provider.url}
      : {kind, issuer: provider.url, audience: "meridian"};
  const keys = {lifetimeS: 90 * 86_400, clientId: "app", scopes: []};
  const issuer = await startIssuerRig(t, {exchange, keys});
  return {...issuer, service: `http://127.0.0.1:${issuer.port}`};
}

describe("npm run key makes a key, which is good at the service,", () => {
  for (const [kind, user] of Object.entries({github: "github:42", oidc: "oidc:ada"}) as [
    "github" | "oidc",
    string,
  ][])
    test(`of a user of ${kind}`, async (t) => {
      const {service, get} = await startService(t, kind);
      const {code, stdout, stderr} = await run("--service", service);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^meridian_\S+\n$/);
      assert.match(stderr, /^Open https:\/\/example\.com\/device in a browser.*WDJB-MJHT\n/);
      assert.match(stderr, new RegExp(`A key of ${user}, good until \\d{4}-\\d\\d-\\d\\d\\.`));
      for (const secret of ["gho_ada", "refresh-ada", stdout.trim()])
        assert.ok(!stderr.includes(secret), secret);
      assert.equal((await get(TOKEN_PATH, `Bearer ${stdout.trim()}`)).status, 200);
    });
});

describe("npm run key -- end", () => {
  test("ends the key on stdin, and says which", async (t) => {
    const {service} = await startService(t, "oidc");
    const {stdout: key} = await run("--service", service);
    const {code, stdout, stderr} = await runWith(key, "end", "--service", service);
    assert.deepEqual([code, stdout], [0, ""], stderr);
    assert.match(stderr, /^The key [\w-]{36} of oidc:ada is ended/);
    assert.ok(!stderr.includes(key.trim()));
  });

  test("says what to do with what it cannot end", async (t) => {
    const {service} = await startService(t, "github");
    const {stdout: key} = await run("--service", service);
    const ended = await runWith(key, "end", "--service", service);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /cannot take back one sign-in.*revoke the key by its id/);
    const noKey = await runWith("gho_ada", "end", "--service", service);
    assert.deepEqual([noKey.code, noKey.stderr.includes("gho_ada")], [1, false]);
    assert.equal((await run("ende", "--service", service)).code, 2);
  });
});

describe("npm run key -- list", () => {
  test("prints the keys that were made here, what became of them, and no secret", async (t) => {
    const one = await startService(t, "oidc");
    const other = await startService(t, "github");
    const {stdout: key} = await run("--service", one.service);
    await run("--service", other.service);
    await runWith(key, "end", "--service", one.service);
    const {code, stdout, stderr} = await run("list");
    assert.deepEqual([code, stderr.includes("made on this machine")], [0, true]);
    const row = (user: string, service: string, state: string) =>
      new RegExp(`^[\\w-]{36}  ${user} +${service} +\\d{4}-\\d\\d-\\d\\d  ${state}`, "m");
    assert.match(stdout, row("oidc:ada", one.service, "ended"));
    assert.match(stdout, row("github:42", other.service, "good until"));
    const {stdout: filtered} = await run("list", "--service", other.service);
    assert.ok(filtered.includes(other.service) && !filtered.includes(one.service));
    const kept = readFileSync(join(XDG_CONFIG_HOME, "meridian/keys.json"), "utf8");
    for (const secret of ["meridian_", "refresh-ada", "gho_ada"])
      assert.ok(!`${kept}${stdout}${stderr}`.includes(secret), secret);
  });

  test("a list that cannot be written keeps no key from being made or ended, and is said", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-"));
    t.after(() => rmSync(folder, {recursive: true}));
    const file = join(folder, "meridian/keys.json");
    mkdirSync(join(folder, "meridian"));
    writeFileSync(file, "mine");
    const {service} = await startService(t, "oidc");
    const made = await runIn(folder, "", "--service", service);
    const ended = await runIn(folder, made.stdout, "end", "--service", service);
    const listed = await runIn(folder, "", "list");
    assert.deepEqual([made.code, ended.code, listed.code], [0, 0, 1]);
    assert.match(made.stdout, /^meridian_\S+\n$/);
    for (const {stderr} of [made, ended])
      assert.match(stderr, /The list of keys does not say so: \S+ is no list of keys, and is left/);
    assert.equal(readFileSync(file, "utf8"), "mine");
  });
});

describe("it makes none, prints nothing to stdout, and says what to do", () => {
  const cases: Record<
    string,
    ["github" | "oidc", Parameters<typeof startService>[2], message: RegExp]
  > = {
    "a login that was turned down": [
      "github",
      {tokens: {body: {error: "access_denied"}}},
      /The login was turned down in the browser/,
    ],
    "a GitHub app whose tokens end": [
      "github",
      {tokens: {body: {access_token: "ghu_ada", expires_in: 28_800}}},
      /end after 8 hours.*opt out of expiring user tokens/,
    ],
    "a user whom the service does not know": [
      "github",
      {tokens: {body: {access_token: "gho_bob"}}},
      /The credential is not valid any more; sign in again/,
    ],
    "a provider that gives no refresh token": [
      "oidc",
      {tokens: {body: {access_token: "at"}}},
      /app app allowed the scope offline_access/,
    ],
    "a provider without a device login": ["oidc", {device: false}, /has no device login/],
  };
  for (const [name, [kind, options, message]] of Object.entries(cases))
    test(name, async (t) => {
      const {service} = await startService(t, kind, options);
      const {code, stdout, stderr} = await run("--service", service);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /fault of Meridian|gh[ou]_|\n {4}at /);
    });

  test("a service that makes none", async (t) => {
    const exchange = () => ({kind: "github", api: "http://127.0.0.1:1"});
    const {port} = await startIssuerRig(t, {exchange});
    const {code, stderr} = await run("--service", `http://127.0.0.1:${port}`);
    assert.equal(code, 1);
    assert.match(stderr, /makes no personal keys\. Its platform team .* service\.tokens\.keys/);
  });

  test("what is no service", async () => {
    const answers = [
      await run("--service", "http://example.com"),
      await run("--service", "https://example.com/v1"),
      await run("--service", "completions"),
    ];
    for (const {code, stderr} of answers) {
      assert.equal(code, 2);
      assert.match(stderr, /is no service; write it like https:\/\/completions\.example\.com/);
    }
  });

  test("a service that is not there", async () => {
    const {code, stderr} = await run("--service", "http://127.0.0.1:1");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^http:\/\/127\.0\.0\.1:1 gave no answer \(.+\)\. See whether the address/,
    );
  });
});

test("--help says what it does", async () => {
  const {code, stdout} = await run("--help");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^npm run --silent key -- \[--service URL\]\n.+ end \[--service URL\]\n.+ list \[--service URL\]\n\nMakes a personal key/,
  );
});
