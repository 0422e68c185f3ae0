import assert from "node:assert/strict";
import {execFileSync, spawn} from "node:child_process";
import {Resolver} from "node:dns/promises";
import {mkdtempSync} from "node:fs";
import {rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {after, describe, test} from "node:test";
import {blocksOf, root} from "../ops/command/blocks.rig.ts";
import {findLanguageServer} from "../setup/language-server.js";
import {until} from "../setup/until.ts";
import {type RealEditor, startRealEditor} from "./language-server/real-editor.ts";

/**
 * The first minutes of someone who has the README and nothing else: from a clean clone to a world, an editor in it, a
 * region lost and mended, and nothing left. How long each step takes is printed, and nothing is made of it.
 */
const program = findLanguageServer();
const skip = program ? false : "NOT RUN: no language server";
if (skip)
  console.log(
    `stopwatch.tour.ts: no suggestion is shown: ${skip}. Mend: TOOLS=build node setup/main.js fetches it from npm`,
  );

const SERVICE = "completions.example.com";
/** Ample on a machine that does other things; what is asked is that it comes, not when. */
const withinMs = 300_000;

/** The block of a page that stands under this heading. */
function commandsOf(page: string, heading: string): string {
  const found = blocksOf(page).find(({under}) => under === heading);
  assert.ok(found, `${page}: nothing to type under "${heading}"`);
  return found.commands;
}

describe("the README, by the clock", {timeout: 900_000}, () => {
  const home = mkdtempSync(join(tmpdir(), "meridian-stopwatch-"));
  const clone = join(home, "meridian");
  const env = withoutOurs(process.env);
  let world: ReturnType<typeof start>;
  let editor: RealEditor | undefined;
  const dns = new Resolver();
  let led: Record<string, string>;
  let lost: string;

  after(async () => {
    if (!failed) return;
    await editor?.close().catch(() => {});
    await world?.interrupt();
    await rm(home, {recursive: true, force: true});
  });

  let failed = false;
  /** A step, its time printed; nothing is tried after one that failed. */
  const step = (what: string, run: () => unknown, skip: string | false = false) =>
    test(what, {skip}, async (t) => {
      if (failed) return t.skip("an earlier step failed");
      failed = true;
      const from = performance.now();
      await run();
      const seconds = ((performance.now() - from) / 1000).toFixed(1).padStart(6);
      console.log(`stopwatch: ${seconds} s  ${what}`);
      failed = false;
    });

  step("clone", () => {
    execFileSync("git", ["clone", "-q", "--depth=1", `file://${root}`, clone], {env});
  });

  step("npm start, until the world is up", async () => {
    world = start(commandsOf("README.md", "Try it"), {cwd: clone, env});
    const isUp = () => world.isOver() || world.said().includes("The world is up.");
    // What it said in the end tells more than that it did not come.
    await until(isUp, {withinMs, everyMs: 50}).catch(() => {});
    assert.match(world.said(), /The world is up\./);
    assert.doesNotMatch(world.said(), /FAILED|NO EDGE/);
  });

  step("the world's own network, as docs/editors.md has it", () => {
    led = exportedBy(commandsOf("docs/editors.md", "The world on this machine"), {cwd: clone, env});
    dns.setServers([led.DNS_SERVER!]);
  });

  const editorIn = (led: Record<string, string>) => {
    const [host, port] = led.DNS_SERVER!.split(":") as [string, string];
    const world = {
      hostname: SERVICE,
      dns: {host, port: Number(port)},
      authorityFile: led.NODE_EXTRA_CA_CERTS!,
    };
    const credential = led.MERIDIAN_KEY!;
    return startRealEditor({
      program: program!,
      folder: join(home, "editor"),
      world,
      credential,
      env: led,
    });
  };

  step(
    "an editor's language server connected, a suggestion shown",
    async () => {
      const opened = await editorIn(led);
      editor = opened;
      await until(async () => (await opened.status()) === "OK", {withinMs});
      opened.open("/work/sum.ts", "export function sum(a: number, b: number) {\n  return ");
      await untilShown(opened);
    },
    skip,
  );

  step("its region lost: DNS has left it, a suggestion shown", async () => {
    const [address = ""] = await dns.resolve4(SERVICE);
    lost = address;
    await world.flip("lose-region", lost);
    await until(async () => !(await answers(dns)).has(lost), {withinMs, everyMs: 100});
    if (editor) await untilShown(editor);
  });

  step("it is mended: DNS answers it again", async () => {
    await world.flip("lose-region", lost);
    await until(async () => (await answers(dns)).has(lost), {withinMs, everyMs: 100});
    if (editor) await untilShown(editor);
  });

  step("torn down by Ctrl-C", async () => {
    await editor?.close();
    await world.interrupt();
    assert.match(world.said(), /stopping the world/);
    await assert.rejects(dns.resolve4(SERVICE));
  });

  step("the clone deleted", () => rm(home, {recursive: true}));
});

/** A reader's shell has nothing of a test's, and the machine's own Node. */
function withoutOurs({PATH = "", ...env}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(npm_|NODE_|INIT_CWD$|TOOLS$)/;
  const others = Object.entries(env).filter(([name]) => !ours.test(name));
  const folders = PATH.split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return {...Object.fromEntries(others), PATH: folders.join(delimiter)};
}

/** The variables that these commands export. */
function exportedBy(commands: string, options: {cwd: string; env: NodeJS.ProcessEnv}) {
  const script = `${commands}\nenv -0`;
  const text = execFileSync("bash", ["-euc", script], {...options, encoding: "utf8"});
  const all = new Map(text.split("\0").map((pair) => pair.split(/=(.*)/s) as [string, string]));
  const names = [...commands.matchAll(/^export (\w+)=/gm)].map(([, name]) => name!);
  return Object.fromEntries(names.map((name) => [name, all.get(name)!]));
}

/** Types a world's command into a terminal of its own, which Ctrl-C reaches as a whole. */
function start(command: string, options: {cwd: string; env: NodeJS.ProcessEnv}) {
  const [program = "", ...args] = command.split(" ");
  const child = spawn(program, args, {
    ...options,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const over = new Promise<unknown>((resolve) => child.on("close", resolve));

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

  /** Presses Ctrl-C; resolves once all that was started is gone. */
  function interrupt(): Promise<unknown> {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGINT");
    return over;
  }

  const isOver = () => child.exitCode !== null;
  return {said: () => said, isOver, flip, interrupt};
}

/**
 * What DNS answers whoever asks here, over and over: regions of a pool take turns by weight. Of 64 answers a region that
 * is a quarter of its pool is missing once in a hundred million times.
 */
const answers = async (dns: Resolver): Promise<Set<string>> =>
  new Set((await Promise.all(Array.from({length: 64}, () => dns.resolve4(SERVICE)))).flat());

const untilShown = (editor: RealEditor) =>
  until(
    async () => {
      editor.type("a");
      return (await editor.complete()).some((text) => text !== "");
    },
    {withinMs, what: "a suggestion is shown"},
  );
