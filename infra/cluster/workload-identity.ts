import * as identity from "@pulumi/azure-native/managedidentity/index.js";
import {ServiceAccount} from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import {type ComponentResourceOptions, type Input, interpolate, type Output} from "@pulumi/pulumi";
import {cloudAt} from "../../regions/clouds/clouds.ts";
import type {Region} from "../../regions/world.ts";
import {grant} from "../azure/grant.ts";
import type {Where} from "../azure/group.ts";
import {createIdentity, type Identity} from "../azure/identity.ts";
import type {roles} from "../azure/roles.ts";
import type {Vault} from "../azure/vault.ts";
import {Component} from "../component.ts";
import {type Cluster, NAMESPACE} from "./cluster.ts";
import {createSecretClass} from "./secret-provider-class.ts";

/** What every workload of a region's cluster needs. */
export interface Ground {
  readonly region: Region;
  readonly where: Where;
  readonly cluster: Cluster;
  readonly vault: Vault;
}

export interface AccessArgs extends Ground {
  /** Maps file names to names of secrets in the vault. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Further grants by name: the role and the id of the resource. */
  readonly roles?: Readonly<Record<string, {role: keyof typeof roles; on: Input<string>}>>;
}

/**
 * What lets the pods of one workload read its secrets, and no other's: an identity that only its
 * service account can take, a role on each secret, and the class that mounts them as files.
 * The service account, the identity and the class bear the workload's name.
 */
export class Access extends Component {
  readonly clientId: Output<string>;
  readonly principalId: Output<string>;

  constructor(name: string, args: AccessArgs, options?: ComponentResourceOptions) {
    super("Access", name, options);
    const self = createIdentity(name, {where: args.where, resourceName: name}, this);
    createCredential(name, args, self, this);
    grantSecrets(name, args, self, this);
    grantRoles(name, args, self, this);
    createServiceAccount(name, args, self, this);
    if (Object.keys(args.secrets).length > 0)
      createSecretClass(name, {...args, clientId: self.clientId}, this);
    this.clientId = self.clientId;
    this.principalId = self.principalId;
    this.registerOutputs({clientId: this.clientId, principalId: this.principalId});
  }
}

/** What the pods of a workload sign in with. */
export const identityOf = ({region, vault}: Ground, clientId: Input<string>) => ({
  clientId,
  tenantId: vault.tenantId,
  login: cloudAt(region.name).hosts.login,
});

function createCredential(name: string, {where, cluster}: Ground, self: Identity, parent: Access) {
  return new identity.FederatedIdentityCredential(
    name,
    {
      resourceGroupName: where.resourceGroupName,
      resourceName: self.name,
      federatedIdentityCredentialResourceName: name,
      issuer: cluster.oidcIssuer,
      subject: `system:serviceaccount:${NAMESPACE}:${name}`,
      audiences: [TOKEN_AUDIENCE],
    },
    {parent},
  );
}

/** The audience that Entra requires of a service account's token. */
export const TOKEN_AUDIENCE = "api://AzureADTokenExchange";

function grantSecrets(
  name: string,
  {region, vault, secrets}: AccessArgs,
  self: Identity,
  parent: Access,
) {
  for (const secret of Object.values(secrets)) {
    const on = interpolate`${vault.id}/secrets/${vault.nameOf(secret)}`;
    const scope = `${region.name}/${name}`;
    grant(secret, {role: "Key Vault Secrets User", to: self.principalId, on, scope}, {parent});
  }
}

function grantRoles(
  name: string,
  {region, roles = {}}: AccessArgs,
  self: Identity,
  parent: Access,
) {
  const scope = `${region.name}/${name}`;
  for (const [what, {role, on}] of Object.entries(roles))
    grant(what, {role, on, to: self.principalId, scope}, {parent});
}

/** Pods get no token for the Kubernetes API; the CSI driver requests the tokens it needs itself. */
function createServiceAccount(name: string, {cluster}: Ground, self: Identity, parent: Access) {
  const annotations = {"azure.workload.identity/client-id": self.clientId};
  const args = {
    metadata: {name, namespace: cluster.namespace, annotations},
    automountServiceAccountToken: false,
  };
  return new ServiceAccount(name, args, {parent, provider: cluster.provider});
}
