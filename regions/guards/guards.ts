import {z} from "zod";
import {distinct} from "../name-rules.ts";
import {resourceId} from "../platform.ts";

/** The parts of regions.yaml that reviewers of larger companies ask for. All are off where nothing is said. */

const key = resourceId("Key Vault key", "/providers/Microsoft.KeyVault/vaults/*/keys/*").describe(
  "Id of a key in a vault of yours, without a version: RSA of 2048 bits, in a vault with purge protection.",
);

/** What of a region a key of the company's may encrypt. */
export const ENCRYPTED = ["models", "nodes", "etcd"] as const;

/** Of a region. The key's vault is in the region's own location. */
export const encryptionSchema = z
  .strictObject({
    key,
    of: distinct(z.enum(ENCRYPTED))
      .min(1)
      .default(["models", "nodes"])
      .describe(
        "What it encrypts: the model account, the nodes' disks (decided when the cluster is made), etcd (whose vault all addresses reach).",
      ),
  })
  .describe("A key of yours in place of Microsoft's.");

/** Of the registry that `global` makes. */
export const sharedEncryptionSchema = z
  .strictObject({key})
  .describe("A key of yours for the registry. Decided when the registry is made.");

/** Filters that every account has: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/default-safety-policies */
export const BUILT_IN_FILTERS = ["Microsoft.Default", "Microsoft.DefaultV2"] as const;

/** What a filter may block beside text that does harm. */
export const BLOCKED = ["jailbreak", "indirectAttack", "protectedText", "protectedCode"] as const;

/** How Azure judges what a deployment is asked and what it answers. */
export const filterSchema = z.strictObject({
  severity: z
    .enum(["low", "medium", "high"])
    .default("medium")
    .describe("From which on hate, sexual content, violence and self-harm are blocked."),
  blocks: distinct(z.enum(BLOCKED))
    .default(["jailbreak", "protectedText"])
    .describe("What else is blocked. The rest but indirectAttack is judged, and let through."),
  asynchronous: z
    .boolean()
    .default(false)
    .describe(
      "Whether answers are sent while they are judged: sooner, and cut where one is blocked.",
    ),
});

/** Of a region's own network. */
export const flowLogsSchema = z
  .strictObject({
    storage: resourceId(
      "storage account",
      "/providers/Microsoft.Storage/storageAccounts/*",
    ).describe("Id of the account that keeps them, in the region's own location."),
    days: z.int().min(0).max(365).default(90).describe("How long they are kept; 0: for ever."),
    analytics: z
      .boolean()
      .default(false)
      .describe("Whether Traffic Analytics reads them into the region's log workspace."),
    watcher: resourceId("network watcher", "/providers/Microsoft.Network/networkWatchers/*")
      .optional()
      .describe("Id of the location's network watcher. Left out: the one that Azure makes."),
  })
  .describe("Who spoke with whom in the region's network, as Azure's network saw it.");
