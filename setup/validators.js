import {copyFileSync, existsSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {makeFolder} from "./folders.js";
import {go, moduleFolder} from "./go.js";
import {findProgram} from "./programs.js";

/** Independent checks of what the stacks make, of what serves and of what CI runs and signs in by; built from Go modules. */
const programs = {
  actionlint: {path: "github.com/rhysd/actionlint/cmd/actionlint", version: "v1.7.12"},
  kubeconform: {path: "github.com/yannh/kubeconform/cmd/kubeconform", version: "v0.8.0"},
  "kube-score": {path: "github.com/zegl/kube-score/cmd/kube-score", version: "v1.20.0"},
  kubelogin: {path: "github.com/Azure/kubelogin", version: "v0.2.21"},
  h2spec: {path: "github.com/summerwind/h2spec/cmd/h2spec", version: "v2.2.1+incompatible"},
};

/** The sources of the Kubernetes version that the clusters run. */
const KUBERNETES = {module: "k8s.io/kubernetes", version: "v1.36.0"};
const SWAGGER = "api/openapi-spec/swagger.json";

const folderOf = (/** @type {string} */ name, /** @type {string} */ version) =>
  fileURLToPath(new URL(`../.meridian/judges/${name}-${version}`, import.meta.url));

/**
 * The path of a validator: the one on PATH, otherwise the one that was built.
 *
 * @param {keyof typeof programs} name
 * @returns {string | undefined}
 */
export function findValidator(name) {
  const built = join(folderOf(name, programs[name].version), name);
  return findProgram(name) ?? (existsSync(built) ? built : undefined);
}

/**
 * The path of the API server's own schema, as OpenAPI 2.
 *
 * @returns {string | undefined}
 */
export function findSwagger() {
  const file = join(folderOf("kubernetes", KUBERNETES.version), "swagger.json");
  return existsSync(file) ? file : undefined;
}

/** @returns {string | undefined} what stood in the way */
export function buildValidators() {
  const fetched = makeFolder(folderOf("kubernetes", KUBERNETES.version), (folder) => {
    const from = moduleFolder(KUBERNETES, folder);
    if ("fault" in from) return from.fault;
    copyFileSync(join(from.folder, SWAGGER), join(folder, "swagger.json"));
    return undefined;
  });
  const faults = Object.entries(programs).map(([name, {path, version}]) =>
    makeFolder(folderOf(name, version), (folder) =>
      go(["install", "-buildvcs=false", `${path}@${version}`], {cwd: folder, env: {GOBIN: folder}}),
    ),
  );
  return [fetched, ...faults].find((fault) => fault !== undefined);
}
