import {z} from "zod";
import {askJson, type Question, type Said} from "./ask.ts";

/** How one signs in for a key, as the service says it. */
export type Login = z.output<typeof loginSchema>;
export type MadeKey = z.output<typeof madeSchema>;

const app = {clientId: z.string().min(1), scopes: z.array(z.string())};
const loginSchema = z.discriminatedUnion("kind", [
  z.object({kind: z.literal("github"), url: z.url(), ...app}),
  z.object({kind: z.literal("oidc"), issuer: z.url(), ...app}),
]);
const madeSchema = z.object({
  key: z.string().min(1),
  id: z.string().min(1),
  user: z.string().min(1),
  /** Unix seconds. */
  expires_at: z.number(),
});
const endedSchema = z.object({id: z.string().min(1), user: z.string().min(1)});
const refusalSchema = z.object({message: z.string()});

const KEYS = "/copilot_internal/v2/keys";

export type Keys = ReturnType<typeof keysAt>;

/** The keys of a service, which is known by its address. Rejects with an Error that says what to do. */
export function keysAt(service: string) {
  async function ask<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    question: Question = {},
  ): Promise<z.output<Schema>> {
    const said = await askJson(new URL(path, service), question);
    const {data} = schema.safeParse(said.body);
    if (said.status === 200 && data !== undefined) return data;
    throw new Error(refusalOf(said, service));
  }

  return {
    login: () => ask(`${KEYS}/login`, loginSchema),
    make: (credential: string) => ask(KEYS, madeSchema, {method: "POST", credential}),
    end: (key: string) => ask(KEYS, endedSchema, {method: "DELETE", credential: key}),
  };
}

function refusalOf({status, body}: Said, service: string): string {
  const {data} = refusalSchema.safeParse(body);
  if (status === 404)
    return `${service} makes no personal keys. Its platform team turns them on by service.tokens.keys in regions.yaml.`;
  if (data) return `${service}: ${data.message}`;
  return `${service} answered ${status}, and nothing that is known of its keys. See whether it is the service's address.`;
}
