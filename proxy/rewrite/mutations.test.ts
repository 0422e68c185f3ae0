import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {type Asker, clientOf} from "../admit/client.ts";
import {type Rules, rulesSchema} from "../policy.ts";
import {type Body, bodyOf, parseBody} from "./body.ts";
import {rewrite} from "./mutations.ts";

type Mutation = NonNullable<Parameters<typeof rulesSchema.parse>[0]> & Record<string, unknown>;

const mutationsOf = (...mutations: Mutation[]): Rules["mutations"] =>
  rulesSchema.parse({mutations: mutations.map((one) => ({name: "m", ...one}))}).mutations;

const asker: Asker = {
  model: "codex",
  user: "github:1",
  client: clientOf({"editor-version": "vscode/1.90.1"}),
  language: "python",
};

type Values = Readonly<Record<string, unknown>>;

/** What a body says when it is sent on. */
const valuesOf = (body: Body): Values => JSON.parse(body.bytes().toString());

const cases: Record<string, [body: Values, mutation: Mutation, after: Values]> = {
  "merges a bias beside the client's": [
    {logit_bias: {"1": 5}},
    {logitBias: {"50256": -100}},
    {logit_bias: {"1": 5, "50256": -100}},
  ],
  "overrides the client's bias for the same token": [
    {logit_bias: {"50256": 100}},
    {logitBias: {"50256": -100}},
    {logit_bias: {"50256": -100}},
  ],
  "replaces a bias that is no object": [
    {logit_bias: "x"},
    {logitBias: {"1": 1}},
    {logit_bias: {"1": 1}},
  ],
  "drops a parameter": [{best_of: 3, n: 1}, {drop: ["best_of"]}, {n: 1}],
  "drops a nested parameter and leaves its siblings": [
    {extra: {a: 1, next_indent: 4}},
    {drop: ["extra.next_indent"]},
    {extra: {a: 1}},
  ],
  "drops a parameter of every element": [
    {messages: [{role: "user", name: "x"}, "text", {name: "y"}]},
    {drop: ["messages.*.name"]},
    {messages: [{role: "user"}, "text", {}]},
  ],
  "drops every element": [{stop: ["a", "b", "c"], n: 1}, {drop: ["stop.*"]}, {stop: [], n: 1}],
  "leaves a path through something that is no object": [
    {extra: "text"},
    {drop: ["extra.next_indent", "missing.too"]},
    {extra: "text"},
  ],
  "sets a parameter, and the mapping it is in": [
    {temperature: 1},
    {set: {temperature: 0, "stream_options.include_usage": true}},
    {temperature: 0, stream_options: {include_usage: true}},
  ],
  "does not lengthen a list": [{stop: ["a"]}, {set: {"stop.3": "b", "stop.0": "c"}}, {stop: ["c"]}],
  "gives a default only where there is nothing": [
    {n: 0, top_p: null},
    {default: {n: 1, top_p: 1, max_tokens: 200}},
    {n: 0, top_p: 1, max_tokens: 200},
  ],
  "caps what is over, and only that": [
    {n: 10, max_tokens: 10, presence_penalty: -1},
    {cap: {n: 3, max_tokens: 500, presence_penalty: 1, missing: 1}},
    {n: 3, max_tokens: 10, presence_penalty: -1},
  ],
  "caps what is no number, and a limit that stands for none": [
    {n: "9", top_p: null, best_of: [], max_tokens: -1, max_completion_tokens: -2},
    {cap: {n: 3, top_p: 1, best_of: 2, max_tokens: 500, max_completion_tokens: 500}},
    {n: 3, top_p: 1, best_of: 2, max_tokens: 500, max_completion_tokens: 500},
  ],
  "adds stops after the client's, four in all": [
    {stop: ["a", "b", "c"]},
    {stop: ["b", "d", "e"]},
    {stop: ["a", "b", "c", "d"]},
  ],
  "makes a list of a single stop": [{stop: "\n"}, {stop: ["x"]}, {stop: ["\n", "x"]}],
  "adds a stop where there is none": [{stop: null}, {stop: ["x"]}, {stop: ["x"]}],
};

for (const [name, [values, mutation, after]] of Object.entries(cases)) {
  test(`rewrite ${name}`, () => {
    for (const body of [bodyOf(values), parseBody(Buffer.from(JSON.stringify(values)))]) {
      rewrite(body, asker, mutationsOf(mutation));
      assert.deepEqual(valuesOf(body), after);
    }
  });
}

const conditions: Record<string, [when: Record<string, unknown>, concerned: boolean]> = {
  "its model": [{models: ["codex", "other"]}, true],
  "another model": [{models: ["other"]}, false],
  "its editor": [{editors: ["vscode"]}, true],
  "its editor, whatever the case": [{editors: ["VSCode"]}, true],
  "another editor": [{editors: ["jetbrains"]}, false],
  "its language": [{languages: ["python"]}, true],
  "another language": [{languages: ["go"]}, false],
  "from its version on": [{versions: {from: "1.90.1"}}, true],
  "from a later version": [{versions: {from: "1.100"}}, false],
  "below a later version": [{versions: {below: "1.90.1.1"}}, true],
  "below its version": [{versions: {below: "1.90.1"}}, false],
  "one of two that does not hold": [{models: ["codex"], languages: ["go"]}, false],
};

for (const [name, [when, concerned]] of Object.entries(conditions)) {
  test(`a rule for ${name} ${concerned ? "holds" : "does not hold"}`, () => {
    const body = bodyOf({});
    rewrite(body, asker, mutationsOf({when, set: {n: 1}}));
    assert.deepEqual(valuesOf(body), concerned ? {n: 1} : {});
  });
}

test("a client that tells no version is in no range", () => {
  const body = bodyOf({});
  const client = clientOf({"editor-version": "vscode"});
  rewrite(body, {...asker, client}, mutationsOf({when: {versions: {below: "9"}}, set: {n: 1}}));
  assert.deepEqual(valuesOf(body), {});
});

test("a share concerns that many users, the same each time, and others for another rule", () => {
  const concerned = (name: string) => {
    const mutations = mutationsOf({name, when: {share: 30}, set: {n: 1}});
    return Array.from({length: 4000}, (_, index) => {
      const body = bodyOf({});
      rewrite(body, {...asker, user: `github:${index}`}, mutations);
      return body.get("n") === 1;
    });
  };
  const [one, again, other] = [concerned("one"), concerned("one"), concerned("other")];
  const count = (list: boolean[]) => list.filter(Boolean).length / list.length;
  assert.deepEqual(one, again);
  assert.ok(Math.abs(count(one) - 0.3) < 0.03, `${count(one)}`);
  assert.ok(Math.abs(count(one.map((is, index) => is && other[index]!)) - 0.09) < 0.03);
});

test("whatever the body, a dropped parameter is gone, a capped one within, and the rest untouched", () => {
  const bodies = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(bodies, fc.jsonValue(), (rest, value) => {
      const text = JSON.stringify({...rest, best_of: value, n: value});
      const before: Values = JSON.parse(text);
      const body = parseBody(Buffer.from(text));
      rewrite(body, asker, mutationsOf({drop: ["best_of", "best_of.*"], cap: {n: 3}}));
      const after = valuesOf(body);
      assert.ok(!Object.hasOwn(after, "best_of"));
      assert.ok(typeof after.n !== "number" || after.n <= 3);
      for (const key of Object.keys(rest).filter((key) => key !== "best_of" && key !== "n"))
        assert.deepEqual(after[key], before[key]);
    }),
  );
});

for (const path of ["__proto__.x", "a.constructor.prototype.x", "", "a..b", ".a"]) {
  test(`"${path}" is no path`, () => {
    assert.throws(() => mutationsOf({drop: [path]}));
    assert.throws(() => mutationsOf({set: {[path]: 1}}));
  });
}

const settled: Record<string, [text: string, mutation: Mutation]> = {
  "set to what is there": ['{"n": 1, "stop": ["x"]}', {set: {n: 1, stop: ["x"]}}],
  "given a default that it has": ['{"x": {"n": 2}}', {default: {x: {}}}],
  "capped above what is there": ['{"n": 3, "x": {"n": 1.0}}', {cap: {n: 3, m: 1}}],
  "given stops that it has": ['{"stop": ["b", "a"]}', {stop: ["a", "b"]}],
  "without what is dropped": ['{"x": {"n": 1.0}}', {drop: ["y", "x.m", "x.n.o"]}],
};

for (const [name, [text, mutation]] of Object.entries(settled))
  test(`a body ${name} goes on as the bytes that came`, () => {
    const bytes = Buffer.from(text);
    const body = parseBody(bytes);
    rewrite(body, asker, mutationsOf(mutation));
    assert.equal(body.bytes(), bytes);
  });

test("of a name that is there twice within a member, hosts see none but the one that was looked at", () => {
  const mutations: Mutation[] = [
    {cap: {"x.n": 5}},
    {set: {"x.n": 5}},
    {default: {"x.n": 5}},
    {set: {"x.m": 1}},
  ];
  for (const mutation of mutations) {
    const body = parseBody(Buffer.from('{"x": {"n": 900, "n": 5}}'));
    rewrite(body, asker, mutationsOf(mutation));
    assert.doesNotMatch(`${body.bytes()}`, /900/, JSON.stringify(mutation));
  }
});

test("mutations do to one request what they do to the next", () => {
  const name = fc.constantFrom("n", "stop", "logit_bias", "x");
  const value = fc.constantFrom(1, null, "a", ["a", "a"], {n: {x: 2}}, [{n: 1}]);
  const path = fc
    .array(fc.oneof(name, fc.constantFrom("*", "0")), {minLength: 1, maxLength: 3})
    .map((segments) => segments.join("."));
  const values = (of: fc.Arbitrary<string>) =>
    fc.dictionary(of, value, {maxKeys: 2, noNullPrototype: true});
  const mutation = fc.record({
    drop: fc.array(path, {maxLength: 1}),
    set: values(path),
    default: values(path),
    logitBias: fc.constantFrom({}, {"5": 2}, {"6": 1}),
    stop: fc.constantFrom([], ["a"], ["b", "a"]),
  });
  fc.assert(
    fc.property(values(name), fc.array(mutation, {maxLength: 3}), (sent, list) => {
      const mutations = mutationsOf(...list);
      const before = JSON.stringify(mutations);
      const after = [1, 2].map(() => {
        const body = parseBody(Buffer.from(JSON.stringify(sent)));
        rewrite(body, asker, mutations);
        return body.bytes().toString();
      });
      assert.equal(after[0], after[1]);
      assert.equal(JSON.stringify(mutations), before);
    }),
    {numRuns: 3000, seed: 1},
  );
});
