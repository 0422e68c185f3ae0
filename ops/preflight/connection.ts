import {fileURLToPath} from "node:url";
import {cloudOf, clouds} from "../../regions/clouds/clouds.ts";
import type {World} from "../../regions/world.ts";
import {createArm} from "./azure/arm.ts";
import {armOrigin} from "./azure/origin.ts";
import {createTokens} from "./azure/token.ts";
import {loginFault} from "./login-fault.ts";
import {createSubscriptions} from "./subscriptions.ts";

/** As the command was told. */
export interface Where {
  readonly arm?: string | undefined;
  readonly subscription?: string | undefined;
}

/** Azure's Resource Manager, signed in to. Throws where a stack's subscription is not known. */
export async function connect(
  world: World,
  stacks: readonly string[],
  {arm: url, subscription: given}: Where,
) {
  const {regions} = world;
  const {resourceManager, login} = cloudOf(world).hosts;
  const origin = armOrigin(url ?? `https://${resourceManager}`);
  const folder = fileURLToPath(new URL("../../infra/config/", import.meta.url));
  const subscriptionOf = createSubscriptions({regions, folder, given, env: process.env});
  stacks.map(subscriptionOf);
  const getToken = await signIn(origin, login);
  return {arm: createArm({origin, getToken}), subscriptionOf};
}

/** Fails once, here, rather than at every question. */
async function signIn(origin: string, login: string): Promise<() => Promise<string>> {
  // Loaded late: it takes a second.
  const {DefaultAzureCredential} = await import("@azure/identity");
  const credential = new DefaultAzureCredential({
    authorityHost: process.env.AZURE_AUTHORITY_HOST ?? `https://${login}`,
    // The public cloud does not know the authorities of others.
    disableInstanceDiscovery:
      process.env.AZURE_AUTHORITY_HOST !== undefined || login !== clouds.public.hosts.login,
  });
  const getToken = createTokens(() => credential.getToken(`${origin}/.default`));
  await getToken().catch((cause: Error) => {
    throw new Error(loginFault(cause), {cause});
  });
  return getToken;
}
