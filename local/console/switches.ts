import {createEditor} from "../../editor/editor.ts";
import type {Pod} from "../world/cluster.ts";
import {connectTo} from "../world/connect.ts";
import type {RunningRegion} from "../world/region.ts";
import type {RunningWorld} from "../world/world.ts";
import {forbidding} from "./mutation.ts";
import {storm} from "./traffic.ts";

/** What a person can break, and mend. */
export interface Switches {
  /** For the page: in order, with those that stay on as `stays`. */
  readonly list: readonly Pick<Switch, "name" | "label" | "help" | "stays">[];
  /** Turns on what is off and off what is on, or does what does not stay. Throws where there is no such. */
  flip(name: string, region: string): void;
  /** Turns off all that is on. */
  mend(): void;
  /** Names of what is on, by region. */
  state(): Readonly<Record<string, readonly string[]>>;
}

interface Switch {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly stays: boolean;
  /** Switches of one group exclude each other. */
  readonly group?: "model";
  readonly on: (region: RunningRegion) => unknown;
  readonly off?: (region: RunningRegion) => unknown;
}

/** The end of a text in the encoding of GPT-3.5 and 4, cl100k_base; regions.yaml forbids that of GPT-3 alone. */
const BAD_TOKEN = {id: "100265", text: " <|im_end|>"};
/** So much over the objective. */
const TOO_LATE_MS = 500;
const BUSY_S = 5;
const POLICY = "policy/policy.json";

export function createSwitches({
  running,
  objectives,
  failed,
}: {
  running: RunningWorld;
  /** What its models are held to. */
  objectives: readonly {readonly firstByteMs: number}[];
  /** Called where something that was begun fails later. */
  failed: (region: string, error: Error) => void;
}): Switches {
  const lateMs = TOO_LATE_MS + Math.max(...objectives.map(({firstByteMs}) => firstByteMs));
  const all = switchesOf(running, lateMs);
  const isOn = new Map(running.regions.map(({name}) => [name, new Set<string>()]));

  function flip(name: string, regionName: string) {
    const found = all.find((one) => one.name === name);
    const region = running.regions.find((one) => one.name === regionName);
    const on = isOn.get(regionName);
    if (!found || !region || !on) throw new Error(`no switch "${name}" of "${regionName}"`);
    const act = on.has(name) ? found.off! : found.on;
    // A model host has one fault at a time: the next takes the place of the last.
    for (const {name, group} of all)
      if (found.group && group === found.group && name !== found.name) on.delete(name);
    if (on.has(name)) on.delete(name);
    else if (found.stays) on.add(name);
    Promise.resolve(act(region)).catch((error) => failed(regionName, error));
  }

  function mend() {
    for (const [region, names] of isOn) for (const name of [...names]) flip(name, region);
  }

  return {
    list: all.map(({name, label, help, stays}) => ({name, label, help, stays})),
    flip,
    mend,
    state: () => Object.fromEntries([...isOn].map(([region, names]) => [region, [...names]])),
  };
}

function switchesOf(running: RunningWorld, lateMs: number): Switch[] {
  const model = {
    stays: true,
    group: "model",
    off: ({model}: RunningRegion) => model.restore(),
  } as const;
  return [
    {
      ...model,
      name: "lose-model",
      label: "Lose the model",
      help: "Its host breaks off all answers and says 500",
      on: ({model}) => model.lose(),
    },
    {
      ...model,
      name: "slow-model",
      label: "Slow the model",
      help: `Each first byte comes ${lateMs} ms later`,
      on: ({model}) => model.slow(lateMs),
    },
    {
      ...model,
      name: "busy-model",
      label: "Model answers 429",
      help: "Its quota is used up",
      on: ({model}) => model.busy(BUSY_S),
    },
    {
      ...model,
      name: "full-stream",
      label: "Model refuses in its stream",
      help: "It says 200, and then that it has no room",
      on: ({model}) => model.busy(BUSY_S, {within: true}),
    },
    {
      ...model,
      name: "retire-model",
      label: "Retire a model",
      help: "The first of its deployments answers 410",
      on: ({model}) => model.retire(model.deployments[0]!),
    },
    {
      ...model,
      name: "stain-model",
      label: "Model emits a bad token",
      help: `Each answer has${BAD_TOKEN.text} in it`,
      on: ({model}) => model.stain(BAD_TOKEN),
    },
    {
      name: "forbid-token",
      label: "Forbid the token by policy",
      help: "A mutation, taken by running proxies within a second",
      stays: true,
      on: (region) => writePolicies(region, (policy) => forbidding(policy, BAD_TOKEN.text)),
      off: (region) => writePolicies(region, (policy) => policy),
    },
    {
      name: "drain",
      label: "Drain the region",
      help: "DNS sends it no new users",
      stays: true,
      on: ({name}) => running.drain(name, true),
      off: ({name}) => running.drain(name, false),
    },
    {
      name: "lose-region",
      label: "Lose the region",
      help: "Nobody reaches its address",
      stays: true,
      on: (region) => region.lose(),
      off: (region) => region.restore(),
    },
    {
      name: "kill-proxy",
      label: "Kill a proxy",
      help: "One process, without a word",
      stays: false,
      on: (region) =>
        proxiesOf(region)
          .find(({ready}) => ready)
          ?.kill(),
    },
    {
      name: "deploy",
      label: "Deploy a new version",
      help: "All its proxies are replaced, one after the other",
      stays: false,
      on: deploy,
    },
    {
      name: "storm",
      label: "Storm of cancels",
      help: "A held key: 150 requests, each left at once",
      stays: false,
      on: (region) => stormAt(region, running),
    },
  ];
}

const proxiesOf = ({cluster}: RunningRegion): readonly Pod[] =>
  cluster.pods.filter(({spec}) => spec.workload === "proxy");

async function deploy(region: RunningRegion) {
  for (const pod of proxiesOf(region)) await pod.replace();
}

function writePolicies(region: RunningRegion, change: (policy: string) => string) {
  for (const pod of proxiesOf(region)) pod.write(POLICY, change(pod.spec.files[POLICY]!));
}

async function stormAt(region: RunningRegion, running: RunningWorld) {
  const {credential} = running.people[0]!;
  const editor = createEditor({open: () => connectTo(running, region), credential, stack: 2});
  try {
    await storm(editor);
  } finally {
    editor.connections.close();
  }
}
