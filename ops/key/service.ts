import {z} from "zod";
import {type Attempt, askAgain} from "../ask-again.ts";
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

/**
 * The keys of a service, which is known by its address. Rejects with an Error that says what to do. `wait` is for
 * when the service is to be asked again.
 */
export function keysAt(service: string, wait?: (ms: number) => Promise<unknown>) {
  async function attempt<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    question: Question = {},
  ): Promise<Attempt<z.output<Schema>>> {
    const said = await askJson(new URL(path, service), question);
    const {data} = schema.safeParse(said.body);
    if (said.status === 200 && data !== undefined) return {answer: data};
    const {status, waitMs} = said;
    const isPassing = status === 503 || waitMs !== undefined;
    return {error: new Error(refusalOf(said, service)), isPassing, waitMs};
  }

  const ask = async <Schema extends z.ZodType>(...question: Parameters<typeof attempt<Schema>>) => {
    const outcome = await attempt(...question);
    if ("answer" in outcome) return outcome.answer;
    throw outcome.error;
  };

  /** A user who has approved in the browser is not to do so again because the provider is busy for a moment. */
  const make = (credential: string): Promise<MadeKey> =>
    askAgain(() => attempt(KEYS, madeSchema, {method: "POST", credential}), {
      tooLate: (error) => error,
      wait,
    });

  return {
    login: () => ask(`${KEYS}/login`, loginSchema),
    make,
    end: (key: string) => ask(KEYS, endedSchema, {method: "DELETE", credential: key}),
  };
}

function refusalOf({status, body, waitMs}: Said, service: string): string {
  const {data} = refusalSchema.safeParse(body);
  if (status === 404)
    return `${service} makes no personal keys. Its platform team turns them on by service.tokens.keys in regions.yaml.`;
  const when = waitMs === undefined ? "" : ` That is in ${Math.ceil(waitMs / 1000)} s.`;
  if (data) return `${service}: ${data.message}${when}`;
  // The edge's own: an issuer that waits for its provider more than once may take longer than the edge waits for it.
  if (status >= 500) return `${service} did not answer in time (${status}); run the command again.`;
  return `${service} answered ${status}, and nothing that is known of its keys. See whether it is the service's address.`;
}
