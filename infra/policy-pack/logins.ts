import {byType, is, none, type ResourcePolicy} from "./policy.ts";

/** Whoever gets in signs in at Entra: there is no key to lose. */
export const logins: ResourcePolicy = {
  name: "no-keys",
  why: "Whoever gets in signs in at Entra and has a role there; keys, shared users and local accounts are off, as they cannot be told apart.",
  mend: "take what turned them on out of the program, and give a role of infra/azure/roles.ts instead.",
  demandsOf: byType({
    "azure-native:cognitiveservices:Account": [is("properties.disableLocalAuth", true)],
    "azure-native:keyvault:Vault": [
      is("properties.enableRbacAuthorization", true),
      none("properties.accessPolicies"),
    ],
    "azure-native:containerregistry:Registry": [
      is("adminUserEnabled", false),
      is("anonymousPullEnabled", false),
    ],
    "azure-native:storage:StorageAccount": [is("allowSharedKeyAccess", false)],
    "azure-native:operationalinsights:Workspace": [is("features.disableLocalAuth", true)],
    "azure-native:containerservice:ManagedCluster": [
      is("disableLocalAccounts", true),
      is("aadProfile.managed", true),
      is("aadProfile.enableAzureRBAC", true),
      is("addonProfiles.omsagent.config.useAADAuth", "true"),
    ],
  }),
};
