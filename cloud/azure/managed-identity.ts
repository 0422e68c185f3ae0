import {guid} from "../../infra/azure/names.ts";
import {serving, values} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, ownerOf, plainly, TENANT, unless} from "./arm.ts";

const IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities";
const CREDENTIAL = "managedidentity:FederatedIdentityCredential";

export const managedIdentity = [
  arm("managedidentity:UserAssignedIdentity", {
    path: `${IDENTITIES}/{resourceName}`,
    purpose: "who a workload, or the cluster, is in Entra",
    loss: serving("who the pods are in Entra"),
    rights: [`${IDENTITIES}/assign/action`],
    name: plainly(
      /^(?=.{3,128}$)[a-zA-Z\d][\w-]*$/,
      "3 to 128 letters, digits, '_' and '-', a letter or digit first",
    ),
    outputs: (_, {id}) => ({
      principalId: guid(`${id}/principal`),
      clientId: guid(`${id}/client`),
      tenantId: TENANT,
    }),
  }),
  arm<Federated>(CREDENTIAL, {
    path: `${IDENTITIES}/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
    purpose: "lets one service account of the cluster be that identity, without a secret",
    loss: serving("who the pods are in Entra"),
    summary: values("subject"),
    check: checkFederated,
  }),
];

export interface Federated {
  readonly issuer: string;
  readonly subject: string;
}

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
function checkFederated({issuer, subject}: Federated, view: View): string[] {
  const twice = view
    .inside(ownerOf(view.id))
    .filter(({id}) => id !== view.id)
    .some(({inputs}) => inputs.issuer === issuer && inputs.subject === subject);
  return unless(
    !twice,
    "Conflict: Issuer and subject combination already exists for this Managed Identity.",
  );
}
