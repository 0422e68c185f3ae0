import {setTimeout as sleep} from "node:timers/promises";
import {changePolicy, podsOf, refusalsOf, writePolicy} from "./policy.ts";
import {type Drill, none} from "./stage.ts";

/** Proxies look at their policy twice a second: docs/traffic.md. */
const RELOAD_MS = 1000;
/** The token that separates the halves of a prompt (cl100k_base). Models that think take no bias against it. */
const TOKEN = {id: "100259", text: "<|fim_middle|>"};
/** The time of a host's restart, and of the pause that proxies grant it afterwards. */
const PAUSE_MS = 12_000;

export const badToken: Drill = {
  name: "bad-token",
  holds:
    "A mutation takes an unwanted text out of every answer that begins a second after it, and no request fails.",
  async play({running, load, broke, detected, note, noneFailed, when, pause}) {
    const isBad = ({text}: {text: string}) => text.includes(TOKEN.text);
    for (const {model} of running.regions) model.stain(TOKEN);
    broke("every model begins to emit an unwanted text");
    await when("a user has seen it", () => load.requests.some(isBad));
    detected("someone writes a mutation");
    changePolicy(running, (policy) => ({
      ...policy,
      mutations: [...(policy.mutations ?? []), {name: "no-middle", stop: [TOKEN.text]}],
    }));
    const mendedMs = performance.now() + RELOAD_MS;
    await pause(5000, 20_000);
    const after = load.requests.filter(({beganMs}) => beganMs > mendedMs);
    note(`${load.requests.filter(isBad).length} answers had it`);
    return [
      {
        what: `${after.filter(isBad).length} of ${after.length} later requests had it`,
        held: after.length > 0 && !after.some(isBad),
      },
      noneFailed(),
    ];
  },
};

export const poisonPill: Drill = {
  name: "poison-pill",
  holds:
    "Once the policy drops the parameter that crashes the model, no host crashes again, and none fails once the hosts are back.",
  async play({running, load, broke, detected, when, pause, failedSince}) {
    const crashes = () => running.regions.reduce((sum, {model}) => sum + model.stats().crashes, 0);
    for (const {model} of running.regions) model.poison("verbosity");
    broke("a new editor sends a parameter that crashes the model");
    for (const person of load.people.slice(0, Math.ceil(load.people.length / 6)))
      person.send({verbosity: "low"});
    await when("a host has crashed", () => crashes() > 0);
    await pause(1000, 10_000);
    changePolicy(running, (policy) => ({
      ...policy,
      mutations: [...(policy.mutations ?? []), {name: "no-verbosity", drop: ["verbosity"]}],
    }));
    detected(`after ${crashes()} crashes the policy drops it`);
    await sleep(RELOAD_MS);
    const before = crashes();
    await sleep(PAUSE_MS);
    const fromMs = performance.now();
    await pause(5000, 20_000);
    return [
      {what: `${crashes() - before} crashes after it`, held: crashes() === before},
      none(failedSince(fromMs), "failed once hosts were back"),
    ];
  },
};

export const policyBad: Drill = {
  name: "policy-bad",
  holds:
    "A policy that is not valid is refused by every proxy and changes nothing: no request fails.",
  async play({running, broke, detected, when, noneFailed, pause}) {
    const broken = ["{", JSON.stringify({models: {}, mutations: [{name: "x", logitBias: {a: 1}}]})];
    broke("a broken policy is rolled out everywhere");
    for (const text of broken) {
      writePolicy(running, text);
      await when(
        "every proxy refuses it",
        async () => (await refusalsOf(running)).every(Boolean),
        15_000,
      );
      detected("it is refused, and says so");
      await pause(2000, 10_000);
    }
    changePolicy(running, (policy) => policy);
    await when(
      "the mended one is taken",
      async () => !(await refusalsOf(running)).some(Boolean),
      15_000,
    );
    return [noneFailed()];
  },
};

export const deploy: Drill = {
  name: "deploy",
  holds: "Every proxy of every region is replaced, one after the other, and no request fails.",
  async play({running, broke, note, noneFailed}) {
    const before = podsOf(running, "proxy").map(({pid}) => pid);
    broke("a new version is rolled out, region by region");
    for (const {name, cluster} of running.regions) {
      for (const pod of cluster.pods.filter(({spec}) => spec.workload === "proxy"))
        await pod.replace();
      note(`${name} has it`);
    }
    const after = podsOf(running, "proxy").map(({pid}) => pid);
    const kept = after.filter((pid) => before.includes(pid)).length;
    return [
      {what: `${after.length - kept} of ${after.length} proxies are new`, held: kept === 0},
      noneFailed(),
    ];
  },
};

export const edgeRestart: Drill = {
  name: "edge-restart",
  holds: "Each edge of a region is replaced, its clients are told to go, and no request fails.",
  async play({region, broke, note, noneFailed, short}) {
    const edges = region.cluster.pods.filter(({spec}) => spec.workload === "edge");
    const before = edges.map(({pid}) => pid);
    broke(`${region.name}'s edges are replaced`);
    for (const edge of short ? edges.slice(0, 1) : edges) {
      await edge.replace();
      note(`${edge.spec.name} is new`);
    }
    const isNew = (index: number) => edges[index]!.pid !== before[index];
    return [
      {
        what: "the edges are new",
        held: edges.every((_, index) => isNew(index) || (short && index > 0)),
      },
      noneFailed(),
    ];
  },
};
