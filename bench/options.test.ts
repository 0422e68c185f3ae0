import assert from "node:assert/strict";
import {test} from "node:test";
import {orderOf} from "../ops/command/command.ts";
import {MEASURES} from "./measures.ts";
import {type Options, options, readOptions} from "./options.ts";
import {MAIN} from "./rows.ts";

const usual: Options = {
  rows: MAIN,
  measures: MEASURES,
  rounds: 3,
  quick: false,
  out: undefined,
  cores: {target: 0, load: 1},
  profile: false,
  routing: false,
};

const read = (args: readonly string[]) =>
  orderOf(
    {usage: ["npm run bench"], about: "", options, read: readOptions, run: () => undefined},
    args,
  )?.order;

const taken: Record<string, {args: string[]; changes: Partial<Options>}> = {
  nothing: {args: [], changes: {}},
  "rows, in their own order": {
    args: ["--only", "proxy,direct"],
    changes: {rows: ["direct", "proxy"]},
  },
  "a gateway that nobody is measured against unless asked": {
    args: ["--only", "litellm"],
    changes: {rows: ["litellm"]},
  },
  measures: {args: ["--measure", "cancel"], changes: {measures: ["cancel"]}},
  "quick is one round": {args: ["--quick"], changes: {quick: true, rounds: 1}},
  "quick with rounds": {args: ["--quick", "--rounds", "2"], changes: {quick: true, rounds: 2}},
  "a file": {args: ["--out", "a.jsonl"], changes: {out: "a.jsonl"}},
  cores: {args: ["--cores", "2,3"], changes: {cores: {target: 2, load: 3}}},
  "a profile": {args: ["--profile"], changes: {profile: true}},
  routing: {args: ["--routing"], changes: {routing: true}},
};

for (const [name, {args, changes}] of Object.entries(taken))
  test(`takes ${name}`, () => assert.deepEqual(read(args), {...usual, ...changes}));

const refused: Record<string, {args: string[]; message: string | RegExp}> = {
  "a row it does not know": {
    args: ["--only", "direct,nginx"],
    message:
      "--only nginx: is unknown; write some of direct,haproxy,envoy,proxy,edge,litellm,vllm-router,sglang-router,portkey",
  },
  "a measure it does not know": {
    args: ["--measure", "speed"],
    message: /^--measure speed: is unknown/,
  },
  "no rounds": {args: ["--rounds", "0"], message: "--rounds 0: write a number from 1 to 20"},
  "half a round": {args: ["--rounds", "1.5"], message: "--rounds 1.5: write a number from 1 to 20"},
  "one core": {
    args: ["--cores", "1"],
    message: "--cores 1: write two numbers of cores, for example 0,1",
  },
  "what it has no option for": {
    args: ["--fast"],
    message: /^--fast is not an option; use one of --cores, /,
  },
};

for (const [name, {args, message}] of Object.entries(refused))
  test(`refuses ${name}`, () => assert.throws(() => read(args), {message}));
