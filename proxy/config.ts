import {z} from "zod";

const address = z
  .string()
  .regex(/^\S+:\d+$/, "must be HOST:PORT, for example 0.0.0.0:8080")
  .transform((text) => {
    const colon = text.lastIndexOf(":");
    return {host: text.slice(0, colon), port: Number(text.slice(colon + 1))};
  });

/** The environment of a proxy. Where things are; what to do with traffic is in the policy. */
const proxyEnvironment = z.object({
  LISTEN: address.describe("Completions by cleartext HTTP/2, and the vote at /healthz."),
  ADMIN: address.describe("Health, metrics and policy by HTTP/1.1; for the cluster alone."),
  REGION: z.string().min(1),
  POLICY_FILE: z.string().min(1),
  JWKS_FILE: z.string().min(1).describe("Public keys that tokens are checked against."),
  TOKEN_ISSUER: z.string().min(1),
  TOKEN_AUDIENCE: z.string().min(1),
  ISSUER_URL: z
    .url({protocol: /^https?$/})
    .optional()
    .describe("Where keys are traded for tokens; without it tokens alone are taken."),
  DRAIN_MS: z.coerce.number().int().min(0).default(1000).describe("From SIGTERM to GOAWAY."),
  DRAIN_LIMIT_MS: z.coerce.number().int().min(0).default(30_000).describe("From SIGTERM to exit."),
});

const issuerEnvironment = z.object({
  LISTEN: address,
  CONFIG_FILE: z.string().min(1),
  SIGNING_KEY_FILE: z.string().min(1).describe("PKCS #8 PEM, Ed25519 or P-256."),
  NEXT_SIGNING_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("The same; published beside it and not yet, or no longer, signed with."),
  SEALING_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("32 bytes in base64, where the service makes personal keys."),
  NEXT_SEALING_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("The same; opens keys, and seals none yet, or none any more."),
});

export type Address = {readonly host: string; readonly port: number};
export type ProxyConfig = Readonly<z.output<typeof proxyEnvironment>>;
export type IssuerConfig = Readonly<z.output<typeof issuerEnvironment>>;

export const readProxyConfig = (env: NodeJS.ProcessEnv): ProxyConfig =>
  readEnvironment(proxyEnvironment, env);

export const readIssuerConfig = (env: NodeJS.ProcessEnv): IssuerConfig =>
  readEnvironment(issuerEnvironment, env);

/** Throws an Error that lists every fault of the environment, a line each. */
function readEnvironment<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv) {
  const result = schema.safeParse(env, {
    error: ({input}) => (input === undefined ? "is not set" : undefined),
  });
  if (result.success) return result.data;
  throw new Error(`The environment is not valid:\n${faults(result.error)}`);
}

/** Each fault of a zod error on a line of its own, with its path. */
export function faults(error: z.ZodError): string {
  return error.issues.map(({path, message}) => `  - ${path.join(".")}: ${message}`).join("\n");
}
