import type {View} from "../resource.ts";
import {unless} from "./arm.ts";

/** What of a cluster guards it. */
export interface Guarded {
  readonly securityProfile?: {
    readonly defender?: {
      readonly logAnalyticsWorkspaceResourceId?: string;
      readonly securityMonitoring?: {readonly enabled?: boolean};
    };
  };
}

/** Its part of a cluster's line in a preview. */
export const guards = (at: (path: string) => string): string[] => [
  at("addonProfiles.azurepolicy.enabled") === "true" ? "Azure Policy" : "",
  at("securityProfile.defender.securityMonitoring.enabled") === "true" ? "Defender" : "",
];

/** Defender's plan is the subscription's, and its price is not in the list that others are read from. */
export const unpricedGuards = ({securityProfile}: Guarded): string[] =>
  securityProfile?.defender?.securityMonitoring?.enabled
    ? ["Defender for Containers, by the vCPU of every node"]
    : [];

/** The description of `logAnalyticsWorkspaceResourceId` in Microsoft's types: required, and of a workspace that is there. */
export function checkDefender({securityProfile}: Guarded, {find}: View): string[] {
  const {securityMonitoring, logAnalyticsWorkspaceResourceId: id} = securityProfile?.defender ?? {};
  if (!securityMonitoring?.enabled) return [];
  return unless(
    id !== undefined && find(id),
    `InvalidDefenderWorkspace: Microsoft Defender of the cluster needs a Log Analytics workspace; '${id}' was not found.`,
  );
}
