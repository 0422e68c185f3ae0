import {Job} from "@pulumi/kubernetes/batch/v1/job.js";
import {ConfigMap} from "@pulumi/kubernetes/core/v1/configMap.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import {type ComponentResourceOptions, interpolate} from "@pulumi/pulumi";
import {publicName, shortHash} from "../../regions/names.ts";
import type {Region, Certificate as Wanted, World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {toAnything, toNames} from "./network-rules.ts";
import {confined, identityEnvironment, identityToken, labelsOf, nobody, selectorOf} from "./pod.ts";
import {Access, type Ground} from "./workload-identity.ts";

export interface CertificateArgs {
  readonly world: World;
  readonly ground: Ground;
  readonly wanted: Wanted & {readonly issuer: string};
}

/** https://mcr.microsoft.com/artifact/mar/azure-cli/tags */
const IMAGE = "mcr.microsoft.com/azure-cli:2.75.0";

/**
 * The edge's certificate where the vault is to have it issued: a job in the cluster, which the vault
 * lets in, asks for it once; from then on the vault renews it by itself.
 */
export class Certificate extends Component {
  constructor(name: string, args: CertificateArgs, options?: ComponentResourceOptions) {
    super("Certificate", name, options);
    const {ground, wanted} = args;
    const onCluster = {parent: this, provider: ground.cluster.provider};
    const access = createAccess(args, this);
    const policy = JSON.stringify(certificatePolicy(args.world, ground.region), null, 2);
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

function createAccess({ground, wanted}: CertificateArgs, parent: Certificate) {
  const on = interpolate`${ground.vault.id}/certificates/${wanted.name}`;
  const roles = {"issue-certificate": {role: "Key Vault Certificates Officer", on}} as const;
  return new Access("certificate", {...ground, secrets: {}, roles}, {parent});
}

/** As `az keyvault certificate create --policy` reads it. The secret is one PEM file, chain and key, as the edge reads it. */
export function certificatePolicy(world: World, region: Region) {
  const {hostname} = world.service;
  return {
    issuerParameters: {name: region.certificate.issuer},
    keyProperties: {exportable: true, keyType: "RSA", keySize: 2048, reuseKey: false},
    secretProperties: {contentType: "application/x-pem-file"},
    x509CertificateProperties: {
      subject: `CN=${hostname}`,
      subjectAlternativeNames: {dnsNames: [hostname, publicName(world, region)]},
      ekus: ["1.3.6.1.5.5.7.3.1"],
      keyUsage: ["digitalSignature", "keyEncipherment"],
      validityInMonths: 12,
    },
    lifetimeActions: [{action: {actionType: "AutoRenew"}, trigger: {daysBeforeExpiry: 30}}],
  };
}

/** Requests a certificate only where there is none yet, or where it is from another authority. */
const script = `set -eu
az login --service-principal --allow-no-subscriptions --output none \\
  --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \\
  --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")"
issuer=$(az keyvault certificate show --vault-name "$VAULT" --name "$CERTIFICATE" \\
  --query policy.issuerParameters.name --output tsv || true)
[ "$issuer" = "$ISSUER" ] ||
  az keyvault certificate create --vault-name "$VAULT" --name "$CERTIFICATE" \\
    --policy @config/policy.json --output none
`;

function jobSpec({ground: {vault}, wanted}: CertificateArgs, {clientId}: Access, files: string) {
  const env = {
    ...identityEnvironment({clientId, tenantId: vault.tenantId}),
    VAULT: vault.vaultName,
    CERTIFICATE: wanted.name,
    ISSUER: wanted.issuer,
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
        securityContext: nobody,
        containers: [
          {
            name: "certificate",
            image: IMAGE,
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
