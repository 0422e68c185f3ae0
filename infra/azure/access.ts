import * as identity from "@pulumi/azure-native/managedidentity/index.js";
import {CustomResource} from "@pulumi/kubernetes/apiextensions/customResource.js";
import {ServiceAccount} from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
} from "@pulumi/pulumi";
import {stringify} from "yaml";
import type {Region} from "../../regions/world.ts";
import {type Cluster, NAMESPACE} from "../cluster/cluster.ts";
import {grant} from "./grant.ts";
import type {Where} from "./group.ts";
import type {roles} from "./roles.ts";
import type {Vault} from "./vault.ts";

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
export class Access extends ComponentResource {
  readonly clientId: Output<string>;
  readonly principalId: Output<string>;

  constructor(name: string, args: AccessArgs, options?: ComponentResourceOptions) {
    super("meridian:Access", name, {}, options);
    const self = createIdentity(name, args, this);
    createCredential(name, args, self, this);
    grantSecrets(name, args, self, this);
    grantRoles(name, args, self, this);
    createServiceAccount(name, args, self, this);
    if (Object.keys(args.secrets).length > 0) createSecretClass(name, args, self, this);
    this.clientId = self.clientId;
    this.principalId = self.principalId;
    this.registerOutputs();
  }
}

function createIdentity(name: string, {where}: Ground, parent: Access) {
  return new identity.UserAssignedIdentity(name, {...where, resourceName: name}, {parent});
}

function createCredential(
  name: string,
  {where, cluster}: Ground,
  self: identity.UserAssignedIdentity,
  parent: Access,
) {
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
  self: identity.UserAssignedIdentity,
  parent: Access,
) {
  for (const secret of Object.values(secrets)) {
    const on = interpolate`${vault.id}/secrets/${secret}`;
    const scope = `${region.name}/${name}`;
    grant(secret, {role: "Key Vault Secrets User", to: self.principalId, on, scope}, {parent});
  }
}

function grantRoles(
  name: string,
  {region, roles = {}}: AccessArgs,
  self: identity.UserAssignedIdentity,
  parent: Access,
) {
  const scope = `${region.name}/${name}`;
  for (const [what, {role, on}] of Object.entries(roles))
    grant(what, {role, on, to: self.principalId, scope}, {parent});
}

/** Pods get no token for the Kubernetes API; the CSI driver requests the tokens it needs itself. */
function createServiceAccount(
  name: string,
  {cluster}: Ground,
  self: identity.UserAssignedIdentity,
  parent: Access,
) {
  const annotations = {"azure.workload.identity/client-id": self.clientId};
  const args = {
    metadata: {name, namespace: cluster.namespace, annotations},
    automountServiceAccountToken: false,
  };
  return new ServiceAccount(name, args, {parent, provider: cluster.provider});
}

/** https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/ */
function createSecretClass(
  name: string,
  {cluster, vault, secrets}: AccessArgs,
  self: identity.UserAssignedIdentity,
  parent: Access,
) {
  return new CustomResource(
    name,
    {
      apiVersion: "secrets-store.csi.x-k8s.io/v1",
      kind: "SecretProviderClass",
      metadata: {name, namespace: cluster.namespace},
      spec: {
        provider: "azure",
        parameters: {
          clientID: self.clientId,
          tenantId: vault.tenantId,
          keyvaultName: vault.vaultName,
          objects: secretObjects(secrets),
        },
      },
    },
    {parent, provider: cluster.provider},
  );
}

/** The driver wants YAML within YAML: an array of strings, each a document. Quoting matters: a secret may be called `null`. */
export function secretObjects(secrets: Readonly<Record<string, string>>): string {
  const array = Object.entries(secrets).map(([objectAlias, objectName]) =>
    stringify({objectName, objectType: "secret", objectAlias}),
  );
  return stringify({array}, {lineWidth: 0});
}
