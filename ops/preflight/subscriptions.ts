import {readFileSync} from "node:fs";
import {join} from "node:path";
import {parse} from "yaml";
import {z} from "zod";
import {subscriptionOf} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";

const settingsSchema = z.object({
  config: z.object({"azure-native:subscriptionId": z.string().optional()}).optional(),
});

/**
 * The subscription of a stack: the one that regions.yaml wants its region in, else the one that is given, that of its
 * Pulumi.NAME.yaml in `folder`, of global's, of the environment. Throws where none of them says it.
 */
export function createSubscriptions({
  regions,
  folder,
  given,
  env,
}: {
  regions: World["regions"];
  folder: string;
  given: string | undefined;
  env: NodeJS.ProcessEnv;
}): (stack: string) => string {
  return (stack) => {
    const region = regions.find(({name}) => name === stack);
    const id =
      (region && subscriptionOf(region)) ??
      given ??
      configured(folder, stack) ??
      configured(folder, "global") ??
      env.AZURE_SUBSCRIPTION_ID ??
      env.ARM_SUBSCRIPTION_ID;
    if (id === undefined)
      throw new Error(
        `the subscription of ${stack} is not known; give --subscription ID, or make the stacks: npm run stacks`,
      );
    if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return id.toLowerCase();
    throw new Error(`"${id}" is not a subscription's id, a GUID; az account show --query id`);
  };
}

function configured(folder: string, stack: string): string | undefined {
  const text = textOf(join(folder, `Pulumi.${stack}.yaml`));
  if (text === undefined) return undefined;
  return settingsSchema.parse(parse(text)).config?.["azure-native:subscriptionId"];
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
