import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import {homedir, tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {promisify} from "node:util";
import {createKeyList, keyListFile, type ListedKey} from "./key-list.ts";
import {listing} from "./listing.ts";

const keyOf = (id: string): ListedKey => ({
  id,
  service: "https://completions.example.com",
  user: "github:42",
  made: "2026-01-01T00:00:00.000Z",
  goodUntil: "2026-04-01T00:00:00.000Z",
});

function setUp(t: TestContext, text?: string) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const file = join(folder, "meridian", "keys.json");
  if (text !== undefined) {
    mkdirSync(dirname(file));
    writeFileSync(file, text);
  }
  return {file, list: createKeyList(file, async () => {})};
}

test("keys are kept in the order they were made, for their owner's eyes, and their ends with them", async (t) => {
  const {file, list} = setUp(t);
  assert.deepEqual(list.read(), []);
  await list.add(keyOf("k1"));
  await list.add(keyOf("k2"));
  await list.end("k1", "2026-02-01T00:00:00.000Z");
  await list.end("k1", "2026-03-01T00:00:00.000Z");
  await list.end("of another machine", "2026-03-01T00:00:00.000Z");
  const ended = {...keyOf("k1"), ended: "2026-02-01T00:00:00.000Z"};
  assert.deepEqual(list.read(), [ended, keyOf("k2")]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  assert.equal(existsSync(`${file}.new`), false);
});

describe("a file that cannot be read is said, and never overwritten", () => {
  const texts: Record<string, string> = {
    nothing: "",
    "half of it": '{"keys": [{"id": "k1"',
    "another list": "[]",
    "a key without its user": JSON.stringify({keys: [{...keyOf("k1"), user: undefined}]}),
  };
  for (const [name, text] of Object.entries(texts))
    test(name, async (t) => {
      const {file, list} = setUp(t, text);
      const message = `${file} is no list of keys, and is left as it is. Mend it, or move it away.`;
      assert.throws(() => list.read(), {message});
      await assert.rejects(list.add(keyOf("k2")), {message});
      await assert.rejects(list.end("k1", "2026-02-01T00:00:00.000Z"), {message});
      assert.equal(readFileSync(file, "utf8"), text);
      assert.equal(existsSync(`${file}.new`), false);
    });
});

test("what a later release keeps besides is left as it is", async (t) => {
  const later = {format: 2, keys: [{...keyOf("k1"), name: "laptop"}]};
  const {file, list} = setUp(t, JSON.stringify(later));
  await list.add(keyOf("k2"));
  const keys = [...later.keys, keyOf("k2")];
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {...later, keys});
});

test("commands that write at the same time lose no line", async (t) => {
  const {file, list} = setUp(t);
  const ids = ["a", "b", "c", "d", "e", "f"];
  const write = (id: string) => `
    import {createKeyList} from ${JSON.stringify(join(import.meta.dirname, "key-list.ts"))};
    const list = createKeyList(${JSON.stringify(file)});
    for (const part of [1, 2, 3]) await list.add({...${JSON.stringify(keyOf(id))}, id: "${id}" + part});`;
  const run = promisify(execFile);
  await Promise.all(
    ids.map((id) => run(process.execPath, ["--input-type=module", "--eval", write(id)])),
  );
  const expected = ids.flatMap((id) => [1, 2, 3].map((part) => `${id}${part}`));
  assert.deepEqual(
    list
      .read()
      .map(({id}) => id)
      .toSorted(),
    expected,
  );
});

test("a command that was killed as it wrote is told of, and its file left", async (t) => {
  const {file, list} = setUp(t, JSON.stringify({keys: []}));
  writeFileSync(`${file}.new`, "");
  await assert.rejects(list.add(keyOf("k1")), {
    message: `${file}.new is there: another npm run key writes it. If none runs, delete it.`,
  });
  assert.ok(existsSync(`${file}.new`));
  assert.deepEqual(list.read(), []);
});

test("where the file is", () => {
  const usual = join(homedir(), ".config/meridian/keys.json");
  assert.equal(
    keyListFile({XDG_CONFIG_HOME: "/home/ada/conf"}),
    "/home/ada/conf/meridian/keys.json",
  );
  assert.equal(keyListFile({XDG_CONFIG_HOME: "conf"}), usual);
  assert.equal(keyListFile({}), usual);
});

test("what is printed of them", () => {
  const ended = {...keyOf("k2"), ended: "2026-02-01T00:00:00.000Z"};
  const at = (day: string) => listing([keyOf("k1"), ended], Date.parse(day));
  assert.deepEqual(at("2026-03-31"), [
    "id  user       service                          made        state",
    "k1  github:42  https://completions.example.com  2026-01-01  good until 2026-04-01",
    "k2  github:42  https://completions.example.com  2026-01-01  ended 2026-02-01",
  ]);
  assert.match(at("2026-04-01")[1]!, /expired 2026-04-01$/);
});
