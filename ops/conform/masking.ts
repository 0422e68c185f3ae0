import {SUBSCRIPTION, TENANT} from "../../cloud/azure/arm.ts";
import {orderOf} from "../../cloud/engine/provider.ts";
import {roles} from "../../infra/azure/roles.ts";
import {MASK, mask, secretsOf} from "../preview/mask.ts";
import type {Recording, Step} from "./recording.ts";
import {changedTexts, withoutSecretKeys, withoutSecrets} from "./secret-texts.ts";

const GUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
const EMAIL = /[\w.+-]+@[\w-]+(\.[\w-]+)+/g;

/** A text under a secret's key that is as long as this is masked wherever else it stands. */
const TELLING = 8;

/**
 * The recording without what opens anything, and without whose it is: secrets are `[secret]`, and subscription,
 * tenant and all other GUIDs but those of Azure's own roles are others, the same one the same throughout.
 * Names, locations and addresses stay: without them nothing can be replayed.
 */
export function masked(recording: Recording): Recording {
  const secrets = new Set<string>();
  const found = (text: string) => void secrets.add(text);
  const steps = recording.steps.map((step) => withoutSecretKeys(withoutOwn(step), found) as Step);
  const rename = renaming(steps);
  const telling = [...secrets]
    .filter((text) => text.length >= TELLING && text !== MASK)
    .sort((a, b) => b.length - a.length);
  const change = (text: string) =>
    rename(withoutSecrets(telling.reduce((left, one) => left.replaceAll(one, MASK), text)));
  return {...recording, steps: steps.map((step) => changed(step, change))};
}

/** The names of a step's own parts stay. */
const changed = (step: Step, change: (text: string) => string) =>
  Object.fromEntries(
    Object.entries(step).map(([part, tree]) => [part, changedTexts(tree, change)]),
  ) as unknown as Step;

/** What a program marks as secret, or is known to be so of the type. */
function withoutOwn(step: Step): Step {
  const parts = (["olds", "inputs", "answer"] as const).flatMap((part) => {
    const {type, inputs, secrets} = orderOf(step.urn, step[part] ?? {});
    return step[part] ? [[part, mask(inputs, [...secrets, ...secretsOf(type)])]] : [];
  });
  return {...step, ...Object.fromEntries(parts)};
}

/** The subscription becomes the stand-in's, so that the same ids come of the same inputs. */
function renaming(steps: readonly Step[]): (text: string) => string {
  const names = new Map<string, string>(Object.values(roles).map((role) => [role, role]));
  const ids = steps.map(({id}) => id).join("\n");
  const subscription = /\/subscriptions\/([\da-f-]{36})/i.exec(ids)?.[1];
  const tenant = /"tenantId":"([\da-f-]{36})"/i.exec(JSON.stringify(steps))?.[1];
  if (subscription) names.set(subscription.toLowerCase(), SUBSCRIPTION);
  if (tenant) names.set(tenant.toLowerCase(), TENANT);
  const another = (guid: string) => {
    const key = guid.toLowerCase();
    const name =
      names.get(key) ?? `00000000-0000-4000-9000-${String(names.size).padStart(12, "0")}`;
    names.set(key, name);
    return name;
  };
  return (text) => text.replaceAll(GUID, another).replaceAll(EMAIL, "someone@example.com");
}
