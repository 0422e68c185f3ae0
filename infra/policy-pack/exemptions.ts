export interface Exemption {
  /** A policy's name. */
  readonly policy: string;
  readonly type: string;
  /** The value that is let be, keys joined by dots. */
  readonly path: string;
  readonly why: string;
}

/** What the stacks ask for against a policy, and why it is let be. A row that is no longer needed is taken out. */
export const exemptions: readonly Exemption[] = [
  {
    policy: "no-public-access",
    type: "azure-native:containerregistry:Registry",
    path: "publicNetworkAccess",
    why: "the tasks that build images come by its public name; it serves who has a role on it",
  },
  ...["publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"].map((path) => ({
    policy: "no-public-access",
    type: "azure-native:operationalinsights:Workspace",
    path,
    why: "agents send, and people ask, by its public name: both sign in at Entra, and keys are off",
  })),
  {
    policy: "no-public-access",
    type: "azure-native:monitor:AzureMonitorWorkspace",
    path: "publicNetworkAccess",
    why: "dashboards ask it by its public name, and sign in at Entra",
  },
  {
    policy: "no-public-access",
    type: "azure-native:monitor:DataCollectionEndpoint",
    path: "networkAcls.publicNetworkAccess",
    why: "agents of each cluster send metrics by its public name, and sign in as the cluster's identity",
  },
];

const ids = new Set(exemptions.map(({policy, type, path}) => `${policy} ${type} ${path}`));

export const isExempt = (policy: string, type: string, path: readonly string[]) =>
  ids.has(`${policy} ${type} ${path.join(".")}`);
