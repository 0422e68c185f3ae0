import {execFile} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {TestContext} from "node:test";
import tls from "node:tls";
import {fileURLToPath} from "node:url";
import {SUBSCRIPTION, TENANT} from "../../cloud/azure/arm.ts";
import {createAuthority} from "../../cloud/certs.ts";
import {startEntra} from "../../cloud/entra.ts";
import {type Estate, startResourceManager} from "../../cloud/resource-manager.ts";
import {readWorld, worldFile} from "../../regions/read.ts";
import type {Region} from "../../regions/world.ts";
import {createArm} from "./azure/arm.ts";
import {preflight} from "./checks.ts";
import {demandOf, type WantedDeployment} from "./demand.ts";
import {outlookOf} from "./ends/ends.ts";
import {askMarket} from "./ends/market.ts";
import {neededProviders} from "./providers.ts";

export const world = readWorld();

/** What a run of the command printed, its exit code, and what it asked Azure. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly string[];
}

const CLIENT = "66666666-7777-8888-9999-000000000000";
/** Shaped like Entra's tokens. */
export const TOKEN = `eyJ${"a".repeat(30)}.eyJ${"b".repeat(30)}.${"c".repeat(30)}`;
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const authority = await createAuthority();
const server = {
  listen: {host: "127.0.0.1", port: 0},
  ...(await authority.issue(["127.0.0.1"])),
};

async function startEstate(t: TestContext, estate: Estate) {
  const manager = await startResourceManager({...server, accessToken: TOKEN, estate});
  t.after(manager.close);
  return manager;
}

/** What preflight finds in the estate for these stacks, and what it asked. */
export async function askEstate(t: TestContext, estate: Estate, stacks: readonly string[]) {
  const {url, asked} = await startEstate(t, estate);
  tls.setDefaultCACertificates([authority.pem]);
  const findings = await preflight({
    world,
    stacks,
    subscriptionOf: () => SUBSCRIPTION,
    arm: createArm({origin: url, getToken: async () => TOKEN}),
    progress() {},
    now: Date.now,
  });
  return {findings, asked};
}

/** Which models of these regions end, by what the estate says, at a time. */
export async function askEnds(
  t: TestContext,
  estate: Estate,
  {regions, nowMs, withinDays}: {regions: readonly string[]; nowMs: number; withinDays: number},
) {
  const {url} = await startEstate(t, estate);
  tls.setDefaultCACertificates([authority.pem]);
  const arm = createArm({origin: url, getToken: async () => TOKEN});
  const {offers, unasked} = await askMarket(arm, regions, () => SUBSCRIPTION);
  const asked = world.regions.filter(({name}) => regions.includes(name));
  const outlook = outlookOf({world, regions: asked, market: offers, nowMs, withinDays});
  const text = readFileSync(worldFile, "utf8");
  return {...outlook, world, text, nowMs, withinDays, unasked};
}

/** Runs the command as its users do, signed in by the stand-in for Entra. */
export async function runPreflight(
  t: TestContext,
  estate: Estate,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Run> {
  const {url, asked} = await startEstate(t, estate);
  const workloads = [{clientId: CLIENT, assertion: "ours", accessToken: TOKEN}];
  const entra = await startEntra({...server, tenant: TENANT, workloads});
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => {
    entra.close();
    rmSync(folder, {recursive: true});
  });
  writeFileSync(join(folder, "authority.pem"), authority.pem);
  writeFileSync(join(folder, "assertion"), "ours");
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    AZURE_TOKEN_CREDENTIALS: "WorkloadIdentityCredential",
    AZURE_AUTHORITY_HOST: entra.url,
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: CLIENT,
    AZURE_FEDERATED_TOKEN_FILE: join(folder, "assertion"),
    NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
    ...environment,
  };
  const given = ["--arm", url, "--subscription", SUBSCRIPTION, ...args];
  return {...(await run([main, ...given], env)), asked};
}

const run = (args: string[], env: NodeJS.ProcessEnv) =>
  new Promise<Omit<Run, "asked">>((resolve) => {
    execFile(process.execPath, args, {env, timeout: 60_000}, (error, out, err) =>
      resolve({code: error ? Number(error.code) : 0, out, err}),
    );
  });

/** What a location offers; each test changes what it is about. */
export interface Place {
  readonly skus?: readonly string[];
  readonly quota?: {readonly limit: number; readonly currentValue: number};
  readonly cores?: {readonly limit: number; readonly currentValue: number};
  readonly zones?: readonly string[];
  /** What the catalogue says of the first model, beside its skus. */
  readonly model?: object;
}

/** A subscription in which every name is free and only these locations offer anything. */
export function estateOf(places: Readonly<Record<string, Place>>): Estate {
  const lists = Object.entries(places).map(([location, place]) => listsOf(location, place));
  return {
    subscription: SUBSCRIPTION,
    lists: Object.assign({}, subscriptionLists, ...lists),
    resources: Object.fromEntries(
      Object.keys(places).map((location) => [
        `providers/microsoft.containerservice/locations/${location}/kubernetesversions`,
        kubernetes,
      ]),
    ),
    taken: [],
  };
}

const official = ["KubernetesOfficial", "AKSLongTermSupport"];
const offered = (version: string, supportPlan = official, isPreview: boolean | null = null) => ({
  version,
  capabilities: {supportPlan},
  isPreview,
  patchVersions: {[`${version}.4`]: {upgrades: []}},
});

/** Follows the documented example, with the versions of late 2026. */
export const kubernetes = {
  values: [
    offered("1.36"),
    offered("1.34", ["AKSLongTermSupport"]),
    offered("1.38", official, true),
    offered("1.37"),
    offered("1.35"),
  ],
};

const subscriptionLists: Estate["lists"] = {
  providers: neededProviders.map((namespace) => ({namespace, registrationState: "Registered"})),
  "providers/microsoft.authorization/permissions": [
    {actions: ["*"], notActions: [], dataActions: [], notDataActions: []},
    {
      actions: [],
      notActions: [],
      dataActions: ["Microsoft.ContainerService/managedClusters/*"],
      notDataActions: [],
    },
  ],
  "providers/microsoft.cognitiveservices/deletedaccounts": [],
  "providers/microsoft.keyvault/deletedvaults": [],
};

const SKUS = ["GlobalStandard", "DataZoneStandard"];
const FAMILY = "standardDDSv5Family";

/** What any region wants. */
const wanted = world.regions.flatMap((region) => demandOf(world, region).deployments);

/** Follows the documented examples of the four lists. */
function listsOf(location: string, place: Place): Estate["lists"] {
  const {skus = SKUS, zones = ["1", "2", "3"]} = place;
  const {quota = {limit: 1000, currentValue: 0}, cores = {limit: 100, currentValue: 0}} = place;
  const {pools} = demandOf(world, world.regions[0] as Region);
  const [first, ...others] = Object.values(Object.groupBy(wanted, ({model}) => model));
  const model = {...offerOf(first![0]!, skus), ...place.model};
  const lasting = others.map((deployments) => ({
    ...offerOf(deployments![0]!, [...new Set(deployments!.map(({sku}) => sku))]),
    deprecation: {inference: "2030-01-01T00:00:00Z"},
  }));
  const usage = (value: string, amounts: object) => ({
    name: {value, localizedValue: value},
    unit: "Count",
    ...amounts,
  });
  const services = `providers/microsoft.cognitiveservices/locations/${location}`;
  return {
    [`${services}/models`]: [
      {kind: "AIServices", skuName: "S0", model: {...model, skus: []}},
      {kind: "OpenAI", skuName: "S0", model: {...model, version: "0301"}},
      {kind: "OpenAI", skuName: "S0", model},
      ...lasting.map((model) => ({kind: "OpenAI", skuName: "S0", model})),
    ],
    [`${services}/usages`]: [
      usage("AccountCount", {currentValue: 3, limit: 200}),
      usage("OpenAI.Standard.ada", {currentValue: 0, limit: 1}),
      ...SKUS.map((sku) => usage(`OpenAI.${sku}.${model.name}`, quota)),
      ...lasting.flatMap(({skus}) =>
        skus.map(({usageName}) => usage(usageName, {currentValue: 0, limit: 1000})),
      ),
    ],
    [`providers/microsoft.compute/locations/${location}/usages`]: [
      usage("availabilitySets", {currentValue: 0, limit: 2500}),
      usage("cores", {currentValue: 0, limit: 1000}),
      usage(FAMILY, cores),
    ],
    [`providers/microsoft.compute/skus?location eq '${location}'`]: [
      {resourceType: "disks", name: "Premium_LRS", locations: [location]},
      {
        resourceType: "virtualMachines",
        name: pools[0]!.size,
        family: FAMILY,
        locations: [location],
        locationInfo: [{location, zones}],
        capabilities: [{name: "vCPUs", value: "4"}],
        restrictions: [],
      },
    ],
  };
}

const offerOf = ({format, model: name, version}: WantedDeployment, skus: readonly string[]) => ({
  format,
  name,
  version,
  skus: skus.map((sku) => ({name: sku, usageName: `OpenAI.${sku}.${name}`})),
});
