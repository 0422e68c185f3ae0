import type {Output} from "@pulumi/pulumi";
import type {World} from "../../regions/world.ts";
import {createAccount} from "./account.ts";
import {programs} from "./bundle.ts";
import {
  type Context,
  cliContext,
  edgeContext,
  pluginContext,
  proxyContext,
  vllmContext,
} from "./context.ts";
import {Image, type ImageArgs} from "./image.ts";

/** Every image that pods run, by tag and digest. */
export interface Images {
  /** Of proxy and issuer. */
  readonly image: Output<string>;
  readonly edgeImage: Output<string>;
  /** Of the jobs that call Azure. */
  readonly cliImage: Output<string>;
  /** Of servers of one's own and of what tells the cluster of their GPUs; undefined where no region has any. */
  readonly vllmImage?: Output<string>;
  readonly pluginImage?: Output<string>;
}

type Contexts = Readonly<Record<Usual, Context> & Partial<Record<keyof Images, Context>>>;
type Usual = "image" | "edgeImage" | "cliImage";

/** What they are built from. */
export async function contexts({service, regions}: World): Promise<Contexts> {
  return {
    image: proxyContext(await programs()),
    edgeImage: edgeContext(service.images.envoy),
    cliImage: cliContext(),
    ...(regions.some(({replicas}) => replicas.length > 0) && {
      vllmImage: vllmContext(),
      pluginImage: pluginContext(),
    }),
  };
}

/** Builds them all in one registry. */
export async function buildImages(args: Omit<ImageArgs, "context" | "account">): Promise<Images> {
  const {image, edgeImage, cliImage, vllmImage, pluginImage} = await contexts(args.world);
  const account = createAccount(args);
  const build = (name: string, context: Context) =>
    new Image(name, {...args, context, account}).reference;
  return {
    image: build("image", image),
    edgeImage: build("edge-image", edgeImage),
    cliImage: build("cli-image", cliImage),
    ...(vllmImage && {vllmImage: build("vllm-image", vllmImage)}),
    ...(pluginImage && {pluginImage: build("gpu-plugin-image", pluginImage)}),
  };
}
