import {serving, spare} from "../description.ts";
import {object} from "./object.ts";

/** Kinds that add-ons of AKS define: the secrets store's driver, and managed Prometheus. */
export const extensions = [
  object(
    "secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
    "secretproviderclasses.secrets-store.csi.x-k8s.io",
    {
      purpose: "secrets of the vault as files, renewed within two minutes",
      loss: serving("the secrets of pods that start"),
      summary: (at) =>
        [
          ...at("spec.parameters.objects").matchAll(/objectName: (\S+)[\s\S]*?objectAlias: (\S+)/g),
        ].map(([, secret, file]) => (secret === file ? `${file}` : `${file} from ${secret}`)),
    },
  ),
  object("azmonitoring.coreos.com/v1:PodMonitor", "podmonitors.azmonitoring.coreos.com", {
    purpose: "where managed Prometheus reads what pods count",
    loss: spare("what pods count"),
    summary: (at) => [
      `${at("spec.podMetricsEndpoints.0.path")} every ${at("spec.podMetricsEndpoints.0.interval")}`,
    ],
  }),
];
