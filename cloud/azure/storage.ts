import {never} from "../consequence.ts";
import {sole, spare} from "../description.ts";
import type {Inputs, View} from "../resource.ts";
import {arm, nameOf, ownerOf, plainly, unless} from "./arm.ts";

const ACCOUNTS = "Microsoft.Storage/storageAccounts";
const IN_ACCOUNT = `${ACCOUNTS}/{accountName}/blobServices`;
const IN_CONTAINER = `${IN_ACCOUNT}/default/containers/{containerName}`;
const POLICY = "storage:BlobContainerImmutabilityPolicy";

export const storage = [
  arm<{accountName: string}>("storage:StorageAccount", {
    path: `${ACCOUNTS}/{accountName}`,
    purpose:
      "keeps the weights of models of one's own: in the region's network alone, without keys",
    price: {unpriced: () => ["the weights that are stored, by the gigabyte"]},
    loss: sole("the weights of every model of one's own"),
    summary: (at) => [
      at("sku.name"),
      at("publicNetworkAccess") === "Disabled" ? "in the network alone" : "",
    ],
    name: {
      says: (name) =>
        `AccountNameInvalid: ${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
    },
    claim: ({accountName}) => ({
      name: accountName,
      taken: `StorageAccountAlreadyTaken: The storage account named ${accountName} is already taken.`,
    }),
  }),
  arm("storage:BlobServiceProperties", {
    path: `${IN_ACCOUNT}/{blobServicesName}`,
    purpose: "for how long what was deleted can be got back",
    loss: spare("what was deleted and changed of the weights"),
    summary: (at) => [
      at("isVersioningEnabled") === "true" ? "versions are kept" : "",
      `deleted containers for ${at("containerDeleteRetentionPolicy.days")} days`,
    ],
    resourceType: `${ACCOUNTS}/blobServices`,
  }),
  arm<Container>("storage:BlobContainer", {
    path: IN_CONTAINER,
    purpose: "the folders of weights",
    loss: sole("the weights in it"),
    // https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
    name: plainly(
      /^[a-z\d](-?[a-z\d]){2,62}$/,
      "3 to 63 lower-case letters, digits and single hyphens, a letter or digit first and last",
    ),
    resourceType: `${ACCOUNTS}/blobServices/containers`,
    check: checkContainer,
  }),
  arm<Policy>(POLICY, {
    path: `${IN_CONTAINER}/immutabilityPolicies/{immutabilityPolicyName}`,
    purpose: "weights are written once: neither changed nor deleted",
    loss: spare("what keeps weights from being changed"),
    summary: (at) => [`for ${at("immutabilityPeriodSinceCreationInDays")} days`],
    resourceType: `${ACCOUNTS}/blobServices/containers/immutabilityPolicies`,
    check: checkPolicy,
    // azure-native sends no etag with what it changes: https://github.com/pulumi/pulumi-azure-native/issues/2156
    frozen: never(["immutabilityPeriodSinceCreationInDays"], withoutTag),
    checkRemoval: () => [withoutTag()],
  }),
];

function withoutTag(): string {
  return "ContainerImmutabilityPolicyFailure: Operation not allowed on immutability policy with incorrect etag.";
}

interface Container {
  readonly publicAccess?: string;
}

/** https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent */
function checkContainer({publicAccess = "None"}: Container, {id, find}: View): string[] {
  const account = find(ownerOf(id))?.inputs as Inputs | undefined;
  return unless(
    publicAccess === "None" || account?.allowBlobPublicAccess === true,
    "PublicAccessNotPermitted: Public access is not permitted on this storage account.",
  );
}

interface Policy {
  readonly immutabilityPolicyName?: string;
  readonly immutabilityPeriodSinceCreationInDays?: number;
}

/** https://learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview: 1 to 146,000 days. */
function checkPolicy(policy: Policy, {id, find}: View): string[] {
  const days = policy.immutabilityPeriodSinceCreationInDays;
  const container = id.split("/").slice(0, -2).join("/");
  return [
    ...unless(
      days !== undefined && days >= 1 && days <= 146_000,
      `InvalidRequestPropertyValue: The value '${days}' for property 'immutabilityPeriodSinceCreationInDays' is invalid: 1 to 146000.`,
    ),
    ...unless(
      find(container),
      `ContainerNotFound: The specified container '${nameOf(container)}' does not exist.`,
    ),
  ];
}
