import {randomUUID} from "node:crypto";
import {roles} from "../infra/azure/roles.ts";
import {NAMESPACE} from "../infra/cluster/cluster.ts";
import {ownerOf} from "./azure/arm.ts";
import type {Grant} from "./azure/authorization.ts";
import type {Federated} from "./azure/managed-identity.ts";
import type {Workload} from "./entra.ts";
import type {Resource} from "./resource.ts";

/** The identities of a world and what they may do, as its stacks have it. */
export interface Identities {
  /** Everyone whom Entra gives a token. */
  readonly workloads: readonly Workload[];
  /** The token that a region's cluster projects into the pods of a service account. */
  assertionOf(region: readonly Resource[], serviceAccount: string): string;
  /** The tokens that open a model host: of those who have the role on its account. */
  tokensFor(accountId: string): readonly string[];
}

interface Identity {
  readonly clientId: string;
  readonly principalId: string;
}

/** Takes the resources of all stacks. Assertions and tokens are drawn anew for each world. */
export function createIdentities(resources: readonly Resource[]): Identities {
  const assertions = drawer();
  const tokens = drawer();
  const all = (type: string) => resources.filter((one) => one.type === `azure-native:${type}`);
  const identities = new Map(
    all("managedidentity:UserAssignedIdentity").map(({id, outputs}) => [
      id,
      outputs as unknown as Identity,
    ]),
  );
  const grants = all("authorization:RoleAssignment").map(({inputs}) => inputs as unknown as Grant);
  const workloads = all("managedidentity:FederatedIdentityCredential").map(({id, inputs}) => {
    const {issuer, subject} = inputs as unknown as Federated;
    const {clientId, principalId} = identities.get(ownerOf(id))!;
    return {clientId, assertion: assertions(issuer + subject), accessToken: tokens(principalId)};
  });
  return {
    workloads,
    assertionOf: (region, serviceAccount) =>
      assertions(`${issuerOf(region)}system:serviceaccount:${NAMESPACE}:${serviceAccount}`),
    tokensFor: (accountId) =>
      grants
        .filter(({scope, roleDefinitionId}) => scope === accountId && opensModels(roleDefinitionId))
        .map(({principalId}) => tokens(principalId)),
  };
}

const opensModels = (roleDefinitionId: string) =>
  roleDefinitionId.endsWith(`/${roles["Cognitive Services OpenAI User"]}`);

function issuerOf(region: readonly Resource[]): string {
  const cluster = region.find(({type}) => type === "azure-native:containerservice:ManagedCluster")!;
  const {oidcIssuerProfile} = cluster.outputs as {oidcIssuerProfile: {issuerURL: string}};
  return oidcIssuerProfile.issuerURL;
}

/** Draws secrets: the same one for the same name. */
function drawer(): (name: string) => string {
  const drawn = new Map<string, string>();
  return (name) => {
    const secret = drawn.get(name) ?? randomUUID();
    drawn.set(name, secret);
    return secret;
  };
}
