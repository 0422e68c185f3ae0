import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {readFileSync} from "node:fs";
import {text} from "node:stream/consumers";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import {optionsNamed} from "./blocks.rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, args, {cwd: root, stdio: ["ignore", "pipe", "pipe"]});
  const said = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const ended = said.then(([out, err, [code]]) => ({code, out, err}));
  return {child, ended};
}

const {scripts} = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  scripts: Record<string, string>;
};

/** Where what a command prints is to be kept, npm says nothing beside it. */
const typedAs = (name: string) =>
  name === "start" ? "npm start" : `npm run ${name === "key" ? "--silent " : ""}${name}`;

/** The programs that people run, by what they type. */
const commands = Object.entries(scripts)
  .filter(([, script]) => script.endsWith(".ts"))
  .map(([name, script]) => ({
    name,
    typed: typedAs(name),
    file: script.split(" ").at(-1)!,
  }));

test("there are commands to try", () => assert.ok(commands.length > 10));

const offers = (help: string, option: string) => new RegExp(`\\s${option}(?![\\w-])`).test(help);

for (const {name, typed, file} of commands)
  test(`${typed} has a help, and refuses what it has no option for`, async () => {
    const [help, bad] = await Promise.all([
      start([file, "--help"]).ended,
      start([file, "--no-such-option"]).ended,
    ]);
    assert.deepEqual([help.code, help.err], [0, ""]);
    assert.ok(help.out.startsWith(`${typed} -- `), help.out);
    assert.match(help.out, /\n {2}--help {2,}this text\n/);
    const unknown = optionsNamed(name).filter((option) => !offers(help.out, option));
    assert.deepEqual(unknown, [], "which pages name");
    assert.deepEqual([bad.code, bad.out], [2, ""]);
    assert.match(bad.err, /^(.*cannot begin:\n {2}- )?--no-such-option is not an option; /);
    assert.match(bad.err, /\n--help lists the options\.\n$/);
  });

/** A program that is a command with this body. */
const program = (body: string) => [
  "--input-type=module",
  "--eval",
  `import {runCommand} from "${root}ops/command/command.ts";
  await runCommand({usage: ["npm run x -- "], about: "x", options: {}, ${body}});`,
];

test("Ctrl-C ends a command with 130, unless it sees to that itself", async () => {
  const stay = "console.log('ready'); await new Promise((resolve) => setTimeout(resolve, 60_000));";
  const plain = start(program(`run: async () => {${stay}}`));
  const own = start(
    program(
      `run: async (_, {on}) => { on((count, signal) => { console.log(count, signal); if (count > 1) process.exit(7); }); ${stay}}`,
    ),
  );
  await Promise.all([plain, own].map(({child}) => once(child.stdout, "data")));
  plain.child.kill("SIGINT");
  own.child.kill("SIGTERM");
  await once(own.child.stdout, "data");
  own.child.kill("SIGINT");
  assert.equal((await plain.ended).code, 130);
  assert.deepEqual(await own.ended, {code: 7, out: "ready\n1 SIGTERM\n2 SIGINT\n", err: ""});
});

test("an exit code ends the process once all is written, whatever is still open", async () => {
  const {ended} = start(
    program(
      `run() { setInterval(() => {}, 1e6); process.stdout.write("x".repeat(5e6)); return 3; }`,
    ),
  );
  const {code, out} = await ended;
  assert.deepEqual([code, out.length], [3, 5e6]);
});

test("a reader that goes away ends it, and is no fault", async () => {
  const {child, ended} = start(
    program(`run() { for (let at = 0; at < 100; at++) process.stdout.write("x".repeat(1e5)); }`),
  );
  await once(child.stdout, "readable");
  child.stdout.destroy();
  child.stdout.emit("end");
  const [code, err] = await Promise.all([once(child, "exit"), ended.catch(() => undefined)]);
  assert.deepEqual([code[0], err?.err ?? ""], [0, ""]);
});
