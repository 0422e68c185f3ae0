import assert from "node:assert/strict";
import {test} from "node:test";
import {loginFault} from "./login-fault.ts";

const unavailable = (message: string) =>
  Object.assign(new Error(message), {name: "CredentialUnavailableError"});
const tried = (...errors: Error[]) =>
  Object.assign(new Error(errors.map(({message}) => message).join("\n")), {errors});
const none = [
  unavailable("EnvironmentCredential is unavailable. No underlying credential could be used."),
  unavailable("ManagedIdentityCredential: Authentication failed."),
  unavailable("Azure CLI could not be found. Please visit https://aka.ms/azure-cli"),
  unavailable("Error: Unable to execute PowerShell."),
  unavailable("Azure Developer CLI couldn't be found."),
];

const faults: Record<string, [error: Error, text: string]> = {
  "nothing that is set up": [
    tried(...none),
    "nobody is signed in to Azure here; sign in by az login, or set AZURE_CLIENT_ID and what goes with it",
  ],
  "a way that is set up, and fails": [
    new Error(
      "invalid_client: x - Description: AADSTS7000215: Invalid client secret. - Trace ID: y",
    ),
    "cannot sign in to Azure: AADSTS7000215: Invalid client secret; see who is meant by AZURE_CLIENT_ID and AZURE_TENANT_ID, or sign in anew by az login",
  ],
  "the Azure CLI, which was refused": [
    tried(...none, unavailable("ERROR: AADSTS50076: You must use multi-factor authentication.")),
    "cannot sign in to Azure: AADSTS50076: You must use multi-factor authentication; see who is meant by AZURE_CLIENT_ID and AZURE_TENANT_ID, or sign in anew by az login",
  ],
  "one way alone": [
    new Error("EnvironmentCredential failed\nat length"),
    "cannot sign in to Azure: EnvironmentCredential failed; see who is meant by AZURE_CLIENT_ID and AZURE_TENANT_ID, or sign in anew by az login",
  ],
};

for (const [name, [error, text]] of Object.entries(faults))
  test(`of ${name} one sentence is told`, () => assert.equal(loginFault(error), text));
