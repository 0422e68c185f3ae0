import * as azure from "@pulumi/azure-native/network/index.js";
import type {ComponentResourceOptions, Output} from "@pulumi/pulumi";
import type {FlowLogs, Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {parseArmId} from "./arm-id.ts";
import {grant} from "./grant.ts";
import type {Where} from "./group.ts";
import {createIdentity} from "./identity.ts";
import {flowLogName} from "./names.ts";
import type {Subscriptions} from "./subscriptions.ts";

export interface FlowLogArgs {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly subscriptions: Subscriptions;
  /** A subnet of the network. */
  readonly nodesSubnetId: Output<string>;
  /** The id of the log workspace. */
  readonly logsId: Output<string>;
}

/** Writes down who spoke with whom in a region's network, without a key of the storage account. */
export class FlowLog extends Component {
  constructor(name: string, args: FlowLogArgs, options?: ComponentResourceOptions) {
    super("FlowLog", name, options);
    const {region, where} = args;
    const {storage} = region.flowLogs!;
    const self = createIdentity("flow-log", {where, resourceName: "flow-log"}, this);
    const role = "Storage Blob Data Contributor";
    const to = {to: self.principalId, on: storage, scope: region.name};
    const ready = grant("flow-log", {role, ...to}, {parent: this});
    createLog(args, region.flowLogs!, {
      identity: {type: "UserAssigned", userAssignedIdentities: [self.id]},
      options: {parent: this, dependsOn: ready},
    });
    this.registerOutputs();
  }
}

/** It is a part of the network watcher, in whichever group that is. */
function createLog(
  {world, region, where, subscriptions, nodesSubnetId, logsId}: FlowLogArgs,
  {storage, days, analytics, watcher = watcherId(region, subscriptions.id)}: FlowLogs,
  {
    identity,
    options,
  }: {identity: {type: "UserAssigned"; userAssignedIdentities: Output<string>[]}; options: object},
) {
  const {group, name} = parseArmId(watcher);
  return new azure.FlowLog(
    "flow-log",
    {
      resourceGroupName: group,
      networkWatcherName: name,
      flowLogName: flowLogName(world, region),
      location: where.location,
      tags: where.tags,
      targetResourceId: nodesSubnetId.apply((id) => parseArmId(id).owner),
      storageId: storage,
      enabled: true,
      identity,
      format: {type: "JSON", version: 2},
      retentionPolicy: {enabled: days > 0, days},
      ...(analytics && {flowAnalyticsConfiguration: analyticsIn(world, region, logsId)}),
    },
    options,
  );
}

/** Azure makes one for each location with a network: https://learn.microsoft.com/azure/network-watcher/network-watcher-create */
export const watcherId = ({name}: Region, subscription: string): string =>
  `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${name}`;

const analyticsIn = ({service}: World, {name, existing}: Region, logsId: Output<string>) => ({
  networkWatcherFlowAnalyticsConfiguration: {
    enabled: true,
    workspaceResourceId: logsId,
    workspaceRegion: existing.logs ? name : service.home,
    // Minutes: this or 10, which costs more.
    trafficAnalyticsInterval: 60,
  },
});
