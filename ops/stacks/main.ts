import {readWorld} from "../../regions/read.ts";
import {runCommand} from "../command/command.ts";
import {namesIn, pulumi} from "../pulumi.ts";
import {cloudSetting, orphanAdvice, rosterOf, subscriptionSetting} from "./roster.ts";

/** What a stack's configuration contains besides secrets, and the option that sets it. */
const settings = {
  "azure-native:subscriptionId": "subscription",
  "azure-native:tenantId": "tenant",
} as const;
/** What no option sets. */
const CLOUD = "azure-native:environment";

await runCommand({
  usage: [
    "npm run stacks -- [--dry-run] [--subscription ID] [--tenant ID] [--secrets-provider URL]",
  ],
  about: `Makes the Pulumi stacks that regions.yaml asks for and that are not there yet, in the backend that
pulumi is logged in to, and says which stacks have no region any more. Brings nothing up.`,
  options: {
    "dry-run": {type: "boolean", text: "says what it would do, and does nothing"},
    subscription: {
      type: "string",
      value: "ID",
      text: "the Azure subscription of the new stacks, but of regions that name one; default: that of global",
    },
    tenant: {type: "string", value: "ID", text: "its tenant; default: that of the stack global"},
    "secrets-provider": {
      type: "string",
      value: "URL",
      text: "what encrypts their secrets, as for pulumi stack init",
    },
  },
  run({values}) {
    const present = namesIn(pulumi(["stack", "ls", "--json"]));
    const world = readWorld();
    const {missing, orphaned} = rosterOf(world, present);
    const shared = present.includes("global") ? settingsOf("global") : {};
    for (const stack of missing) {
      if (values["dry-run"]) console.log(`${stack}: would be made`);
      else
        make(
          stack,
          {
            ...shared,
            ...given(values),
            ...subscriptionSetting(world, stack),
            ...cloudSetting(world),
          },
          values["secrets-provider"],
        );
    }
    if (missing.length === 0)
      console.log(`All ${present.length - orphaned.length} stacks are there.`);
    process.stdout.write(orphanAdvice(orphaned));
  },
});

type Settings = Partial<Record<keyof typeof settings | typeof CLOUD, string>>;

function given(values: {subscription?: string; tenant?: string}): Settings {
  const entries = Object.entries(settings).flatMap(([key, option]) =>
    values[option] === undefined ? [] : [[key, values[option]]],
  );
  return Object.fromEntries(entries);
}

function settingsOf(stack: string): Settings {
  const config = JSON.parse(pulumi(["config", "--json", "--stack", stack])) as Record<
    string,
    {value?: string}
  >;
  const entries = Object.keys(settings).flatMap((key) => {
    const value = config[key]?.value;
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

function make(stack: string, settings: Settings, secretsProvider: string | undefined): void {
  const encrypted = secretsProvider ? ["--secrets-provider", secretsProvider] : [];
  pulumi(["stack", "init", stack, "--no-select", ...encrypted]);
  for (const [key, value] of Object.entries(settings))
    pulumi(["config", "set", key, value, "--stack", stack]);
  console.log(`${stack}: made`);
}
