import assert from "node:assert/strict";
import {mkdtempSync, readFileSync, rmSync, statSync} from "node:fs";
import {request} from "node:https";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {after, before, describe, test} from "node:test";
import {fileURLToPath} from "node:url";
import {GITHUB_SITE} from "../../cloud/github.ts";
import {createEditor} from "../../editor/editor.ts";
import {receive} from "../../editor/received.ts";
import {ownModel, smallWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {Model, Region, World} from "../../regions/world.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {until} from "../../setup/until.ts";
import {demonstrate} from "../demonstration.ts";
import {withEveryHost} from "../every-host.ts";
import {demonstrateModels} from "../models-demonstration.ts";
import {connectTo, environmentIn, resolve} from "./connect.ts";
import {startProcess} from "./process.ts";
import type {RunningRegion} from "./region.ts";
import {type RunningWorld, startWorld} from "./world.ts";

const MODEL = "copilot-codex";

/** The small world, where one region has a model that others host too, one on GPUs, and a certificate of its own name. */
const [first, ...rest] = smallWorld.regions as [Region, ...Region[]];
const {coder: onGpus} = gpuWorld.models as {readonly coder: Model};
const replicas = gpuWorld.regions[0]!.replicas.map((one) => ({...one, model: "filler"}));
const hosted: World = {
  ...smallWorld,
  models: {
    ...smallWorld.models,
    coder: ownModel,
    filler: onGpus,
  },
  regions: [
    {
      ...first,
      replicas,
      certificate: {name: "wildcard", issuer: undefined},
      hosts: [
        {
          name: "coder-1",
          model: "coder",
          url: "https://coder.example.net",
          protocol: "http/1.1",
          key: "coder-key",
          share: 100,
        },
      ],
    },
    ...rest,
  ],
};
const every = withEveryHost(hosted);
const envoy = findEnvoy();

if (!envoy)
  console.log(
    "NOT RUN: the world with its edge, for there is no Envoy; npm start says how to get it",
  );

const kinds = {
  ...(envoy && {"with its edge": {envoy, block: 100}}),
  "without an edge": {envoy: undefined, block: 110},
};

for (const [name, {envoy, block}] of Object.entries(kinds)) {
  describe(`a world of two regions ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-"));
    const said: string[] = [];
    const asked: string[] = [];
    let world: RunningWorld;

    before(async () => {
      world = await startWorld({
        world: every.world,
        retired: every.retired,
        proxies: 2,
        envoy,
        folder,
        block,
        probeMs: 200,
        listens: async (address) => asked.push(address) > 0,
        say: (line) => said.push(line),
      });
    });

    after(async () => {
      const pids = world.regions.flatMap(({cluster}) => cluster.pods.map(({pid}) => pid));
      await world.stop();
      for (const pid of pids) assert.throws(() => process.kill(pid, 0), {code: "ESRCH"});
      rmSync(folder, {recursive: true});
    });

    test("asked for every address that it listens on before it did", {
      skip: process.platform !== "linux" && "only Linux says who listens where",
    }, () => {
      const listens = new Set(listening([block, block + 1, block + 2]));
      assert.deepEqual([...listens.difference(new Set(asked))], []);
      // Servers on GPUs may become more.
      const room = every.world.regions
        .flatMap(({replicas}) => replicas)
        .reduce((sum, {count: {min, max}}) => sum + max - min, 0);
      assert.equal(asked.length - listens.size, room);
    });

    const addressOf = (region: string) => world.regions.find(({name}) => name === region)!.address;
    const ask = (place: string) => resolve(world, placeByCode(place)!);
    const editorAt = (
      address: string,
      {model = MODEL, ...given}: {model?: string; credential?: string} = {},
    ) => {
      const {credential = world.people[0]!.credential} = given;
      return createEditor({open: () => connectTo(world, {address}), credential, model});
    };

    test("the demonstration succeeds from four continents", async () => {
      const lines: string[] = [];
      assert.ok(
        await demonstrate(world, {model: MODEL, say: (line) => lines.push(line)}),
        lines.join("\n"),
      );
      assert.deepEqual(
        lines.map((line) => line.split(/ {2,}/, 2)),
        [
          ["New York", "eastus2"],
          ["Germany", "westeurope"],
          ["Japan", "eastus2"],
          ["Brazil", "eastus2"],
        ],
      );
    });

    test("npm run key makes a key of the person who approves, and completes with it", {
      skip: !envoy && "NOT RUN: it needs the edge, which finds the issuer by its path",
    }, async () => {
      const {child, lines, ended} = startProcess({
        command: process.execPath,
        args: ["ops/key/main.ts", "--service", `https://${world.hostname}`],
        env: {
          ...process.env,
          ...environmentIn(world),
          XDG_CONFIG_HOME: dirname(world.peopleFile),
        },
        cwd: fileURLToPath(new URL("../../", import.meta.url)),
      });
      const code = () => /enter the code (\S+)/.exec(lines.join("\n"))?.[1];
      await until(() => code() !== undefined || child.exitCode !== null, {what: lines.join("\n")});
      await approve(world, {code: code()!, credential: world.people[1]!.credential});
      assert.equal(await ended, "exit 0", lines.join("\n"));
      const credential = lines.find((line) => line.startsWith("meridian_"));
      assert.match(lines.join("\n"), /A key of github:2, good until/);
      const {text} = await editorAt(addressOf("eastus2"), {credential: credential!}).complete("a");
      assert.notEqual(text, "");
    });

    test("each model is asked as its hosts are, and a retired one's users are served by its successor", async () => {
      const lines: string[] = [];
      const models = Object.keys(every.world.models);
      const say = (line: string) => lines.push(line);
      assert.ok(await demonstrateModels(world, {models, say}), lines.join("\n"));
      const by = (name: string) => lines.find((line) => line.startsWith(`${name} `));
      assert.match(by(MODEL)!, /-> completions \(.*suffix.*\) by HTTP\/2: 200 .*"(door|window)"$/);
      assert.match(
        by("own-coder")!,
        /-> completions with the signs of qwen \((?!.*suffix).*\) by HTTP\/1\.1: 200 .*"(door|window)"$/,
      );
      assert.match(
        by("retired-instruct")!,
        /-> (completions by HTTP\/2: 410, then )+completions with the signs of qwen .*: 200 .*"(door|window)"$/,
      );
      assert.equal(await demonstrateModels(world, {models: ["nobody's"], say}), false);
    });

    test("credentials and keys are their owner's alone", () => {
      assert.equal(statSync(world.peopleFile).mode & 0o777, 0o600);
      assert.equal(statSync(join(folder, "eastus2/proxy-1/identity/token")).mode & 0o777, 0o600);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
    });

    test("a credential that nobody has gets no token", async () => {
      const editor = editorAt(addressOf("eastus2"), {credential: "gho_nobody"});
      await assert.rejects(editor.signIn(), /no token: 401 .*credential_refused/);
      editor.connections.close();
    });

    test("a person's credential alone is the key of a client that trades nothing", async () => {
      const wire = connectTo(world, {address: addressOf("eastus2")});
      const complete = (key: string) =>
        receive(wire.ask({token: key, model: MODEL, prompt: "let x = 1;\nlet y", id: "by-key"}));
      const answers = [await complete(world.people[0]!.credential), await complete("gho_nobody")];
      wire.close();
      assert.deepEqual(
        answers.map(({status}) => status),
        [200, 401],
      );
      assert.match(answers[0]!.text, /data: \[DONE\]/);
      assert.match(answers[1]!.text, /key_refused/);
    });

    test("a killed proxy is started again, and completions go on meanwhile", async () => {
      const region = world.regions[0]!;
      const editor = editorAt(region.address);
      await editor.signIn();
      const pod = region.cluster.pods.find(({spec}) => spec.name === "proxy-2")!;
      const {pid} = pod;
      pod.kill();
      await until(() => pod.pid !== pid && pod.ready);
      if (world.edge) assert.equal((await editor.complete("let x = 1;\nlet y")).region, "eastus2");
      editor.connections.close();
      assert.ok(said.some((line) => /eastus2 proxy-2 ended \(SIGKILL/.test(line)));
    });

    test("a model of one's own fills in the middle by its template, opened by the vault's key", async () => {
      const editor = editorAt(addressOf("eastus2"), {model: "coder"});
      const {sight} = await editor.request("open(door);\nopen(window);\nopen(", {
        parameters: {suffix: ");\n"},
      });
      assert.match(sight.sees === "text" ? sight.text : sight.sees, /^(door|window)/);
      editor.connections.close();
    });

    test("a model on GPUs fills in the middle by its template, in a pod that counts it", async () => {
      const {address, cluster} = world.regions.find(({name}) => name === "eastus2")!;
      const editor = editorAt(address, {model: "filler"});
      const {sight} = await editor.request("open(door);\nopen(window);\nopen(", {
        parameters: {suffix: ");\n"},
      });
      assert.match(sight.sees === "text" ? sight.text : sight.sees, /^(door|window)/);
      editor.connections.close();
      const {spec} = cluster.pods.find(({spec}) => spec.workload === "gpu-filler")!;
      const metrics = await (await fetch(`http://${spec.address}:8000/metrics`)).text();
      assert.match(metrics, /^vllm:request_success_total\{.*"stop"\} [1-9]/m);
    });

    test("a region whose model host is lost asks that of the region it falls back to", async () => {
      const [{model: own, address}, {model: other}] = world.regions as [
        RunningRegion,
        RunningRegion,
      ];
      const editor = editorAt(address);
      await editor.signIn();
      own.lose();
      const {finished} = other.stats();
      assert.equal((await editor.complete("let x = 1;\nlet y")).region, "eastus2");
      assert.ok(other.stats().finished > finished);
      own.restore();
      editor.connections.close();
    });

    test("a region that is lost: DNS answers the next, which serves, and comes back", async () => {
      const region = world.regions.find(({name}) => name === "westeurope")!;
      assert.equal(await ask("EU-DE"), addressOf("westeurope"));
      region.lose();
      await until(async () => (await ask("EU-DE")) === addressOf("eastus2"));
      const editor = editorAt(await ask("EU-DE"));
      assert.equal((await editor.complete("let x = 1;\nlet y")).region, "eastus2");
      editor.connections.close();
      region.restore();
      await until(async () => (await ask("EU-DE")) === addressOf("westeurope"));
    });
  });
}

/** What a person does at GitHub's page. */
function approve(
  {github: {host, port}, authority}: RunningWorld,
  {code, credential}: {code: string; credential: string},
): Promise<void> {
  const {promise, resolve, reject} = Promise.withResolvers<void>();
  const headers = {authorization: `Bearer ${credential}`};
  const at = {host, port, servername: GITHUB_SITE, ca: authority.pem, path: "/login/device"};
  const asked = request({...at, method: "POST", headers}, (answer) => {
    assert.equal(answer.statusCode, 200);
    answer.resume().on("end", resolve);
  });
  asked.on("error", reject).end(new URLSearchParams({user_code: code}).toString());
  return promise;
}

/** Addresses of 127.N that something listens on: proc_pid_net(5). */
function listening(blocks: readonly number[]): string[] {
  const LISTEN = "0A";
  const UNCONNECTED = "07";
  const states = {tcp: LISTEN, udp: UNCONNECTED};
  const lines = Object.entries(states).flatMap(([kind, state]) =>
    readFileSync(`/proc/net/${kind}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === state),
  );
  const addresses = lines.map((fields) =>
    Buffer.from(fields[1]!.slice(0, 8), "hex").toReversed().join("."),
  );
  const ours = addresses.filter((address) =>
    blocks.some((block) => address.startsWith(`127.${block}.`)),
  );
  return [...new Set(ours)].toSorted();
}
