import {createPublicKey} from "node:crypto";
import {z} from "zod";
import {clashOf, SPACE_BITS} from "./addresses.ts";
import {parseCidr} from "./cidr.ts";
import {distinct, line, secretName} from "./name-rules.ts";
import {authoritiesSchema, revokedSchema} from "./text/pem.ts";
import {range} from "./units.ts";

/** The parts of regions.yaml for platform teams: how a region's Azure resources are configured. */

/** The full id of one type of Azure resource: https://learn.microsoft.com/rest/api/resources/resources/get-by-id */
export function resourceId(what: string, path: string) {
  const shape = path.replaceAll("/*", "/[^/]+").replaceAll(".", "\\.");
  const group = "/subscriptions/[\\da-fA-F-]{36}/resourceGroups/[^/]+";
  const example = `/subscriptions/…/resourceGroups/…${path.replaceAll("/*", "/…")}`;
  const article = /^[aeiou]/.test(what) ? "an" : "a";
  return z
    .string()
    .regex(
      new RegExp(`^${group}${shape}$`, "i"),
      `is not the id of ${article} ${what}; write ${example}`,
    );
}

const subnetId = resourceId("subnet", "/providers/Microsoft.Network/virtualNetworks/*/subnets/*");
const networkId = resourceId("virtual network", "/providers/Microsoft.Network/virtualNetworks/*");
const registryId = resourceId(
  "container registry",
  "/providers/Microsoft.ContainerRegistry/registries/*",
);
const vaultId = resourceId("Key Vault", "/providers/Microsoft.KeyVault/vaults/*");
const logsId = resourceId("log workspace", "/providers/Microsoft.OperationalInsights/workspaces/*");

/** An IPv4 address range in CIDR notation. */
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, {
  error: "is not a range of addresses; write its first address and prefix: 10.0.0.0/16",
});

const space = cidr
  .refine((text) => withinBounds(text), {
    error: `is too small or too large; choose a prefix from /${SPACE_BITS.least} to /${SPACE_BITS.most}`,
  })
  .superRefine((text, context) => {
    const range = parseCidr(text);
    const clash = range && clashOf(range);
    if (clash) context.addIssue(`overlaps ${clash}, which is the cluster's own; choose another`);
  });

function withinBounds(text: string): boolean {
  const {bits} = parseCidr(text) ?? {bits: SPACE_BITS.least};
  return bits >= SPACE_BITS.least && bits <= SPACE_BITS.most;
}

/** An Entra object id, also called principal id. */
const objectId = z.guid("is not an object id; write it as Entra shows it, a GUID");

const DAYS = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
] as const;

const maintenance = z
  .strictObject({
    day: z.enum(DAYS),
    hour: z.int().min(0).max(23).describe("By the region's own clock."),
  })
  .describe(
    "When Azure upgrades cluster and nodes. Left out: at night, regions on different days.",
  );

const vmSize = z
  .string()
  .regex(
    /^Standard_\w+$/,
    "is not a VM size; write it as Azure does, for example Standard_D4ds_v5",
  );

/** AKS takes 30 to 2048: https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update */
const disk = z.int().min(30).max(2048).optional();

/** Availability zones, as a subscription counts them. */
export const zones = distinct(z.int().min(1).max(3)).min(1).optional();

export const clusterSchema = z.strictObject({
  nodes: range.optional().describe("Least and most nodes of the user pool, for example 3-12."),
  size: vmSize.optional().describe("VM size of the nodes."),
  zones: zones.describe(
    "Availability zones of the nodes, as your subscription counts them: [1, 3]. Left out: all.",
  ),
  disk: disk.describe(
    "Gigabytes of a node's system disk. Left out: AKS's own choice, 128 or more.",
  ),
  system: z
    .strictObject({
      nodes: range.optional().describe("Least and most; default 3-5."),
      size: vmSize.optional().describe("Default: that of the other nodes."),
      zones: zones.describe("Default: those of the other nodes."),
      disk: disk.describe("Default: that of the other nodes."),
    })
    .prefault({})
    .describe("The nodes of the cluster's own pods."),
  version: z
    .string()
    .regex(/^1\.\d+$/, 'is not a version of Kubernetes; write major and minor, quoted: "1.36"')
    .optional()
    .describe("Of Kubernetes; Azure keeps the patch up to date. Quote it."),
  tier: z
    .enum(["free", "standard"])
    .optional()
    .describe(
      "Of the API server; default standard. free: no agreement about its uptime, and nothing to pay for it.",
    ),
  admins: distinct(objectId)
    .optional()
    .describe("Object ids of Entra groups that administer the cluster."),
  maintenance: maintenance.optional(),
  azurePolicy: z
    .boolean()
    .optional()
    .describe(
      "Whether Azure Policy's add-on runs on it, which holds pods to your assignments; left out: as it is.",
    ),
  defender: z
    .boolean()
    .optional()
    .describe(
      "Whether Defender for Containers watches its nodes and pods; needs the subscription's plan. Left out: as it is.",
    ),
  private: z
    .boolean()
    .optional()
    .describe(
      "Whether the API server has an address in the region's network alone. Decided when the cluster is made.",
    ),
});

/** Where editors come in: by an address of the Internet, or by one of the region's network alone. */
export const ENTRANCES = ["public", "internal"] as const;

/** How nodes reach the world: https://learn.microsoft.com/azure/aks/egress-outboundtype */
export const OUTBOUND = ["loadBalancer", "nat", "routes"] as const;

export const certificateSchema = z.strictObject({
  name: secretName("a certificate's name")
    .optional()
    .describe("Of a certificate in the region's Key Vault; default edge."),
  issuer: line
    .optional()
    .describe(
      "Who issues it: an authority that the vault knows, or Self. Left out: you import it.",
    ),
});

/** What cosign signs by: https://docs.sigstore.dev/cosign/key_management/overview/ */
const publicKey = z.string().refine((text) => isPublicKey(text), {
  error:
    "is not a public key in PEM; write what cosign public-key --key azurekms://… prints, as a block: |",
});

function isPublicKey(text: string): boolean {
  try {
    // Of a private key, Node would make its public one.
    return !text.includes("PRIVATE") && createPublicKey(text).type === "public";
  } catch {
    return false;
  }
}

/** With the registry's name, so that nobody has to guess it: https://github.com/opencontainers/distribution-spec */
const image = z
  .string()
  .regex(
    /^[a-z\d-]+(\.[a-z\d-]+)+(:\d+)?(\/[a-z\d._-]+)+:\w[\w.-]{0,127}(@sha256:[\da-f]{64})?$/,
    "is not an image; write registry, repository and tag, and its digest if you know it: docker.io/envoyproxy/envoy:distroless-v1.40.0@sha256:…",
  );

/** The images that pods run. */
export const imagesSchema = z.strictObject({
  signedBy: publicKey
    .optional()
    .describe(
      "The public key, PEM, of whoever signs images: a rollout brings no others to a region. Left out: images need no signature.",
    ),
  envoy: image
    .optional()
    .describe(
      "What the edge's image begins from: Envoy, by tag or by tag and digest, of your own mirror. Left out: Envoy's own image on Docker Hub.",
    ),
  dockerHub: z
    .strictObject({
      vault: vaultId.describe(
        "Id of the Key Vault that has both; it lets in Microsoft's services.",
      ),
      user: secretName("a secret's name").describe(
        "Name of the secret that is the account's name.",
      ),
      token: secretName("a secret's name").describe("Name of the secret that is a token of its."),
    })
    .optional()
    .describe(
      "An account by which the registry copies Envoy's image from Docker Hub. Left out: a build asks there without one.",
    ),
  keep: z
    .strictObject({
      days: z.int().min(1).max(3650).describe("Younger ones are kept."),
      latest: z.int().min(1).max(1000).describe("Of older ones, so many of each kind are kept."),
    })
    .optional()
    .describe(
      "Which images stay in the registry, beside those that regions run; others are removed at the end of a rollout. Left out: all.",
    ),
  admission: z
    .boolean()
    .default(false)
    .describe(
      "Whether a cluster takes into Meridian's namespace images of its own registry alone, by digest.",
    ),
});

/** Resources that `global` uses instead of creating them. */
export const globalExistingSchema = z.strictObject({
  zone: resourceId("DNS zone", "/providers/Microsoft.Network/dnszones/*").optional(),
  registry: registryId.optional(),
  logs: logsId.optional(),
});

export const alertsSchema = z.strictObject({
  notify: distinct(resourceId("action group", "/providers/Microsoft.Insights/actionGroups/*"))
    .max(5, "are more than Azure takes for an alert, 5; write fewer")
    .default([])
    .describe(
      "Ids of action groups: whom Azure tells. Left out: alerts are listed, and nobody told.",
    ),
  runbooks: line
    .regex(/^[^#]*$/, "has a #; leave it out, for alerts add their own")
    .optional()
    .describe(
      "Where your people read docs/runbooks.md; alerts link there, and say what to do without it.",
    ),
});

/** Resources that a region uses instead of creating them. */
export const regionExistingSchema = z.strictObject({
  network: z
    .strictObject({
      nodes: subnetId.describe("Of the cluster's nodes."),
      endpoints: subnetId.describe("Of private endpoints."),
      zones: resourceId("resource group", "")
        .optional()
        .describe("The group with the private DNS zones that the network is linked to."),
      entrance: z
        .strictObject({
          subnet: subnetId.describe("In the network of nodes, and nobody else's."),
          address: z
            .ipv4("is not an address; write one of the subnet's, for example 10.8.15.4")
            .describe("In the subnet; Azure keeps its first four and its last."),
        })
        .optional()
        .describe("Where an internal entrance has its address; it has no other."),
    })
    .optional()
    .describe("Its space is to be given in network.space."),
  registry: registryId.optional().describe("The image is built here too."),
  vault: vaultId.optional(),
  logs: logsId.optional().describe("In the region's own location."),
  hubs: distinct(networkId)
    .default([])
    .describe(
      "Ids of further virtual networks whose people this region serves by an internal entrance: the hub with your DNS resolver, for example.",
    ),
});

/** Keys of both `defaults` and a region. */
export const platform = {
  cluster: clusterSchema.prefault({}).describe("The Kubernetes cluster."),
  access: distinct(cidr)
    .min(1)
    .optional()
    .describe(
      "The ranges of addresses that administer: they alone reach the API server and, from outside, the vault. Left out: every address reaches the API server, with a token, and none the vault.",
    ),
  edge: z
    .strictObject({
      entrance: z
        .enum(ENTRANCES)
        .optional()
        .describe(
          "public: an address and a name of the Internet; default. internal: of the company's network alone, by private DNS. The same in all regions.",
        ),
      allow: distinct(cidr)
        .min(1)
        .optional()
        .describe(
          "The ranges of addresses that editors come from; Traffic Manager's probes are let in beside them. Left out: all that reach the entrance.",
        ),
      clientCertificates: z
        .strictObject({
          authorities: authoritiesSchema.describe(
            "PEM of the authorities whose certificates clients need. One above another is enough.",
          ),
          revoked: revokedSchema
            .optional()
            .describe(
              "PEM of the authorities' lists of revoked certificates, none of them out of date.",
            ),
        })
        .optional()
        .describe("Clients need a certificate beside their token. Left out: the token is enough."),
    })
    .prefault({})
    .describe("The way in for editors."),
  edges: range.optional().describe("Least and most edge pods; default 3-12."),
  cores: z
    .number()
    .min(0.1)
    .max(4)
    .optional()
    .describe("Of a node, kept for each edge and proxy pod; default 1. Fewer for a small team."),
  issuers: range.optional().describe("Least and most issuer pods; default 2-6."),
  network: z
    .strictObject({space: space.optional().describe("Its addresses; default 10.0.0.0/16.")})
    .prefault({})
    .describe("The virtual network. Regions are not peered: all may have the same addresses."),
  outbound: z
    .enum(OUTBOUND)
    .optional()
    .describe(
      "How nodes reach the world: by the cluster's load balancer; by a NAT gateway, in a network of yours that of the nodes' subnet; or, in a network of yours alone, by the routes of that subnet, to a hub's firewall. Decided when the cluster is made.",
    ),
  certificate: certificateSchema.prefault({}).describe("The edge's TLS certificate."),
};
