import assert from "node:assert/strict";
import {createServer, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {type TestContext, test} from "node:test";
import fc from "fast-check";
import {until} from "../../setup/until.ts";
import type {Queue} from "../route/loads.ts";
import {queueIn} from "./queue-text.ts";
import {createQueues} from "./queues.ts";
import type {ServedPolicy} from "./served-policy.ts";

const page = (
  {running, waiting, usage}: Queue,
  engine = 0,
) => `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="${engine}",model_name="coder"} ${running}
vllm:num_requests_waiting{engine="${engine}",model_name="coder"} ${waiting}
vllm:num_requests_waiting_by_reason{engine="${engine}",reason="capacity"} 77
vllm:kv_cache_usage_perc{engine="${engine}",model_name="coder"} ${usage}
`;

const SOME: Queue = {running: 3, waiting: 2, usage: 0.25};

test("all engines of a server count together, and the fullest for its memory", () => {
  const queue = fc.record({
    running: fc.nat(300),
    waiting: fc.nat(300),
    usage: fc.double({min: 0, max: 1, noNaN: true}),
  });
  fc.assert(
    fc.property(fc.array(queue, {minLength: 1, maxLength: 4}), (queues) => {
      const sum = (key: "running" | "waiting") => queues.reduce((sum, one) => sum + one[key], 0);
      assert.deepEqual(queueIn(queues.map(page).join("")), {
        running: sum("running"),
        waiting: sum("waiting"),
        usage: Math.max(...queues.map(({usage}) => usage)),
      });
    }),
    {seed: 20},
  );
});

const unsound = {
  nothing: "",
  "another page": "<html>vllm:num_requests_running</html>",
  "no usage": page(SOME).replace(/vllm:kv.*\n/, ""),
  "what is no number": page({...SOME, waiting: Number.NaN}),
  "less than nothing": page({...SOME, running: -1}),
  "another's names": page(SOME).replaceAll("vllm:", "sglang:"),
};
for (const [name, text] of Object.entries(unsound))
  test(`a page that has ${name} says nothing`, () => assert.equal(queueIn(text), undefined));

/** One vLLM server, of three upstreams; `ask` has them all asked. */
async function setUp(t: TestContext, answer: (response: ServerResponse) => void) {
  const asked: unknown[] = [];
  const host = createServer(({url, headers}, response) => {
    asked.push([url, headers.host, headers.authorization]);
    answer(response);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  t.after(() => host.close().closeAllConnections());
  const {port} = host.address() as AddressInfo;
  const url = `http://gpu.test:${port}/base/`;
  const vllm = {priorities: true};
  const policy = {
    upstreams: {"gpu@127.0.0.1": {url, address: "127.0.0.1", vllm}, azure: {url}},
    models: {
      coder: {deployments: [{upstream: "gpu@127.0.0.1", name: "coder"}], fallback: []},
      other: {deployments: [{upstream: "azure", name: "luna"}], fallback: []},
    },
  } as unknown as ServedPolicy;
  const said: unknown[] = [];
  let ask = () => {};
  const queues = createQueues({
    policy: () => policy,
    said: ({name}, queue) => said.push([name, queue]),
    clock: {
      every: (_, run) => {
        ask = run;
        return () => {};
      },
    },
  });
  t.after(queues.close);
  return {asked, said, port, ask: () => ask()};
}

test("a vLLM server is asked at its own address, by the name of all, and without a credential", async (t) => {
  const {asked, said, port, ask} = await setUp(t, (response) => response.end(page(SOME)));
  ask();
  await until(() => said.length === 1);
  assert.deepEqual(said, [["coder", SOME]]);
  assert.deepEqual(asked, [["/base/metrics", `gpu.test:${port}`, undefined]]);
});

test("a server that fails, or says too much, says nothing, and is asked again; one that is slow is not asked twice", async (t) => {
  let answer = (_: ServerResponse) => {};
  const {asked, said, ask} = await setUp(t, (response) => answer(response));
  ask();
  ask();
  await until(() => asked.length === 1);
  const askAgain = async () => {
    const before = asked.length;
    await until(() => {
      if (asked.length === before) ask();
      return asked.length > before;
    });
  };
  answer = (response) => response.writeHead(503).end(page(SOME));
  await askAgain();
  answer = (response) => response.end(page(SOME) + "x".repeat(1 << 20));
  await askAgain();
  assert.deepEqual(said, []);
  answer = (response) => response.end(page(SOME));
  await askAgain();
  await until(() => said.length > 0);
});
