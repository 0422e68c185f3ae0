import {Job} from "@pulumi/kubernetes/batch/v1/job.js";
import {ConfigMap} from "@pulumi/kubernetes/core/v1/configMap.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import {type ComponentResourceOptions, type Input, interpolate} from "@pulumi/pulumi";
import {cloudAt, clouds} from "../../regions/clouds/clouds.ts";
import {publicName, shortHash} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {FIRST_CERTIFICATE} from "../envoy/first-certificate.ts";
import {toAnything, toNames} from "./network-rules.ts";
import {confined, identityEnvironment, identityToken, labelsOf, nobody, selectorOf} from "./pod.ts";
import {Access, type Ground, identityOf} from "./workload-identity.ts";

export interface CertificateArgs {
  readonly world: World;
  readonly ground: Ground;
  /** Of Azure's command line. */
  readonly image: Input<string>;
}

/**
 * The edge's certificate, asked of the vault by a job in the cluster, which the vault lets in: its key never leaves
 * the vault but for the edge. Where an authority issues it, it is asked for once, and renewed by the vault. Where it is
 * imported, the job has the vault sign a first one, so that the edge starts; the region is out of rotation with it.
 */
export class Certificate extends Component {
  constructor(name: string, args: CertificateArgs, options?: ComponentResourceOptions) {
    super("Certificate", name, options);
    const {world, ground} = args;
    const {certificate: wanted} = ground.region;
    const onCluster = {parent: this, provider: ground.cluster.provider};
    const access = createAccess(args, this);
    const policy = JSON.stringify(certificatePolicy(world, ground.region), null, 2);
    // A Job is immutable, so its name contains a hash of what it requests.
    const unique = `certificate-${shortHash(`${wanted.name}/${policy}`)}`;
    const metadata = {name: unique, namespace: ground.cluster.namespace};
    const data = {"policy.json": policy, "issue.sh": script};
    const files = new ConfigMap("certificate", {metadata, data}, onCluster);
    const rules = createPolicy(args, onCluster);
    const before = {...onCluster, dependsOn: [access, files, rules]};
    new Job("certificate", {metadata, spec: jobSpec(args, access, unique)}, before);
    this.registerOutputs();
  }
}

function createAccess({ground}: CertificateArgs, parent: Certificate) {
  const on = interpolate`${ground.vault.id}/certificates/${ground.region.certificate.name}`;
  const roles = {"issue-certificate": {role: "Key Vault Certificates Officer", on}} as const;
  return new Access("certificate", {...ground, secrets: {}, roles}, {parent});
}

/** As `az keyvault certificate create --policy` reads it. The secret is one PEM file, chain and key, as the edge reads it. */
export function certificatePolicy(world: World, region: Region) {
  const {hostname} = world.service;
  const {issuer} = region.certificate;
  return {
    issuerParameters: {name: issuer ?? "Self"},
    keyProperties: {exportable: true, keyType: "RSA", keySize: 2048, reuseKey: false},
    secretProperties: {contentType: "application/x-pem-file"},
    x509CertificateProperties: {
      subject: issuer ? `CN=${hostname}` : `CN=${hostname}, OU=${FIRST_CERTIFICATE}`,
      subjectAlternativeNames: {dnsNames: [hostname, publicName(world, region)]},
      ekus: ["1.3.6.1.5.5.7.3.1"],
      keyUsage: ["digitalSignature", "keyEncipherment"],
      validityInMonths: 12,
    },
    // A first one is not renewed, lest it take the place of the imported one.
    lifetimeActions: [
      {
        action: {actionType: issuer ? "AutoRenew" : "EmailContacts"},
        trigger: {daysBeforeExpiry: 30},
      },
    ],
  };
}

/**
 * Requests a certificate only where the vault says that there is none, or that it is from another authority than
 * ISSUER, where that is given. Any other answer is no answer, and the job is tried again.
 */
export const script = `set -eu
az login --service-principal --allow-no-subscriptions --output none \\
  --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \\
  --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")"
if there=$(az keyvault certificate show --vault-name "$VAULT" --name "$CERTIFICATE" \\
  --query policy.issuerParameters.name --output tsv 2>"$HOME/said"); then
  [ "$there" != "\${ISSUER:-$there}" ] || exit 0
else
  said=$(cat "$HOME/said")
  case $said in
    *CertificateNotFound*) ;;
    *) echo "$said" >&2; exit 1 ;;
  esac
fi
az keyvault certificate create --vault-name "$VAULT" --name "$CERTIFICATE" \\
  --policy @config/policy.json --output none
`;

function jobSpec({ground, image}: CertificateArgs, {clientId}: Access, files: string) {
  const {vault, region} = ground;
  const {name: certificate, issuer} = region.certificate;
  const env = {
    ...identityEnvironment(identityOf(ground, clientId)),
    ...cloudEnvironment(region),
    VAULT: vault.vaultName,
    CERTIFICATE: certificate,
    ...(issuer && {ISSUER: issuer}),
    // The only folder that it may write to.
    HOME: "/tmp",
  };
  const mount = (name: string, mountPath: string) => ({name, mountPath});
  return {
    // A role assignment takes minutes to take effect.
    backoffLimit: 8,
    template: {
      metadata: {labels: labelsOf("certificate")},
      spec: {
        serviceAccountName: "certificate",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: "Never",
        securityContext: nobody(region),
        containers: [
          {
            name: "certificate",
            image,
            workingDir: "/work",
            command: ["sh", "config/issue.sh"],
            env: Object.entries(env).map(([name, value]) => ({name, value})),
            resources: {requests: {cpu: "100m", memory: "512Mi"}, limits: {memory: "512Mi"}},
            volumeMounts: [
              {...mount("files", "/work/config"), readOnly: true},
              {...mount("identity", `/work/${identityToken.folder}`), readOnly: true},
              mount("home", "/tmp"),
            ],
            securityContext: confined,
          },
        ],
        volumes: [
          {name: "files", configMap: {name: files}},
          identityToken.volume,
          {name: "home", emptyDir: {sizeLimit: "256Mi"}},
        ],
      },
    },
  };
}

/** The CLI takes the public cloud by itself: learn.microsoft.com/cli/azure/azure-cli-configuration. */
export function cloudEnvironment({name}: Region) {
  const {cli} = cloudAt(name);
  return cli === clouds.public.cli ? {} : {AZURE_CLOUD_NAME: cli};
}

function createPolicy(
  {ground}: CertificateArgs,
  options: {parent: Certificate; provider: Ground["cluster"]["provider"]},
) {
  return new NetworkPolicy(
    "certificate",
    {
      metadata: {name: "certificate", namespace: ground.cluster.namespace},
      spec: {
        podSelector: {matchLabels: selectorOf("certificate")},
        policyTypes: ["Egress"],
        // The vault's private endpoint, and Entra.
        egress: [toNames, toAnything(443)],
      },
    },
    options,
  );
}
