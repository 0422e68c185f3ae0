import {oneLine} from "./azure/arm-error.ts";

/**
 * Why nobody could be signed in, in one sentence with its mend. Azure's library tries one way after another, and tells
 * of each: the ways that are not set up here say nothing, so that what was set up and failed is told.
 */
export function loginFault(error: Error): string {
  const tried =
    "errors" in error && Array.isArray(error.errors) ? (error.errors as Error[]) : [error];
  // Azure's library calls a way unavailable, too, that the Azure CLI was refused on.
  const failed =
    tried.find(({name}) => name !== "CredentialUnavailableError") ??
    tried.find(({message}) => /AADSTS\d+|Max retries exceeded/.test(message));
  if (!failed)
    return "nobody is signed in to Azure here; sign in by az login, or set AZURE_CLIENT_ID and what goes with it";
  const [first = ""] =
    /AADSTS\d+: .*?(?= - |$)/m.exec(failed.message) ?? failed.message.trim().split("\n");
  return `cannot sign in to Azure: ${oneLine(first).replace(/\.$/, "")}; see who is meant by AZURE_CLIENT_ID and AZURE_TENANT_ID, or sign in anew by az login`;
}
