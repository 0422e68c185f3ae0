import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import type {Job} from "./batch.ts";
import {createSimulatedClock} from "./clock.ts";
import {createEngine, type EngineOptions} from "./engine.ts";
import {blockHashes} from "./hashes.ts";
import {createModelServer} from "./server.ts";
import {A100_7B} from "./speed.ts";
import {POLICIES} from "./waiting.ts";

const BLOCK = 16;
const usual: EngineOptions = {
  speed: A100_7B,
  sequences: 4,
  stepTokens: 256,
  blocks: 100,
  blockSize: BLOCK,
  policy: "fcfs",
  caching: true,
};

function start(options: Partial<EngineOptions> = {}) {
  const clock = createSimulatedClock();
  const server = createModelServer(createEngine({...usual, ...options}), clock);
  const said: {id: number; token: number; atMs: number; isLast: boolean}[] = [];
  const ask = (job: Partial<Job> & {id: number; tokens?: readonly number[]; salt?: string}) => {
    const {tokens = Array.from({length: 64}, (_, at) => at), salt, ...own} = job;
    const hashes = blockHashes(tokens, BLOCK, salt);
    const whole = {promptTokens: tokens.length, hashes, outputTokens: 4, priority: 0, ...own};
    server.ask(whole, ({id, token, isLast}) => said.push({id, token, isLast, atMs: clock.now()}));
  };
  const firsts = () => said.filter(({token}) => token === 0).map(({id}) => id);
  return {clock, server, said, ask, firsts};
}

const others = (from: number) => Array.from({length: 64}, (_, at) => from + at);

test("one stream gets the tokens a second that reading the weights allows, and no more", () => {
  const {clock, said, ask} = start();
  ask({id: 1, outputTokens: 101});
  clock.run();
  const perSecond = 100_000 / (said.at(-1)!.atMs - said[0]!.atMs);
  assert.ok(perSecond > 120 && perSecond < 127, `${perSecond}`);
});

test("a prompt that begins as one before it is computed from where they part, and its last token always", () => {
  const {clock, server, ask} = start();
  const kept = () => server.state().cachedTokens;
  const tokens = others(0);
  ask({id: 1, tokens});
  clock.run();
  ask({id: 2, tokens});
  clock.run();
  assert.equal(kept(), 64 - BLOCK);
  ask({id: 3, tokens: [...tokens.slice(0, 40), 999, ...tokens]});
  clock.run();
  assert.equal(kept(), 64 - BLOCK + 32);
});

const uncached: Record<string, [options: Partial<EngineOptions>, salt: string]> = {
  "another tenant's is not found": [{}, "other"],
  "without a cache nothing is": [{caching: false}, ""],
};
for (const [what, [options, salt]] of Object.entries(uncached))
  test(`of the same prompt ${what}`, () => {
    const {clock, server, ask} = start(options);
    ask({id: 1});
    clock.run();
    ask({id: 2, salt});
    clock.run();
    assert.equal(server.state().cachedTokens, 0);
  });

test("what was used last is kept longest", () => {
  const {clock, server, ask} = start({blocks: 12});
  const told = (id: number, from: number) => {
    const before = server.state().cachedTokens;
    ask({id, tokens: others(from)});
    clock.run();
    return server.state().cachedTokens - before;
  };
  told(1, 0);
  told(2, 1000);
  assert.equal(told(3, 0), 48);
  told(4, 2000);
  assert.equal(told(5, 0), 48);
  assert.ok(told(6, 1000) < 48);
});

test("those who wait go first come, first served, or by priority where that is asked for", () => {
  const ask = (policy: EngineOptions["policy"]) => {
    const {clock, ask, firsts} = start({policy, sequences: 1});
    ask({id: 1});
    ask({id: 2, priority: 5});
    ask({id: 3, priority: -1});
    clock.run();
    return firsts();
  };
  assert.deepEqual(ask("fcfs"), [1, 2, 3]);
  assert.deepEqual(ask("priority"), [1, 3, 2]);
});

test("an abort frees its place at once, whether it ran or waited", () => {
  const {clock, server, ask, firsts} = start({sequences: 1});
  ask({id: 1, outputTokens: 1000});
  ask({id: 2});
  ask({id: 3});
  assert.deepEqual([server.abort(1), server.abort(2), server.abort(9)], [true, true, false]);
  assert.deepEqual([server.state().running, server.state().waiting], [0, 1]);
  clock.run();
  assert.deepEqual(firsts(), [3]);
});

for (const policy of POLICIES)
  test(`${policy}: who runs out of memory is sent back, and says all of it all the same, each token once`, () => {
    const {clock, server, said, ask} = start({blocks: 10, sequences: 2, policy});
    for (const id of [1, 2])
      ask({id, tokens: others(1000 * id), outputTokens: 80, priority: 2 - id});
    clock.run();
    assert.ok(server.state().preemptions > 0);
    for (const id of [1, 2])
      assert.deepEqual(
        said.filter((one) => one.id === id).map(({token}) => token),
        Array.from({length: 80}, (_, at) => at),
      );
    assert.equal(server.state().promptTokens, 128);
  });

const jobs = fc.array(
  fc.record({
    atMs: fc.integer({min: 0, max: 400}),
    family: fc.integer({min: 0, max: 2}),
    length: fc.integer({min: 1, max: 150}),
    outputTokens: fc.integer({min: 1, max: 40}),
    priority: fc.integer({min: -2, max: 2}),
    leavesMs: fc.option(fc.integer({min: 0, max: 300}), {nil: undefined}),
  }),
  {maxLength: 25},
);
const engines = fc.record({
  sequences: fc.integer({min: 1, max: 6}),
  stepTokens: fc.integer({min: 8, max: 128}),
  blocks: fc.integer({min: 12, max: 40}),
  policy: fc.constantFrom("fcfs" as const, "priority" as const),
  caching: fc.boolean(),
});

test("whatever is asked: each token once and in order, no place taken twice, all freed at the end", () => {
  fc.assert(
    fc.property(engines, jobs, (options, asked) => {
      const {clock, server, said, ask} = start(options);
      asked.forEach(({atMs, family, length, leavesMs, ...job}, id) => {
        clock.after(atMs, () => {
          ask({id, tokens: Array.from({length}, (_, at) => 1000 * family + at), ...job});
          assert.ok(server.state().running <= options.sequences);
        });
        if (leavesMs !== undefined) clock.after(atMs + leavesMs, () => void server.abort(id));
      });
      clock.run();
      asked.forEach(({outputTokens, leavesMs}, id) => {
        const tokens = said.filter((one) => one.id === id);
        assert.deepEqual(
          tokens.map(({token}) => token),
          tokens.map((_, at) => at),
        );
        if (leavesMs === undefined) assert.equal(tokens.length, outputTokens);
        assert.ok(tokens.every(({isLast}, at) => isLast === (at === outputTokens - 1)));
      });
      const {running, waiting, usage, cachedTokens, promptTokens} = server.state();
      assert.deepEqual([running, waiting, usage], [0, 0, 0]);
      assert.ok(cachedTokens <= promptTokens && (options.caching || cachedTokens === 0));
    }),
    {seed: 1, numRuns: 200},
  );
});
