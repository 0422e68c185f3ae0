import type {Region, World} from "../regions/world.ts";
import {smallWorld} from "./fixture.ts";

const [home, abroad] = smallWorld.regions as [Region, Region];

/** A vault of the company's, in a subscription of its own. */
const vault =
  "/subscriptions/00000000-0000-4000-8000-0000000000cc/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/corporate";

const storage =
  "/subscriptions/00000000-0000-4000-8000-0000000000cc/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/flows";

/** Two regions: one with everything that a larger company's reviewers ask for, and one without. */
export const guardedWorld: World = {
  ...smallWorld,
  service: {...smallWorld.service, encryption: {key: `${vault}-home/keys/registry`}},
  filters: {
    code: {severity: "high", blocks: ["jailbreak", "protectedCode"], asynchronous: true},
  },
  regions: [
    {
      ...home,
      deployments: home.deployments.map((deployment, at) => ({
        ...deployment,
        filter: ["code", "Microsoft.DefaultV2"][at],
      })),
      cluster: {...home.cluster, azurePolicy: true, defender: true},
      flowLogs: {storage, days: 90, analytics: true},
      encryption: {key: `${vault}-eastus2/keys/region`, of: ["models", "nodes", "etcd"]},
    },
    abroad,
  ],
};
