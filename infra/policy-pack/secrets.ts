import {ofContainers} from "./pod-specs.ts";
import {byType, type Demand, partsOf, type ResourcePolicy, textOf} from "./policy.ts";

const objects = byType({
  "kubernetes:core/v1:ConfigMap": [
    {path: ["data", "*"], wants: "without keys and tokens", holds: isPlain, hidden: true},
  ],
  "kubernetes:core/v1:Secret": [absent("data"), absent("stringData")],
});

const environments = ofContainers([
  {path: ["env", "*"], wants: "without keys and tokens", holds: isPlainVariable, hidden: true},
  {path: ["args", "*"], wants: "without keys and tokens", holds: isPlain, hidden: true},
]);

/** Secrets are in the vault, and pods read them from files. */
export const secrets: ResourcePolicy = {
  name: "no-plain-secrets",
  why: "Whoever may list a cluster's objects reads what is in them; a vault tells each pod its own secrets alone.",
  mend: "put it into the vault, and its name into `secrets` of the pod (infra/cluster/pod.ts), which then reads a file.",
  demandsOf: (type) => [...objects(type), ...environments(type)],
};

function absent(key: string): Demand {
  return {
    path: [key],
    wants: "left out",
    holds: (value) => value === undefined,
    hidden: true,
  };
}

/** Private keys of PEM, keys of Azure's connection strings, signed tokens (RFC 7519), GitHub's and OpenAI's. */
const secretTexts =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|(AccountKey|SharedAccessKey)=|\beyJ[\w-]{10,}\.eyJ|\bgh[opsu]_\w{20,}|\bsk-[\w-]{20,}/;

function isPlain(value: unknown): boolean {
  return !secretTexts.test(textOf(value));
}

/** `SIGNING_KEY` holds one; `SIGNING_KEY_FILE` says where it is. */
const secretNames =
  /(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|CONNECTION_STRING)$/i;

function isPlainVariable(variable: unknown): boolean {
  const {name, value} = partsOf(variable);
  if (value === undefined || value === "") return true;
  return !secretNames.test(textOf(name)) && isPlain(value);
}
