import assert from "node:assert/strict";
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {after, before, describe, test} from "node:test";
import {resourcePolicies} from "../../infra/policy-pack/policies.ts";
import {createCloud} from "../cloud.ts";
import {type Deployed, deployed, find, regionsFile, whyNotRun} from "./deployed.ts";
import type {Verb} from "./deployer.ts";
import {eventsIn} from "./events.ts";

/**
 * The policy pack as Pulumi's engine asks it. The Node host that can be built is too old to start a pack, so what starts it
 * is a program of two lines that does as today's does: in the pack's folder, with the engine's address and that folder
 * (RunPlugin of sdk/nodejs/cmd/pulumi-language-nodejs/main.go).
 */
function startOf(checkout: string, pack: string): string {
  const program = join(dirname(checkout), `start-${pack.replaceAll("/", "-")}`);
  const host = join(checkout, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  const lines = ["#!/bin/sh", `cd '${join(checkout, pack)}'`, `exec node '${host}' "$1" "$PWD"`];
  writeFileSync(program, `${lines.join("\n")}\n`, {mode: 0o755});
  return program;
}

/** A company's own pack, beside ours: its files by their names. */
const others = {
  "PulumiPolicy.yaml": "runtime: nodejs\n",
  "package.json": '{"name": "company", "version": "1.0.0", "main": "index.cjs"}',
  "index.cjs": `const {PolicyPack} = require("@pulumi/policy");
new PolicyPack("company", {enforcementLevel: "mandatory", policies: [{
  name: "short-logs",
  description: "Logs are kept for a week.",
  validateResource: ({type, props}, report) => {
    if (type.endsWith(":Workspace") && props.retentionInDays > 7) report("kept for longer");
  },
}]});
`,
};

interface Refusal {
  readonly resourceUrn: string;
  readonly message: string;
  readonly policyName: string;
  readonly policyPackName: string;
  readonly enforcementLevel: string;
}

/** What policies said that ends a run. In a preview some say that they could not be asked, which does not. */
const refusalsIn = (printed: string): Refusal[] =>
  eventsNamed<Refusal>("policyEvent", printed).filter(
    ({enforcementLevel}) => enforcementLevel === "mandatory",
  );

const eventsNamed = <Told>(name: string, printed: string): Told[] =>
  (eventsIn(printed) as Readonly<Record<string, unknown>>[]).flatMap((event) =>
    event[name] ? [event[name] as Told] : [],
  );

describe("the policy pack by the real engine", {skip: whyNotRun("policy-pack.tour.ts")}, () => {
  const cloud = createCloud();
  let deployer: Deployed["deployer"];
  let pack: readonly string[];
  before(async () => {
    ({deployer} = await deployed(cloud, regionsFile(), ["global", "eastus2"]));
    pack = ["--policy-pack", startOf(deployer.folder, "infra/policy-pack")];
  });
  after(() => deployer?.stop());

  /** Runs with a line of the programs changed. */
  async function changed(verb: Verb, file: string, from: string, to: string) {
    const path = join(deployer.folder, file);
    const text = readFileSync(path, "utf8");
    assert.ok(text.includes(from), file);
    writeFileSync(path, text.replace(from, to));
    const {succeeded, printed} = await deployer.run(verb, "eastus2", ...pack);
    writeFileSync(path, text);
    assert.equal(succeeded, false);
    return refusalsIn(printed);
  }

  test("every policy is asked of every resource of a preview and an up, and refuses none", async () => {
    for (const [verb, stack] of [
      ["up", "global"],
      ["preview", "eastus2"],
      ["up", "eastus2"],
    ] as const) {
      const {succeeded, errors, printed} = await deployer.run(verb, stack, ...pack);
      assert.deepEqual(refusalsIn(printed), []);
      assert.deepEqual({succeeded, errors}, {succeeded: true, errors: []});
      if (verb === "up") assert.deepEqual(eventsNamed("policyEvent", printed), []);
      const passed = eventsNamed<{resourceUrn: string; passed: string[]}>(
        "policyAnalyzeSummaryEvent",
        printed,
      );
      const made = passed.filter(({resourceUrn}) => /azure-native:|kubernetes:/.test(resourceUrn));
      assert.ok(made.length > 10);
      if (verb === "up")
        for (const {resourceUrn, passed} of made)
          assert.deepEqual(
            passed.sort(),
            resourcePolicies.map(({name}) => name).sort(),
            resourceUrn,
          );
    }
  });

  test("what the pack refuses is not made: up stops, and says what, why and how to mend it", async () => {
    const vault = () => find(cloud, "eastus2", "keyvault:Vault", "vault").inputs;
    const before = structuredClone(vault());
    const opened = ['"Deny" as const', '"Allow" as const'] as const;
    const [refused, ...others] = await changed("up", "infra/azure/vault.ts", ...opened);
    assert.deepEqual(others, []);
    assert.equal(refused!.policyName, "no-public-access");
    assert.match(
      refused!.message,
      /^Model hosts, vaults, .* Mend: let addresses in .*\nproperties\.networkAcls\.defaultAction is "Allow", and has to be "Deny"/,
    );
    assert.deepEqual(vault(), before);
  });

  test("a stack is judged as a whole: pods where nothing is denied are refused", async () => {
    const loose = ["podSelector: {},", 'podSelector: {matchLabels: {a: "b"}},'] as const;
    const refused = await changed("preview", "infra/cluster/cluster.ts", ...loose);
    assert.deepEqual(
      refused
        .map(({policyName, resourceUrn}) => [policyName, resourceUrn.split("::").at(-1)])
        .sort(),
      ["certificate", "edge", "issuer", "proxy"].map((name) => ["denied-by-default", name]),
    );
  });

  test("packs of a company's own are asked beside it, as workflows name them", async () => {
    const folder = join(deployer.folder, "company");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);
    deployer.env.PULUMI_OPTION_POLICY_PACK = `${pack[1]},${startOf(deployer.folder, "company")}`;
    const {succeeded, printed} = await deployer.run("preview", "global");
    delete deployer.env.PULUMI_OPTION_POLICY_PACK;
    assert.equal(succeeded, false);
    assert.deepEqual(
      refusalsIn(printed).map(({policyPackName, policyName}) => [policyPackName, policyName]),
      [["company", "short-logs"]],
    );
    const packs = eventsNamed<Refusal>("policyAnalyzeSummaryEvent", printed);
    assert.ok(packs.some(({policyPackName}) => policyPackName === "meridian"));
  });
});
