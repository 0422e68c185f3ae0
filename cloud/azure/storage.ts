import {createHash} from "node:crypto";
import {never} from "../consequence.ts";
import {spare, values} from "../description.ts";
import type {Inputs} from "../resource.ts";
import {arm, plainly} from "./arm.ts";

export const storage = [
  arm<{accountName: string}>("storage:StorageAccount", {
    path: "Microsoft.Storage/storageAccounts/{accountName}",
    purpose: "holds what images are built from",
    price: {use: "cents"},
    loss: spare("what images are built from"),
    summary: values("sku.name"),
    rights: [
      "Microsoft.Storage/storageAccounts/listKeys/action",
      "Microsoft.Storage/storageAccounts/listServiceSas/action",
    ],
    name: {
      says: (name) =>
        `AccountNameInvalid: ${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
    },
    claim: ({accountName}) => ({
      name: accountName,
      taken: `StorageAccountAlreadyTaken: The storage account named ${accountName} is already taken.`,
    }),
    fixed: ["isHnsEnabled"],
    frozen: never(["kind"]),
  }),
  arm("storage:BlobContainer", {
    path: "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
    purpose: "the folder of build contexts",
    loss: spare("what images are built from"),
    name: plainly(
      /^(?=.{3,63}$)[a-z\d](-?[a-z\d])*$/,
      "3 to 63 lower-case letters, digits and single '-'",
    ),
  }),
  arm("storage:Blob", {
    path: "https://{accountName}.blob.core.windows.net/{containerName}/{blobName}",
    purpose: "one image's bundle and Dockerfile, by hash",
    loss: spare("what an image is built from"),
    outputs: (_, {id}) => ({url: id}),
  }),
];

export const storageCalls = {
  "azure-native:storage:listStorageAccountServiceSAS": ({canonicalizedResource}: Inputs) => ({
    serviceSasToken: `sv=2024-11-04&sr=b&sp=r&sig=${digest(String(canonicalizedResource)).slice(0, 32)}`,
  }),
};

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
