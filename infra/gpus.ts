import type {GpuModel, Region, Replicas, World} from "../regions/world.ts";
import {smallWorld} from "./fixture.ts";

const [home, abroad] = smallWorld.regions as [Region, Region];

/** A storage account of the company's, in a subscription of its own. */
const storage =
  "/subscriptions/00000000-0000-4000-8000-0000000000cc/resourceGroups/models/providers/Microsoft.Storage/storageAccounts/weights";

const coder: GpuModel = {
  host: "gpu",
  model: "qwen-coder",
  api: "completions",
  template: "qwen",
  parameters: {},
  aliases: [],
  overflow: "copilot-codex",
  balance: "load",
  hedge: 0.02,
};

const replicas: Replicas = {
  model: "coder",
  weights: {container: "weights", path: "qwen-coder/7b", manifest: `sha256:${"0a".repeat(32)}`},
  size: "Standard_NC24ads_A100_v4",
  count: {min: 1, max: 4},
  spot: false,
  engine: {"max-model-len": 8192, "enforce-eager": true},
};

/** Two regions: one with servers of its own beside Azure's, and one of servers alone, on machines that Azure may take back. */
export const gpuWorld: World = {
  ...smallWorld,
  models: {...smallWorld.models, coder},
  regions: [
    {...home, replicas: [replicas]},
    {
      ...abroad,
      deployments: [],
      replicas: [
        {
          ...replicas,
          weights: {...replicas.weights, storage},
          size: "Standard_NV36ads_A10_v5",
          count: {min: 2, max: 2},
          spot: true,
        },
      ],
    },
  ],
};
