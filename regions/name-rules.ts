import {z} from "zod";

/** Rules for the names in regions.yaml, which follow from what they are used for. */

/**
 * Words that Azure does not allow anywhere in the names of resources with a public address; `login` only at the
 * beginning: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name
 */
const RESERVED = /^login|microsoft|windows/i;

const reserved = {
  error: ({input}: {input?: unknown}) =>
    `has "${RESERVED.exec(String(input))?.[0]}", which Azure keeps out of names; choose another`,
};

const isFree = (name: string) => !RESERVED.test(name);

/** Prefix of every Azure name. */
export const serviceName = z
  .string()
  .regex(
    /^[a-z][a-z0-9]{2,11}$/,
    "is not a service name; use 3 to 12 lower-case letters and digits, a letter first",
  )
  .refine(isFree, reserved);

/**
 * A pool or a model. It ends the names of profiles, deployments and octoDNS's pools.
 */
export const label = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,29}[a-z0-9])?$/,
    "is not a name; use up to 31 lower-case letters, digits and hyphens, a letter first and no hyphen last",
  )
  .refine(isFree, reserved);

/** A residency. It follows the pool in the names of profiles and of octoDNS's pools, with dots between several. */
export const residencyLabel = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,29}[A-Za-z0-9])?$/,
    "is not a residency; use up to 31 letters, digits and hyphens, no hyphen first or last",
  )
  .refine(isFree, reserved);

/** A name that others chose, used as it is: one line of text. */
export const line = z
  .string()
  .min(1, {abort: true})
  .regex(
    /^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u,
    "is more than one line, or has blanks at its ends; take them out",
  );

/** The name of a secret or certificate in Key Vault. */
export const secretName = (what: string) =>
  z.string().regex(/^[a-zA-Z\d-]{1,127}$/, `is not ${what}; use letters, digits and hyphens`);

/** The default name of the edge's certificate. */
export const CERTIFICATE = "edge";

/** Secrets that stacks themselves write into a vault or expect there. */
export const OWN_SECRETS: readonly string[] = [
  "token-signing-key",
  "token-signing-key-next",
  "introspection-client-secret",
  "sealing-key",
  "sealing-key-next",
];

/** A list without duplicates, ignoring case as Azure does. */
export const distinct = <Item extends z.ZodType<string | number>>(item: Item) =>
  z.array(item).superRefine((items, context) => {
    const plain = items.map((one) => String(one).toLowerCase());
    for (const [at, one] of plain.entries())
      if (plain.indexOf(one) < at)
        context.addIssue({code: "custom", path: [at], message: "is there twice; remove one"});
  });
