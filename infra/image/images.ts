import type {Output} from "@pulumi/pulumi";
import type {World} from "../../regions/world.ts";
import {createAccount} from "./account.ts";
import {bundle} from "./bundle.ts";
import {type Context, cliContext, edgeContext, proxyContext} from "./context.ts";
import {Image, type ImageArgs} from "./image.ts";

/** Every image that pods run, by tag and digest. */
export interface Images {
  /** Of proxy and issuer. */
  readonly image: Output<string>;
  readonly edgeImage: Output<string>;
  /** Of the jobs that call Azure. */
  readonly cliImage: Output<string>;
}

/** Its programs take half a second to bundle, and every stack of a process has the same. */
let ours: Promise<Context> | undefined;

/** What they are built from. */
export async function contexts({service}: World): Promise<Readonly<Record<keyof Images, Context>>> {
  ours ??= bundle().then(proxyContext);
  return {
    image: await ours,
    edgeImage: edgeContext(service.images.envoy),
    cliImage: cliContext(),
  };
}

/** Builds them all in one registry. */
export async function buildImages(args: Omit<ImageArgs, "context" | "account">): Promise<Images> {
  const {image, edgeImage, cliImage} = await contexts(args.world);
  const account = createAccount(args);
  const build = (name: string, context: Context) =>
    new Image(name, {...args, context, account}).reference;
  return {
    image: build("image", image),
    edgeImage: build("edge-image", edgeImage),
    cliImage: build("cli-image", cliImage),
  };
}
