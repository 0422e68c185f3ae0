import assert from "node:assert/strict";
import {test} from "node:test";
import {roles} from "../../infra/azure/roles.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import type {FlowLogs, Region} from "../../regions/world.ts";
import {flowLog} from "../azure/guards/flow-log.ts";
import type {Inputs, Resource, View} from "../resource.ts";
import {runStacks} from "./stacks.ts";

const [guarded] = guardedWorld.regions as [Region];
const asked = guarded.flowLogs!;

async function madeWith(flowLogs: FlowLogs | undefined): Promise<readonly Resource[]> {
  const regions = [{...guarded, flowLogs}];
  const {stacks} = await runStacks({...guardedWorld, regions}, {stacks: ["eastus2"]});
  return stacks[0]!.resources;
}

const logsIn = (resources: readonly Resource[]) =>
  resources.filter(({type}) => type === "azure-native:network:FlowLog");

test("a region's network is watched by the location's watcher, into the company's storage, by a role and no key", async () => {
  const made = await madeWith(asked);
  const [log, ...others] = logsIn(made) as [Resource];
  assert.deepEqual(others, []);
  const {targetResourceId, storageId, retentionPolicy, identity, ...where} = log.inputs;
  const network = made.find(({type}) => type.endsWith(":VirtualNetwork"))!;
  assert.deepEqual([targetResourceId, storageId], [network.id, asked.storage]);
  assert.deepEqual(retentionPolicy, {enabled: true, days: 90});
  assert.deepEqual(
    [where.resourceGroupName, where.networkWatcherName, where.location],
    ["NetworkWatcherRG", "NetworkWatcher_eastus2", "eastus2"],
  );
  const [own] = (identity as {userAssignedIdentities: string[]}).userAssignedIdentities;
  const {principalId} = made.find(({id}) => id === own)!.outputs;
  const granted = made.filter(({inputs}) => inputs.principalId === principalId);
  assert.deepEqual(
    granted.map(({inputs}) => [
      String(inputs.roleDefinitionId).split("/").at(-1),
      inputs.scope,
      log.dependencies?.includes(granted[0]!.urn),
    ]),
    [[roles["Storage Blob Data Contributor"], asked.storage, true]],
  );
});

test("Traffic Analytics reads it into the region's log workspace, where it is told to", async () => {
  const configured = async (flowLogs: FlowLogs) =>
    logsIn(await madeWith(flowLogs))[0]!.inputs.flowAnalyticsConfiguration as Inputs | undefined;
  const found = (await configured(asked))!.networkWatcherFlowAnalyticsConfiguration as Inputs;
  assert.match(String(found.workspaceResourceId), /\/workspaces\/meridian-logs$/);
  assert.deepEqual([found.enabled, found.workspaceRegion], [true, "eastus2"]);
  assert.equal(await configured({...asked, analytics: false}), undefined);
});

test("another watcher is used where it is named, and logs may be kept for ever", async () => {
  const watcher = `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/watch/providers/Microsoft.Network/networkWatchers/own`;
  const [log] = logsIn(await madeWith({...asked, days: 0, watcher})) as [Resource];
  assert.ok(log.id.startsWith(`${watcher}/flowLogs/meridian-eastus2-`), log.id);
  assert.deepEqual(log.inputs.retentionPolicy, {enabled: false, days: 0});
});

test("nothing is watched where nothing is said", async () => {
  assert.deepEqual(logsIn(await madeWith(undefined)), []);
});

test("refused: a log of a network, into a storage or a workspace that is not there", async () => {
  const made = await madeWith(asked);
  const [log] = logsIn(made) as [Resource];
  const [, kind] = flowLog[0]!;
  const saidWithout = (gone: string) => {
    const find = (id: string) => (id === log.id || id.startsWith(gone) ? undefined : log);
    const view = {
      id: log.id,
      stack: "eastus2",
      options: {},
      all: () => [],
      find,
    } as unknown as View;
    return kind.check(log.inputs, view).join("\n");
  };
  const configuration = log.inputs.flowAnalyticsConfiguration as Record<string, Inputs>;
  const {workspaceResourceId} = configuration.networkWatcherFlowAnalyticsConfiguration!;
  assert.equal(saidWithout("none"), "");
  for (const id of [log.inputs.targetResourceId, asked.storage, workspaceResourceId])
    assert.match(saidWithout(String(id)), new RegExp(`^InvalidResourceReference: Resource ${id} `));
});
