import {spare, tail} from "../../description.ts";
import type {View} from "../../resource.ts";
import {arm, unless} from "../arm.ts";
import {unreferable} from "../network.ts";

export const flowLog = [
  arm<Log>("network:FlowLog", {
    path: "Microsoft.Network/networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
    purpose: "writes down who spoke with whom in the region's network",
    // Nothing of the sources that other prices are read from has them.
    price: {
      unpriced: ({flowAnalyticsConfiguration}) => [
        "flow logs, by the gigabyte, and the storage that keeps them",
        ...(flowAnalyticsConfiguration ? ["Traffic Analytics, by the gigabyte"] : []),
      ],
    },
    loss: spare("who spoke with whom"),
    summary: (at) => [
      `of ${tail(at("targetResourceId"))} to ${tail(at("storageId"))}`,
      at("retentionPolicy.enabled") === "true" ? `kept ${at("retentionPolicy.days")} days` : "kept",
      at("flowAnalyticsConfiguration") ? "analysed" : "",
    ],
    check: checkLog,
  }),
];

interface Log {
  readonly targetResourceId: string;
  readonly storageId: string;
  readonly flowAnalyticsConfiguration?: {
    readonly networkWatcherFlowAnalyticsConfiguration?: {readonly workspaceResourceId?: string};
  };
}

/** What a log is of, and where it goes, has to be there. */
function checkLog(log: Log, view: View): string[] {
  const {workspaceResourceId: workspace} =
    log.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration ?? {};
  const named = [log.targetResourceId, log.storageId, ...(workspace ? [workspace] : [])];
  return named.flatMap((id) => unless(view.find(id), unreferable(id, view)));
}
