import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";
import {smallWorld} from "../../infra/fixture.ts";
import {LANGUAGE_SERVER_VERSION} from "../../setup/language-server.js";
import {findProgram} from "../../setup/programs.js";
import {envoy, notRun} from "../edge/edge.rig.ts";
import {leadingTo} from "../language-server/real-editor.ts";
import {chatting} from "../world/chatting.rig.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {addressesIn, readPage, SERVICE} from "./page.rig.ts";
import {trust} from "./sdks.rig.ts";
import {askBy, askers} from "./settings.rig.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NETWORK = new URL("../world/network.ts", import.meta.url).href;

const MODEL = "copilot-codex";
const served = {...smallWorld, models: {[MODEL]: {...smallWorld.models[MODEL]!, aliases: ["*"]}}};
const world = chatting(served, "copilot-nano");

/** Sections whose blocks are programs, and what each block prints. */
const programs: Readonly<Record<string, readonly RegExp[]>> = {
  curl: [
    /"id":"copilot-codex".*"id":"copilot-nano"/s,
    /"text":" a".*\[DONE\]/s,
    /"message":\{[^}]*"content":" a \+ b/,
    /"content":"[^"]/,
    /"message":\{[^}]*"content":"[^"]/,
    /"token":"[^"]+".*"expires_at":\d+.*"proxy":"https:/s,
  ],
  "openai for JavaScript": [/^ a \+ b;/],
  "AI SDK": [/\S/],
  Mistral: [/^ a \+ b;/],
};
/** What nothing here can hold to the tours: an environment, and a language that is not installed. */
const UNHELD = [
  "GitHub Copilot's language server",
  "Neovim and Vim",
  "Python and others",
  "Any other",
];

const page = readPage();
const sections = page.filter(({text}) => addressesIn(text).length > 0);
const curl = findProgram("curl") ? false : "NOT RUN: there is no curl";

test("every section that names an address is run, asked by, or said to be neither", () => {
  const held = [...Object.keys(programs), ...Object.keys(askers), ...UNHELD];
  assert.deepEqual(sections.map(({title}) => title).toSorted(), held.toSorted());
});

test("the versions that the page says were tried are those that are tried", () => {
  const {devDependencies} = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const rows = page[0]!.text.split("\n").filter((row) => row.includes(", in CI |"));
  const tried = rows.flatMap((row) =>
    [...row.matchAll(/(?:`([^`]+)`[^`\d]*?|\| )(\d+\.\d+\.\d+)/g)].map(([, name, version]) => [
      name ?? /^\| \[`?([^`\]]+)/.exec(row)![1]!,
      version!,
    ]),
  );
  assert.deepEqual(Object.fromEntries(tried), {
    "GitHub Copilot's language server": LANGUAGE_SERVER_VERSION,
    ...Object.fromEntries(
      ["openai", "@ai-sdk/openai-compatible", "ai", "@mistralai/mistralai"].map((name) => [
        name,
        devDependencies[name],
      ]),
    ),
  });
});

test("the language server is led by what its tour leads it by", () => {
  const titled = (title: string) =>
    page.find((section) => section.title === title)!.blocks[0]!.code;
  const leading = leadingTo(new URL(SERVICE).hostname, "$MERIDIAN_KEY");
  const exported = [
    ...titled("GitHub Copilot's language server").matchAll(/^export (\w+)=(.*)$/gm),
  ];
  assert.deepEqual(Object.fromEntries(exported.map(([, name, value]) => [name, value])), leading);
  const inLua = [...titled("Neovim and Vim").matchAll(/(GH_\w+) = (?:"(.*)"|vim\.env\.(\w+))/g)];
  assert.deepEqual(
    Object.fromEntries(inLua.map(([, name, value, variable]) => [name, value ?? `$${variable}`])),
    leading,
  );
});

describe("what docs/editors.md says", {skip: notRun}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  let running: RunningWorld;

  before(async () => {
    running = await startWorld({
      world,
      proxies: 1,
      envoy,
      folder: join(folder, "world"),
      block: 220,
      probeMs: 200,
    });
    trust(running.authority.pem);
  });
  after(async () => {
    await running?.stop();
    rmSync(folder, {recursive: true});
  });

  const key = () => running.people[0]!.credential;
  const door = () => `${running.regions[0]!.address}:${running.port}`;

  /** Runs a block in the world's network, as if it were the user's. */
  async function printed({language, code}: {language: string; code: string}): Promise<string> {
    const {PATH, HOME} = process.env;
    const mine = {PATH, HOME, MERIDIAN_KEY: key()};
    if (language === "sh") {
      const led = `curl() { command curl --cacert "$CA" --connect-to "::$DOOR" "$@"; }\n${code}`;
      const env = {...mine, CA: running.authorityFile, DOOR: door()};
      return (await run("bash", ["-euc", led], {env, cwd: folder})).stdout;
    }
    const env = {
      ...mine,
      DNS_SERVER: `${running.dns.host}:${running.dns.port}`,
      NODE_EXTRA_CA_CERTS: running.authorityFile,
    };
    const args = ["--import", NETWORK, "--input-type=module", "--eval", code];
    return (await run(process.execPath, args, {env, cwd: ROOT})).stdout;
  }

  for (const {title, blocks} of sections.filter(({title}) => title in programs))
    for (const [index, expected] of programs[title]!.entries())
      test(`${title}, block ${index + 1}, runs as it stands`, {
        skip: title === "curl" && curl,
      }, async () => {
        assert.equal(blocks.length, programs[title]!.length);
        assert.match(await printed(blocks[index]!), expected);
      });

  for (const {title, text} of sections.filter(({title}) => title in askers))
    test(`${title} is answered where its settings lead it`, async () => {
      const addresses = addressesIn(text);
      assert.equal(addresses.length, askers[title]!.length);
      for (const [index, asker] of askers[title]!.entries()) {
        const address = addresses[index]!.replace(SERVICE, `https://${door()}`);
        assert.match(await askBy(asker, address, key()), /\S/);
      }
    });
});
