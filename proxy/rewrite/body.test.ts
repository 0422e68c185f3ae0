import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {ProxyError} from "../errors.ts";
import {type Body, bodyOf, parseBody} from "./body.ts";
import {constantOf} from "./json-body.ts";
import {membersOf} from "./members.ts";
import {MAX_DEPTH, MAX_VALUES} from "./scanner.ts";

const parse = (text: string | Buffer) => parseBody(Buffer.from(text as string));
const written = (text: string) => parse(text).bytes().toString();

/** The text as JSON.parse takes it, where that is an object. */
function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function bodyIfValid(bytes: Buffer) {
  try {
    return parseBody(bytes);
  } catch (error) {
    assert.ok(error instanceof ProxyError && error.code === "BODY_INVALID", String(error));
    return undefined;
  }
}

/** Texts with every kind of blank, escape and number, some of them broken at one place. */
const texts = fc
  .record({
    value: fc.jsonValue({depthSize: "medium", noUnicodeString: false}),
    indent: fc.constantFrom("", " ", "\t", "\r\n"),
    numbers: fc.array(
      fc.constantFrom("1.0", "-0", "1e400", "9007199254740993", "01", "1.", "+1", ".5"),
    ),
    at: fc.nat(),
    junk: fc.constantFrom("", "", "", ",", "}", "]", '"', "\\", "\u0001", "x", "\\u12", "{"),
  })
  .map(({value, indent, numbers, at, junk}) => {
    const fields = numbers.map((number, index) => `"n${index % 3}":${number}`);
    const text = `${indent}{${[`"v":${JSON.stringify(value, null, indent)}`, ...fields].join(",")}}`;
    const place = at % (text.length + 1);
    return text.slice(0, place) + junk + text.slice(place);
  });

describe("a body", () => {
  test("is taken where JSON.parse takes it for an object, and says the same", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text);
        const value = objectOf(bytes.toString());
        const body = bodyIfValid(bytes);
        assert.equal(body === undefined, value === undefined, text);
        if (!body || !value) return;
        for (const name of Object.keys(value)) assert.deepEqual(body.get(name), value[name]);
        assert.deepEqual(new Set(body.names()), new Set(Object.keys(value)));
        assert.deepEqual(JSON.parse(body.bytes().toString()), value);
        body.remove("n1");
        const {n1: _, ...rest} = value;
        const without = body.bytes({n0: "x"}).toString();
        assert.deepEqual(JSON.parse(without), {...rest, n0: "x"});
        const names = Object.keys({...rest, n0: "x"});
        assert.equal(membersOf(Buffer.from(without)).length, names.length);
      }),
      {numRuns: 3000, seed: 1},
    );
  });

  test("is refused or taken, whatever its bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => void bodyIfValid(Buffer.from(bytes))),
      {seed: 1},
    );
  });

  test("is written as it came, but for what is changed", () => {
    const body = parse('{"seed": 9007199254740993 , "t":1.0,"n":2,"x":{"a": 1e2},"s":"\\u00e9é"}');
    body.set("n", 1);
    body.remove("x");
    body.set("new", [null]);
    const text = '{"seed": 9007199254740993 , "t":1.0,"s":"\\u00e9é","n":1,"new":[null]}';
    assert.equal(body.bytes().toString(), text);
    assert.equal(
      body.bytes({n: 3}).toString(),
      text.replace(',"n":1', "").replace("]}", '],"n":3}'),
    );
  });

  test("that nothing changes goes on as the bytes that came, without a copy", () => {
    const bytes = Buffer.from(' {"model":"m","n":1,"stop":["\\n"], "x":null} ');
    const same: Record<string, (body: Body) => unknown> = {
      "nothing is done": () => undefined,
      "it is only read": (body) => body.get("stop"),
      "what is not there is removed": (body) => body.remove("y"),
      "a constant is there already": (body) => body.setConstant("stop", constantOf(["\n"])),
      "a fork of it is changed": (body) => body.fork().set("n", 2),
    };
    for (const [name, act] of Object.entries(same)) {
      const body = parseBody(bytes);
      act(body);
      for (const one of [body, body.fork()]) assert.equal(one.bytes(), bytes, name);
      assert.equal(body.bytes({model: "m"}), bytes, name);
    }
    const other = parseBody(bytes);
    const changed = other.bytes({model: "o"}).toString();
    assert.equal(changed, '{"n":1,"stop":["\\n"], "x":null,"model":"o"}');
    other.set("model", "o");
    for (const model of ["m", "o"])
      assert.equal(JSON.parse(other.bytes({model}).toString()).model, model);
    assert.equal(written('{"n":1,"n":1}'), '{"n":1}');
  });

  test("of a constant has it, and opens a copy of it", () => {
    const constant = constantOf({a: {b: 1}});
    const body = parse('{"x":{"a":{"b":2}}}');
    body.setConstant("x", constant);
    assert.equal(body.get("x"), constant.value);
    (body.open("x") as {a: {b: number}}).a.b = 3;
    assert.equal(body.bytes().toString(), '{"x":{"a":{"b":3}}}');
    assert.deepEqual(constant, constantOf({a: {b: 1}}));
  });

  test("that is opened keeps the digits of what is not changed in it", () => {
    const body = parse('{"x":{"seed":12345678901234567890,"t":0.10,"n":[1.0,2]}}');
    const opened = body.open("x") as {n: unknown[]; seed: unknown};
    opened.n[1] = 3;
    assert.equal(
      body.bytes().toString(),
      '{"x":{"seed":12345678901234567890,"t":0.10,"n":[1.0,3]}}',
    );
  });

  test("of a name that is there twice has the last, for us and for the host", () => {
    const body = parse('{"n":1000,"m":1,"n":2}');
    assert.equal(body.get("n"), 2);
    assert.deepEqual(JSON.parse(body.bytes().toString()), {n: 2, m: 1});
    assert.equal(body.bytes().toString().match(/"n"/g)?.length, 1);
    assert.equal(written('{"a":1,"n":1000,"b":2,"n":2}'), '{"a":1,"b":2,"n":2}');
  });

  test("of a client's own names, none is lost or added by what becomes of them", () => {
    const body = parse('{"a":1,"b":2}');
    body.set("c", 3);
    body.remove("a");
    assert.deepEqual(
      [body.written(), body.fork().written()],
      [
        ["a", "b"],
        ["a", "b"],
      ],
    );
    assert.deepEqual(bodyOf({a: 1}).written(), []);
  });

  test("of a fork is another", () => {
    const body = bodyOf({a: 1});
    const fork = body.fork();
    fork.set("a", 2);
    fork.remove("b");
    assert.deepEqual([body.bytes(), fork.bytes()].map(String), ['{"a":1}', '{"a":2}']);
  });

  const same = ["{}", '{"__proto__":{"a":1},"constructor":2}', '{"":""}', '{"\\n":1}'];
  for (const text of same) test(`${text} comes back`, () => assert.equal(written(text), text));

  const faults: Record<string, [text: string | Buffer, message: RegExp]> = {
    "no object": ["[1]", /^The body begins no object, at byte 0; send a JSON object\.$/],
    empty: ["", /begins no object, at byte 0/],
    "cut off": ['{"prompt":"let', /has a text that does not end, .* at byte 14/],
    "two objects": ["{} {}", /goes on after its object, at byte 3/],
    "a trailing comma": ['{"a":1,}', /has a member without a name, at byte 7/],
    "no UTF-8": [Buffer.from([0x7b, 0x22, 0xff, 0x22]), /^The body is not UTF-8; send it so\.$/],
    "too deep": [`{"a":${"[".repeat(MAX_DEPTH)}`, /nests deeper than 100 levels/],
    "too many values": [`{"a":[${"1,".repeat(MAX_VALUES)}1]}`, /has more than 50000 values/],
    "too many parameters": [
      `{${Array.from({length: 257}, (_, index) => `"${index}":1`)}}`,
      /has more than 256 parameters/,
    ],
  };
  for (const [name, [text, message]] of Object.entries(faults))
    test(`that is ${name} is refused in words`, () =>
      assert.throws(() => parse(text), {code: "BODY_INVALID", status: 400, message}));

  test("as deep as may be is taken and written", () => {
    const deep = `{"a":${"[".repeat(MAX_DEPTH - 1)}${"]".repeat(MAX_DEPTH - 1)}}`;
    assert.equal(written(deep), deep);
  });

  for (const character of ["[", "{", '{"a":', '"', "[[],"])
    test(`of a million times ${character} is refused, and throws nothing else`, () => {
      for (const before of ["", '{"a":'])
        assert.equal(bodyIfValid(Buffer.from(before + character.repeat(1_000_000))), undefined);
    });
});
