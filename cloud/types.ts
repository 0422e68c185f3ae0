import {aks, aksCalls} from "./azure/aks.ts";
import {alerts} from "./azure/alerts.ts";
import {authorization, authorizationCalls} from "./azure/authorization.ts";
import {cognitiveServices} from "./azure/cognitive-services.ts";
import {dns} from "./azure/dns.ts";
import {checkSubscription} from "./azure/environments.ts";
import {contentFilter} from "./azure/guards/content-filter.ts";
import {diskEncryption} from "./azure/guards/disk-encryption.ts";
import {flowLog} from "./azure/guards/flow-log.ts";
import {keyVault, keyVaultCalls} from "./azure/key-vault.ts";
import {logAnalytics} from "./azure/log-analytics.ts";
import {managedIdentity} from "./azure/managed-identity.ts";
import {monitor} from "./azure/monitor.ts";
import {network} from "./azure/network.ts";
import {privateDns} from "./azure/private-dns.ts";
import {privateEndpoint} from "./azure/private-endpoint.ts";
import {registry, registryCalls} from "./azure/registry.ts";
import {resources} from "./azure/resources.ts";
import {storage} from "./azure/storage.ts";
import {trafficManager} from "./azure/traffic-manager.ts";
import {serving, spare} from "./description.ts";
import {admission} from "./kubernetes/admission.ts";
import {apps} from "./kubernetes/apps.ts";
import {autoscaling} from "./kubernetes/autoscaling.ts";
import {batch} from "./kubernetes/batch.ts";
import {core} from "./kubernetes/core.ts";
import {extensions} from "./kubernetes/extensions.ts";
import {keda} from "./kubernetes/keda.ts";
import {networking} from "./kubernetes/networking.ts";
import {policy} from "./kubernetes/policy.ts";
import type {CloudOptions, Inputs, Kind, View} from "./resource.ts";

export const AZURE_PROVIDER = "pulumi:providers:azure-native";

/** How Pulumi reaches a cluster. For another cluster its provider's DiffConfig asks for another provider. */
const provider: Kind = {
  id: (_, stack) => `${stack}/kubernetes`,
  check: () => [],
  fixed: ["clusterIdentifier"],
  purpose: "how Pulumi reaches the cluster: as you, by Entra",
  loss: serving("everything on the cluster"),
  secret: ["kubeconfig"],
};

/** How Pulumi reaches a subscription that is not the stack's own. */
const subscription: Kind = {
  id: ({subscriptionId}, stack) => `${stack}/azure/${subscriptionId}`,
  check: (inputs, {options}) => checkSubscription(inputs, options),
  fixed: ["subscriptionId"],
  purpose: "how Pulumi reaches a subscription that is not the stack's own",
  loss: spare("the way to what is in that subscription"),
  secret: ["clientCertificatePassword", "clientId", "clientSecret"],
};

/** Every type that the stand-in knows. A new type is an entry in the file of its service or API group. */
export const types: Readonly<Record<string, Kind>> = Object.fromEntries([
  ...[
    ...resources,
    ...authorization,
    ...network,
    ...privateEndpoint,
    ...privateDns,
    ...dns,
    ...trafficManager,
  ],
  ...[...keyVault, ...registry, ...cognitiveServices, ...aks, ...managedIdentity],
  ...[...diskEncryption, ...contentFilter, ...flowLog],
  ...[...monitor, ...logAnalytics, ...alerts, ...storage],
  ["pulumi:providers:kubernetes", provider],
  [AZURE_PROVIDER, subscription],
  ...[...core, ...apps, ...batch, ...autoscaling, ...policy, ...networking],
  ...[...admission, ...extensions, ...keda],
]);

/** Whether it is a stack or a component: nothing is made for it. */
export const isComponent = (type: string) => /^(meridian|pulumi:pulumi):/.test(type);

/** `Deployment`, whoever's it is. */
export const shortType = (type: string) =>
  type.startsWith("pulumi:providers:") ? "Provider" : type.split(":").at(-1)!;

const component: Kind = {id: () => "", check: () => []};

/** The kind of a type; undefined where the stand-in does not know it. */
export const kindOf = (type: string): Kind | undefined =>
  types[type] ?? (isComponent(type) ? component : undefined);

type Call = (
  inputs: Inputs,
  find: View["find"],
  subscription?: string,
  options?: CloudOptions,
) => Inputs;

/** The functions of the Azure provider that the programs call. */
export const calls: Readonly<Record<string, Call>> = {
  ...reads(
    "containerregistry:TaskRun",
    "containerservice:ManagedCluster",
    "managedidentity:UserAssignedIdentity",
  ),
  ...aksCalls,
  ...authorizationCalls,
  ...keyVaultCalls,
  ...registryCalls,
};

/** Functions that read what is there: `containerservice:getManagedCluster`. */
function reads(...names: string[]): typeof calls {
  return Object.fromEntries(
    names.map((name) => {
      const kind = types[`azure-native:${name}`]!;
      const read: Call = (inputs, find, subscription) =>
        foundAt(kind.id(inputs, "", subscription), find);
      return [`azure-native:${name.replace(":", ":get")}`, read];
    }),
  );
}

function foundAt(id: string, find: View["find"]): Inputs {
  const there = find(id);
  if (there) return {...there.outputs, id};
  throw new Error(`ResourceNotFound: The Resource '${id}' was not found.`);
}
