import {z} from "zod";
import {faults} from "../config.ts";

/** What an issuer is told by its stack. */
const issuerSchema = z.strictObject({
  /** The `iss` of its tokens. */
  issuer: z.url(),
  audience: z.string().min(1),
  lifetimeS: z.number().int().min(600).max(7200),
  exchange: z.strictObject({
    kind: z.literal("github"),
    api: z.url(),
  }),
  /** Handed to clients with each token. */
  endpoints: z.strictObject({api: z.url(), proxy: z.url(), telemetry: z.url()}),
  /** Names of the models a token covers. */
  models: z.array(z.string()).min(1),
});

export type Issuing = Readonly<z.output<typeof issuerSchema>>;

export function parseIssuing(text: string): Issuing {
  const result = issuerSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(`The issuer's configuration is not valid:\n${faults(result.error)}`);
}
