import type {Inputs, Kind, Resource, View} from "../cloud.ts";
import {never} from "../frozen.ts";
import {frozenPools, refusedFor, replacedFor} from "./node-pool.ts";

/** How resources of a type come and go: what of them never changes, and what stands in the way of an end. */
export type Lifecycle = Pick<Kind, "fixed" | "frozen" | "checkRemoval" | "busies" | "checkKept">;

/**
 * By Azure type. What is `fixed` beside names and locations is what azure-native replaces a resource for:
 * https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/gen/replacement.go. What is
 * `frozen` is not in that list, so it is asked of Azure, which refuses.
 */
export const lifecycles: Readonly<Record<string, Lifecycle>> = {
  "resources:ResourceGroup": {checkRemoval: checkEmpty},
  // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting: RoleAssignmentUpdateNotPermitted.
  "authorization:RoleAssignment": {
    fixed: ["principalId"],
    frozen: never(
      ["principalType", "roleDefinitionId"],
      () =>
        "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
  },
  "containerservice:ManagedCluster": {
    fixed: [
      ...["diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "nodeResourceGroup"],
      ...["linuxProfile", "windowsProfile"],
      ...networkFor("serviceCidr", "serviceCidrs", "dnsServiceIP", "networkMode", "networkPlugin"),
      ...networkFor("networkPluginMode", "podCidr", "networkDataplane", "networkPolicy"),
      ...networkFor("outboundType"),
    ],
    frozen: frozenPools,
  },
  "containerservice:AgentPool": {fixed: replacedFor, frozen: never(refusedFor)},
  "network:PublicIPAddress": {
    fixed: ["publicIPAddressVersion", "publicIPPrefix", "sku"],
    frozen: never(["zones"], otherZones),
    checkRemoval: checkAllocated,
  },
  "network:NetworkSecurityGroup": {checkRemoval: checkGuarding},
  "network:VirtualNetwork": {checkRemoval: checkInhabited},
  "network:PrivateEndpoint": {fixed: ["subnet"]},
  "storage:StorageAccount": {fixed: ["isHnsEnabled"], frozen: never(["kind"])},
  "cognitiveservices:Account": {
    frozen: never(["kind", "properties.customSubDomainName"]),
    busies: (id) => id,
    checkKept: checkKeptAccount,
  },
  // https://learn.microsoft.com/azure/ai-foundry/openai/how-to/working-with-models: a version is changed in place.
  // Another model is another deployment, as Terraform has it: its cognitive_deployment.
  "cognitiveservices:Deployment": {
    frozen: never(["properties.model.format", "properties.model.name"]),
    busies: (id) => id.split("/").slice(0, 9).join("/"),
  },
  "keyvault:Vault": {checkKept: checkKeptVault},
};

function networkFor(...properties: string[]): string[] {
  return properties.map((property) => `networkProfile.${property}`);
}

/** https://github.com/Azure/AzOps/issues/701 */
function otherZones(_: string, olds: Inputs, news: Inputs): string {
  const said = ({zones}: Inputs) => (zones as string[] | undefined)?.join(", ") || "NoZone";
  return `ResourceAvailabilityZonesCannotBeModified: Resource ${olds.publicIpAddressName} has an existing availability zone constraint ${said(olds)} and the request has availability zone constraint ${said(news)}, which do not match. Zones cannot be added/updated/removed once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.`;
}

/**
 * Azure would delete what is in the group with it, whoever made it. A stack that comes to this has lost
 * the order of its resources, so it is refused here.
 */
function checkEmpty({id}: Resource, {inside}: View): string[] {
  const names = inside(id).map((resource) => resource.id.split("/").slice(-2).join("/"));
  if (names.length === 0) return [];
  return [
    `ResourceGroupNotEmpty: Resource group '${nameOf(id)}' holds ${names.length} resources that would be deleted with it: ${names.join(", ")}.`,
  ];
}

/** Of the Services of the stack's cluster, the one whose load balancer stands at the address. */
function checkAllocated({id, stack}: Resource, {all}: View): string[] {
  const holder = all("kubernetes:core/v1:Service").find((service) => {
    const {annotations = {}} = service.inputs.metadata as {annotations?: Record<string, string>};
    const pip = annotations["service.beta.kubernetes.io/azure-pip-name"];
    return service.stack === stack && pip === nameOf(id);
  });
  if (!holder) return [];
  return [
    `PublicIPAddressCannotBeDeleted: Public IP address ${id} can not be deleted since it is still allocated to the load balancer of Service ${holder.name}.`,
  ];
}

function checkGuarding({id}: Resource, {all}: View): string[] {
  const users = all("azure-native:network:VirtualNetwork").filter(mentions(id));
  if (users.length === 0) return [];
  return [
    `InUseNetworkSecurityGroupCannotBeDeleted: Network security group ${nameOf(id)} cannot be deleted because it is in use by the following resources: ${users.map((user) => user.id).join(", ")}.`,
  ];
}

const tenants = ["containerservice:ManagedCluster", "containerservice:AgentPool"];

function checkInhabited({id}: Resource, {all}: View): string[] {
  const users = [...tenants, "network:PrivateEndpoint"]
    .flatMap((type) => all(`azure-native:${type}`))
    .filter(mentions(`${id}/subnets/`));
  if (users.length === 0) return [];
  return [
    `InUseSubnetCannotBeDeleted: A subnet of ${nameOf(id)} is in use by ${users.map((user) => user.id).join(", ")} and cannot be deleted.`,
  ];
}

/** https://learn.microsoft.com/azure/ai-services/recover-purge-resources: kept for 48 hours. */
function checkKeptAccount(inputs: object, id: string, kept: boolean): string[] {
  const {properties} = inputs as {properties?: {restore?: boolean}};
  const restore = properties?.restore === true;
  if (kept && !restore)
    return [
      `FlagMustBeSetForRestore: An existing resource with ID '${id}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`,
    ];
  if (!kept && restore)
    return [
      `CanNotRestoreANonExistingResource: There is no soft-deleted resource with ID '${id}' to restore.`,
    ];
  return [];
}

/** https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview: kept for 90 days, and not to be purged. */
function checkKeptVault(inputs: object, id: string, kept: boolean): string[] {
  const {properties} = inputs as {properties?: {createMode?: string}};
  if (!kept || properties?.createMode === "recover") return [];
  return [
    `ConflictError: A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Vault '${nameOf(id)}' was deleted.`,
  ];
}

const mentions = (id: string) => (resource: Resource) =>
  JSON.stringify(resource.inputs).includes(id);

const nameOf = (id: string) => id.split("/").at(-1) ?? "";
