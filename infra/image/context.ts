import {readFileSync} from "node:fs";
import {shortHash} from "../../regions/names.ts";
import type {Bundle} from "./bundle.ts";
import type {Package} from "./packages.ts";
import {sbomOf} from "./sbom.ts";
import {tar} from "./tar.ts";

/** What an image is built from. */
export interface Context {
  readonly repository: string;
  readonly archive: Uint8Array;
  /** Of its content, taken before compression, which differs between machines: the image's tag. */
  readonly hash: string;
  /** The image that it begins from: `docker.io/library/node:26.10.0-slim@sha256:...`. */
  readonly base: string;
  /** Its bill of materials: CycloneDX, JSON. */
  readonly sbom: string;
}

export const EDGE_REPOSITORY = "meridian-edge";
/** What is in the image, told in the image. */
export const SBOM = "sbom.cdx.json";

/** The image of proxy and issuer. */
export const proxyContext = ({files, packages}: Bundle): Context =>
  contextOf("meridian-proxy", "proxy.Dockerfile", {
    packages,
    files: {...files, "package.json": bytesOf('{"type": "module"}\n')},
  });

/** Envoy, of another image if one is given, so that nodes pull it from the same registry, and by the digest that its build reports. */
export const edgeContext = (base?: string): Context =>
  contextOf(EDGE_REPOSITORY, "edge.Dockerfile", {packages: [], files: {}, base});

/** Azure's command line, for the same reason. */
export const cliContext = (): Context =>
  contextOf("meridian-cli", "cli.Dockerfile", {packages: [], files: {}});

/** vLLM's own image, which loads weights from Azure's storage. */
export const vllmContext = (): Context =>
  contextOf("meridian-vllm", "vllm.Dockerfile", {packages: [], files: {}});

/** NVIDIA's device plugin, as Microsoft builds it. */
export const pluginContext = (): Context =>
  contextOf("meridian-gpu-plugin", "gpu-plugin.Dockerfile", {packages: [], files: {}});

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The first line of a Dockerfile. What keeps versions fresh reads it only where it is written out. */
const FROM = /^FROM (\S+)$/m;

interface Ingredients {
  readonly packages: readonly Package[];
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** In place of the Dockerfile's. */
  readonly base?: string | undefined;
}

function contextOf(
  repository: string,
  file: string,
  {packages, files, base: given}: Ingredients,
): Context {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const [line, usual] = FROM.exec(text) ?? [];
  const base = given ?? usual;
  if (!line || !base) throw new Error(`infra/image/${file} has no line FROM`);
  // The registry that builds it may have a copy.
  const Dockerfile = bytesOf(text.replace(line, `ARG BASE=${base}\nFROM \${BASE}`));
  const sbom = sbomOf(repository, {base, packages});
  const archive = tar({...files, [SBOM]: bytesOf(sbom), Dockerfile});
  return {repository, archive, hash: shortHash(archive, 12), base, sbom};
}
