import assert from "node:assert/strict";
import {execFileSync, spawn} from "node:child_process";
import {Resolver} from "node:dns/promises";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, describe, test} from "node:test";
import {blocksOf, root} from "../ops/command/blocks.rig.ts";
import {findLanguageServer} from "../setup/language-server.js";
import {until} from "../setup/until.ts";
import {notRun} from "./edge/edge.rig.ts";
import {type RealEditor, startRealEditor} from "./language-server/real-editor.ts";

/**
 * The first minutes of someone who has the README and nothing else: from a clean clone to a world, an editor in it, a
 * region lost and mended, and nothing left. How long each step takes is printed, and nothing is made of it.
 */
const program = findLanguageServer();
const skip = program ? notRun : "NOT RUN: no language server";
if (!program)
  console.log(
    `stopwatch.tour.ts: ${skip}. Mend: TOOLS=build node setup/main.js fetches it from npm`,
  );

const SERVICE = "completions.example.com";
/** Ample on a machine that does other things; what is asked is that it comes, not when. */
const withinMs = 240_000;

/** The block of a page that stands under this heading. */
function commandsOf(page: string, heading: string): string {
  const found = blocksOf(page).find(({under}) => under === heading);
  assert.ok(found, `${page}: nothing to type under "${heading}"`);
  return found.commands;
}

describe("the README, by the clock", {skip, timeout: 900_000}, () => {
  const home = mkdtempSync(join(tmpdir(), "meridian-stopwatch-"));
  const clone = join(home, "meridian");
  const env = withoutOurs(process.env);
  let world: ReturnType<typeof start>;
  let editor: RealEditor;
  let dns: Resolver;
  let lost: string;

  after(async () => {
    await editor?.close();
    await world?.interrupt();
    rmSync(home, {recursive: true, force: true});
  });

  /** A step, its time printed. */
  const step = (what: string, run: () => unknown) =>
    test(what, async () => {
      const from = performance.now();
      await run();
      console.log(
        `stopwatch: ${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s  ${what}`,
      );
    });

  step("clone", () => {
    execFileSync("git", ["clone", "-q", "--depth=1", `file://${root}`, clone], {env});
  });

  step("npm start, until the world is up", async () => {
    world = start(commandsOf("README.md", "Try it"), {cwd: clone, env});
    await until(() => world.isOver() || world.said().includes("The world is up."), {
      withinMs,
      everyMs: 50,
    });
    assert.doesNotMatch(world.said(), /FAILED|NO EDGE/);
    assert.match(world.said(), /The world is up\./);
  });

  step("an editor's language server connected, a suggestion shown", async () => {
    const led = environmentOf(commandsOf("docs/editors.md", "The world on this machine"), {
      cwd: clone,
      env,
    });
    dns = new Resolver();
    dns.setServers([led.DNS_SERVER!]);
    const [host, port] = led.DNS_SERVER!.split(":") as [string, string];
    editor = await startRealEditor({
      program: program!,
      folder: join(home, "editor"),
      world: {
        hostname: SERVICE,
        dns: {host, port: Number(port)},
        authorityFile: led.NODE_EXTRA_CA_CERTS!,
      },
      credential: led.MERIDIAN_KEY!,
      env: led,
    });
    await until(async () => (await editor.status()) === "OK", {withinMs});
    editor.open("/work/sum.ts", "export function sum(a: number, b: number) {\n  return ");
    await untilShown(editor);
  });

  step("its region lost: DNS has left it, a suggestion shown", async () => {
    const [address = ""] = await dns.resolve4(SERVICE);
    lost = address;
    await world.flip("lose-region", lost);
    await until(async () => !(await answers(dns)).has(lost), {withinMs, everyMs: 100});
    await untilShown(editor);
  });

  step("it is mended: DNS answers it again", async () => {
    await world.flip("lose-region", lost);
    await until(async () => (await answers(dns)).has(lost), {withinMs, everyMs: 100});
    await untilShown(editor);
  });

  step("torn down by Ctrl-C", async () => {
    await editor.close();
    assert.equal(await world.interrupt(), 0);
    await assert.rejects(dns.resolve4(SERVICE));
  });
});

/** What of a test's own environment a reader's shell does not have. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(npm_|NODE_|INIT_CWD$|TOOLS$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}

/** Everything that a shell has after these commands. */
function environmentOf(commands: string, options: {cwd: string; env: NodeJS.ProcessEnv}) {
  const text = execFileSync("bash", ["-euc", `${commands}\nenv -0`], {
    ...options,
    encoding: "utf8",
  });
  const pairs = text.split("\0").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2))) as Record<
    string,
    string
  >;
}

/** Types a world's command into a terminal of its own, which Ctrl-C reaches as a whole. */
function start(command: string, options: {cwd: string; env: NodeJS.ProcessEnv}) {
  const child = spawn(command, {
    ...options,
    shell: true,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const over = new Promise<number | null>((resolve) => child.on("close", resolve));

  /** Presses a switch of the console for the region at an address, as its page does. */
  async function flip(name: string, address: string) {
    const [, url = ""] = /(http:\/\/127\.0\.0\.1:\d+)\s+The world is up/.exec(said) ?? [];
    const {regions} = (await (await fetch(`${url}/world`)).json()) as {regions: {name: string}[]};
    const region = regions[Number(address.split(".")[1]) - 1]!.name;
    const headers = {origin: url, "content-type": "application/json"};
    const body = JSON.stringify({name, region});
    const {status} = await fetch(`${url}/switch`, {method: "POST", headers, body});
    assert.equal(status, 200);
  }

  /** Resolves to the exit code. */
  function interrupt(): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGINT");
    return over;
  }

  const isOver = () => child.exitCode !== null;
  return {said: () => said, isOver, flip, interrupt};
}

/** What DNS answers whoever asks here, over and over: regions of a pool take turns by weight. */
const answers = async (dns: Resolver): Promise<Set<string>> =>
  new Set((await Promise.all(Array.from({length: 24}, () => dns.resolve4(SERVICE)))).flat());

const untilShown = (editor: RealEditor) =>
  until(
    async () => {
      editor.type("a");
      return (await editor.complete()).some((text) => text !== "");
    },
    {withinMs, what: "a suggestion is shown"},
  );
