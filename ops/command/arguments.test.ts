import assert from "node:assert/strict";
import {test} from "node:test";
import {
  type Given,
  oneOf,
  parseArguments,
  readAll,
  type UsageError,
  wholeNumber,
} from "./arguments.ts";

const options = {
  stack: {type: "string", multiple: true, text: ""},
  format: {type: "string", default: "text", text: ""},
  json: {type: "boolean", text: ""},
  console: {type: "boolean", default: true, text: ""},
} as const;

type All = Given<typeof options>["values"];
type Values = {[Name in keyof All]?: All[Name] | undefined};
const usual: Values = {format: "text", console: true};

const taken: Record<string, {args: string[]; values?: Values; operands?: string[]}> = {
  nothing: {args: []},
  "an option twice, where it may be": {
    args: ["--stack", "a", "--stack=b"],
    values: {stack: ["a", "b"]},
  },
  "what is on turned off": {args: ["--no-console"], values: {console: false}},
  "operands, among options": {
    args: ["x", "--json", "y"],
    values: {json: true},
    operands: ["x", "y"],
  },
};

for (const [name, {args, values, operands = []}] of Object.entries(taken))
  test(`takes ${name}`, () => {
    const given = parseArguments(args, options, true);
    assert.deepEqual({...given.values}, {...usual, ...values});
    assert.deepEqual([given.operands, given.faults, given.wantsHelp], [operands, [], false]);
  });

const refused: Record<string, {args: string[]; faults: string[]; values?: Values}> = {
  "an unknown option, which names the nearest": {
    args: ["--stak=a"],
    faults: ['--stak is not an option; did you mean "--stack"?'],
  },
  "an unknown option that is near to none": {
    args: ["--whatever"],
    faults: [
      "--whatever is not an option; use one of --format, --help, --json, --no-console, --stack",
    ],
  },
  "no to what cannot be turned off": {
    args: ["--no-json"],
    faults: [
      "--no-json is not an option; use one of --format, --help, --json, --no-console, --stack",
    ],
  },
  "an option that every object has": {
    args: ["--constructor"],
    faults: [
      "--constructor is not an option; use one of --format, --help, --json, --no-console, --stack",
    ],
  },
  "what is missing, too much and stray, all at once, and keeps the rest": {
    args: ["--json=yes", "stray", "--stack", "a", "--format"],
    faults: [
      "--json takes no value",
      '"stray" is not an option; each begins with --',
      "--format wants a value; write it behind it",
    ],
    values: {stack: ["a"], json: undefined},
  },
};

for (const [name, {args, faults, values}] of Object.entries(refused))
  test(`refuses ${name}`, () => {
    const given = parseArguments(args, options, false);
    assert.deepEqual(given.faults, faults);
    if (values) assert.deepEqual({...given.values}, {...usual, ...values});
  });

test("help is asked for among anything", () => {
  for (const args of [["-h"], ["--nonsense", "--help"]])
    assert.equal(parseArguments(args, options, false).wantsHelp, true);
});

test("all parts are read, and all of their faults told; another error passes through", () => {
  const bad = () => wholeNumber("--people", "2.5", 3, 60);
  const missing = () => wholeNumber("--minutes", undefined, 1, 9);
  const unknown = () => oneOf("--format", "jsno", ["text", "json"]);
  assert.deepEqual(readAll({people: () => wholeNumber("--people", "3", 3, 60), name: () => "x"}), {
    people: 3,
    name: "x",
  });
  assert.throws(
    () => readAll({bad, missing, unknown}),
    (error: UsageError) => {
      assert.deepEqual(error.faults, [
        "--people 2.5: write a number from 3 to 60",
        "--minutes is missing: write a number from 1 to 9",
        '--format jsno: did you mean "json"?',
      ]);
      return true;
    },
  );
  const crash = () => {
    throw new TypeError("crash");
  };
  assert.throws(() => readAll({bad, crash}), TypeError);
});
