import {sole, spare, values} from "../description.ts";
import type {View} from "../resource.ts";
import {arm, ownerOf, unless} from "./arm.ts";

export const registry = [
  arm<{registryName: string}>("containerregistry:Registry", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}",
    purpose: "keeps the image; Premium for replications and private endpoints",
    price: {dollars: 50},
    loss: sole("every image"),
    summary: values("sku.name", "location"),
    claim: ({registryName}) => ({
      name: registryName.toLowerCase(),
      taken: `AlreadyInUse: The registry DNS name ${registryName}.azurecr.io is already in use.`,
    }),
    outputs: ({registryName}) => ({loginServer: `${registryName}.azurecr.io`}),
  }),
  arm<Replication>("containerregistry:Replication", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}/replications/{replicationName}",
    purpose: "a copy of the image in a region: none pulls across an ocean, or from a lost one",
    price: {dollars: 50},
    loss: spare("a copy of the images"),
    check: checkReplication,
  }),
  arm("containerregistry:TaskRun", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}/taskRuns/{taskRunName}",
    purpose: "builds the image, once for each content",
    price: {use: "cents a build"},
    loss: spare("the record of a build"),
    summary: (at) => [`builds ${at("runRequest.imageNames")}`],
  }),
];

interface Replication {
  readonly location: string;
}

function checkReplication({location}: Replication, {id, find}: View): string[] {
  const registry = find(ownerOf(id));
  if (!registry) return [];
  const {sku, location: home} = registry.inputs as {sku: {name: string}; location: string};
  return [
    ...unless(
      sku.name === "Premium",
      `FeatureNotSupported: Replications are not supported for the registry sku '${sku.name}'; use Premium.`,
    ),
    ...unless(
      home !== location,
      `InvalidReplicationLocation: The replication location '${location}' is the registry's home region.`,
    ),
  ];
}
