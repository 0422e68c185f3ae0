import {z} from "zod";
import {FAMILIES} from "./dialects/templates.ts";

export {signsOf} from "./dialects/templates.ts";

/**
 * The rules of `traffic:` in regions.yaml, which are also the part of the policy that people write;
 * docs/traffic.md has an example of each. Names of models are not checked here: whoever holds the
 * models does that.
 */
const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,62}$/,
    'is not a name; use up to 63 letters, digits, ".", "_" and "-", a letter or digit first',
  )
  .describe("What logs, metrics and a header call it; unique.");

/** Names in Editor-Version and Editor-Plugin-Version are compared in lower case. */
const product = z.string().toLowerCase();

const version = z
  .string()
  .regex(/^\d+(\.\d+){0,3}$/, "is not a version; write numbers and dots: 1.60.0")
  .optional();

const versions = {
  from: version.describe("This version and later."),
  below: version.describe("Earlier than this version."),
};

const when = z
  .strictObject({
    models: z.array(z.string()).default([]).describe("Models that are asked for; empty means all."),
    editors: z
      .array(product)
      .default([])
      .describe("Editors by the name in Editor-Version, for example vscode; empty means all."),
    versions: z.strictObject(versions).default({}).describe("Of the editor."),
    languages: z
      .array(z.string())
      .default([])
      .describe("Languages by extra.language of the body, for example python; empty means all."),
    share: z.number().gt(0).max(100).default(100).describe("Percent of users, always the same."),
  })
  .prefault({})
  .describe("The requests that it concerns; left out: all.");

/** Segments that would reach into what is not the body's. */
const INHERITED = /(^|\.)(__proto__|constructor|prototype)(\.|$)/;
const path = z
  .string()
  .regex(
    /^[^.]+(\.[^.]+)*$/,
    "is not a path; write parameters with dots: extra.next_indent, messages.*.name",
  )
  .refine((text) => !INHERITED.test(text), {error: "is not a parameter of a request"});

const mutation = z.strictObject({
  name,
  when,
  logitBias: z
    .record(
      z.string().regex(/^\d+$/, "must be a token id, digits only"),
      z.number().min(-100).max(100),
    )
    .default({})
    .describe("Merged into the request's logit_bias: token id to bias, -100 to 100."),
  drop: z.array(path).default([]).describe("Parameters taken out of the body."),
  set: z.record(path, z.json()).default({}).describe("Parameters given this value."),
  default: z
    .record(path, z.json())
    .default({})
    .describe("Parameters given this value where the request has none."),
  cap: z
    .record(path, z.number())
    .default({})
    .describe(
      "Lowered to at most this; what is there and is no number, or a limit of tokens below 0, becomes it.",
    ),
  stop: z
    .array(z.string().min(1))
    .max(4)
    .default([])
    .describe("Added to the request's own stop texts while there are fewer than four."),
});

const arm = z.strictObject({
  name,
  weight: z.number().positive().describe("Share of the experiment's users; any positive scale."),
  model: z.string().optional().describe("Serves instead of the model that is asked for."),
  deployment: z
    .string()
    .optional()
    .describe("The deployment that is asked first, where the region has it."),
  mutations: z.array(mutation).default([]).describe("After those for all."),
});

const experiment = z.strictObject({
  name,
  when,
  arms: z.array(arm).min(2).describe("What is compared; a user stays in its arm."),
});

const mirror = z
  .strictObject({
    name,
    when,
    share: z.number().gt(0).max(100).describe("Percent of requests that are copied."),
    model: z.string().optional().describe("Whose deployment gets the copy."),
    deployment: z.string().optional().describe("That gets the copy, where the region has it."),
    timeoutMs: z.int().min(100).max(60_000).default(10_000).describe("A copy is given up after."),
    streams: z.int().min(1).max(1000).default(16).describe("Copies under way, of each proxy."),
  })
  .refine(({model, deployment}) => model !== undefined || deployment !== undefined, {
    error: "has nowhere to copy to; add model or deployment",
  });

const clientRule = z
  .strictObject({
    name,
    editor: product.optional().describe("By the name in Editor-Version."),
    plugin: product.optional().describe("By the name in Editor-Plugin-Version."),
    ...versions,
    status: z
      .int()
      .min(400)
      .max(599)
      .default(466)
      .describe("466 makes an editor show the text and ask for an upgrade."),
    text: z.string().min(1).max(1000).describe("What the user is told."),
  })
  .refine(({editor, plugin}) => editor !== undefined || plugin !== undefined, {
    error: "names no client; add editor or plugin",
  })
  .describe("The versions are the plugin's where it is named, else the editor's.");

/** Left out where nothing is said, so that proxies which know nothing of it take the policy too. */
const ownLimits = z
  .strictObject({
    perSecond: z.number().positive().optional().describe("Of one user a second."),
    burst: z.int().min(1).optional().describe("That a user may send at once."),
    streams: z.int().min(1).optional().describe("Of one user under way."),
  })
  .optional();

const limits = z
  .strictObject({
    bodyBytes: z
      .int()
      .min(1024)
      .max(64 << 20)
      .default(1 << 20)
      .describe("The largest body that is read."),
    perSecond: z.number().positive().default(50).describe("Requests of one user a second."),
    burst: z.int().min(1).default(200).describe("Requests that a user may send at once."),
    streams: z.int().min(1).default(100).describe("Requests of one user under way."),
    userBytes: z
      .int()
      .min(1024)
      .max(64 << 20)
      .default(16 << 20)
      .describe("Bytes of the bodies of one user's requests under way."),
    nextEdits: ownLimits.describe(
      "Next edits, which count by themselves. Left out: 5 a second, 20 at once, 8 under way.",
    ),
    ahead: ownLimits.describe(
      "Calls ahead of what a person asks for, which count by themselves. Left out: 10 a second, 40 at once, 6 under way.",
    ),
  })
  .refine(({bodyBytes, userBytes}) => bodyBytes <= userBytes, {
    error: "is less than bodyBytes: the largest body would never be taken; raise it",
    path: ["userBytes"],
  })
  .prefault({})
  .describe("What one user may ask for; of each proxy.");

/** What `limits` leaves out. Bodies of 1 MB, all of them together, leave 2 MB of a user's 16 to completions. */
export const OWN_LIMITS = {
  nextEdits: {perSecond: 5, burst: 20, streams: 8},
  ahead: {perSecond: 10, burst: 40, streams: 6},
} as const;

const revoked = z
  .strictObject({
    tokens: z.array(z.string()).default([]).describe("Ids of tokens (jti) and of personal keys."),
    users: z.array(z.string()).default([]).describe("Users: sub, for example github:583231."),
    keys: z.array(z.string()).default([]).describe("Signing keys: kid."),
  })
  .prefault({})
  .describe("Tokens that are no longer taken, whatever they say of themselves.");

/** How a model can be asked, as regions.yaml says it. */
export const modelApi = z
  .enum(["completions", "chat", "mistral", "responses", "infill"])
  .describe(
    "How its hosts are asked for completions. chat: it only chats. responses: it speaks Responses alone. mistral: Mistral's FIM. infill: llama-server's own /infill.",
  );
export type ModelApi = z.output<typeof modelApi>;

/** Whether chats are sent on to models that are asked so, or translated for them. */
export const isChatting = (api: unknown): boolean => api === "chat" || api === "responses";

/** How a model whose host knows no suffix is asked for what is missing between two texts. */
export const modelTemplate = z
  .enum(FAMILIES)
  .describe("The family of a model that fills in the middle, for hosts that take no suffix.");

/** How a model that chats is asked: what its family takes of a chat's parameters. */
export const chatParameters = z
  .strictObject({
    limit: z
      .enum(["max_tokens", "max_completion_tokens"])
      .optional()
      .describe("The only name that it takes for the most tokens of an answer; left out: both."),
    effort: z
      .string()
      .regex(/^[a-z]{1,16}$/, "is not an effort; write a word such as none, minimal or low")
      .optional()
      .describe(
        "The reasoning_effort that completions are asked for with; left out: none is sent.",
      ),
    refuses: z
      .array(z.string().regex(/^[a-z_]{1,64}$/, "is not a parameter; write its name: top_p"))
      .optional()
      .describe("Parameters that it answers with 400. They are taken out of what clients send."),
  })
  .describe("What it takes of a chat's parameters, over what is known of its family.");

/** How long a proxy keeps an HTTP/1.1 connection that nothing is on, in seconds; a host has to keep it longer. */
export const IDLE_CONNECTION_S = 60;

/** How requests are shared among the deployments of a model. */
export const BALANCES = ["weight", "load"] as const;
export type Balance = (typeof BALANCES)[number];

/** Ends an alias that stands for every name that begins with what is before it. */
export const ANY_REST = "*";

/** Other names that a model answers to, as regions.yaml says them. */
export const modelAliases = z
  .array(
    z
      .string()
      .regex(
        /^(\*|[A-Za-z0-9][\w.-]{0,63}\*?)$/,
        'is not a model name; use up to 64 letters, digits, ".", "_" and "-", with "*" at its end for any more, or "*" for any name',
      ),
  )
  .default([])
  .describe(
    'Names that editors ask for by themselves, for example gpt-41-copilot. "copilot-nes-*": any that begins so, "*": any; whole names go first, then the longest beginning.',
  );

export const rulesSchema = z.strictObject({
  mutations: z.array(mutation).default([]).describe("Changes to request bodies, in order."),
  experiments: z
    .array(experiment)
    .default([])
    .describe("A request is part of the first that concerns it."),
  mirrors: z
    .array(mirror)
    .default([])
    .describe("Copies of requests; a request is copied by the first that concerns it."),
  clients: z.array(clientRule).default([]).describe("Clients that are turned away."),
  limits,
  revoked,
});

const success = z.number().gt(0).max(1);
const firstByteMs = z.number().positive();
/** What is said over another objective; left out, so that proxies which know nothing of it take the policy too. */
const ownObjective = z
  .strictObject({success: success.optional(), firstByteMs: firstByteMs.optional()})
  .optional();

const objective = z.strictObject({
  success,
  firstByteMs,
  windowMs: z.number().positive(),
  nextEdits: ownObjective,
});

/** Whom tokens are for where a policy does not say: Azure OpenAI of the public cloud. */
export const PUBLIC_AUDIENCE = "https://cognitiveservices.azure.com";

/** What opens a model host; never in the policy itself. */
const credential = z.discriminatedUnion("kind", [
  z
    .strictObject({kind: z.literal("key"), file: z.string().min(1)})
    .describe("Read at start and again when it changes."),
  z
    .strictObject({
      kind: z.literal("entra"),
      audience: z.url().default(PUBLIC_AUDIENCE).describe("Whom its tokens are for."),
    })
    .describe("The pod's own identity in Microsoft Entra."),
  z.strictObject({kind: z.literal("none")}).describe("For hosts that only this network reaches."),
]);

/** What an address must not carry, for it is written in files and in logs, and paths are added to it. */
export function addressFaults(text: string, {mayAsk = false} = {}): string[] {
  const {username, password, search, hash, port} = new URL(text);
  return [
    ...(username || password ? ["carries a user name or a password; take it out"] : []),
    ...(search && !mayAsk ? ["has a query; leave out the ? and what follows"] : []),
    ...(hash ? ["has a fragment; leave out the # and what follows"] : []),
    ...(port === "0" ? ["has the port 0; name the one that is listened on"] : []),
  ];
}

/** The address that paths are added to: without `/v1` at its end, as many write it, which is one of them. */
export function baseOf(text: string): string {
  const {origin, pathname} = new URL(text);
  return origin + pathname.replace(/(\/(v1)?)+$/, "");
}

/** `https:host` is an address to browsers, and none here. */
export const webAddress = (protocol: RegExp, error: string) =>
  z.url({protocol, error, abort: true}).regex(/^\w+:\/\/[^/\\]/, {error, abort: true});

/** Where a model host is. */
export const hostUrl = (protocol: RegExp, error: string) =>
  webAddress(protocol, error)
    .superRefine((text, context) => {
      const added = /(\/v1\/+(((chat|fim)\/+)?completions|responses)|\/infill)\/*$/.exec(
        new URL(text).pathname,
      )?.[0];
      const faults = addressFaults(text);
      if (added) faults.push(`ends in ${added}, which is added to it; leave that out`);
      for (const fault of faults) context.addIssue(fault);
    })
    .transform(baseOf);

/** A model host. */
const upstream = z
  .strictObject({
    url: hostUrl(/^https?$/, "is not an http or https address"),
    api: z
      .enum(["azure", "openai"])
      .describe("azure: deployments in the path. openai: the model in the body."),
    apiVersion: z.string().optional().describe("Azure's; dated."),
    protocol: z
      .enum(["h2", "http/1.1"])
      .default("h2")
      .describe("http/1.1 for hosts without HTTP/2; there a cancel closes its connection."),
    credential,
    /** Left out where it is not so, as is all below that proxies of the last release know nothing of. */
    replicas: z
      .boolean()
      .optional()
      .describe("Each address behind its name is a host of its own, which can be asked by itself."),
    vllm: z
      .strictObject({
        priorities: z.boolean().describe("Whether it runs with --scheduling-policy priority."),
      })
      .optional()
      .describe("It is vLLM: it is given a salt for each tenant and asked for its queue."),
  })
  .refine(({api, apiVersion}) => (api === "azure") === (apiVersion !== undefined), {
    error: "apiVersion belongs to api azure, and to it alone",
    path: ["apiVersion"],
  });

/** One capacity allocation of a model on an upstream. */
const deployment = z.strictObject({
  upstream: z.string(),
  /** The deployment's name on its upstream. */
  name: z.string(),
  /** Share of the model's requests among the deployments of its list; any positive scale. */
  weight: z.number().positive(),
  priority: z
    .int()
    .min(1)
    .optional()
    .describe("Those of a greater number are asked after those of a smaller one; left out: 1."),
});

/** What a proxy reloads while running. Hand-written parts come from regions.yaml, the rest from the stack. */
export const policySchema = rulesSchema
  .extend({
    objective,
    upstreams: z.record(z.string(), upstream),
    /** By the name that clients ask for: the region's own deployments, then the last resort. */
    models: z.record(
      z.string(),
      z.strictObject({
        api: modelApi.default("completions"),
        template: modelTemplate.optional(),
        parameters: chatParameters.prefault({}),
        aliases: modelAliases,
        successor: z
          .string()
          .optional()
          .describe("The model that serves once no deployment of this one is left."),
        objective: ownObjective,
        overflow: z
          .string()
          .optional()
          .describe("The model that takes what this one has no room for."),
        balance: z.enum(BALANCES).optional().describe("Left out: weight."),
        hedge: z
          .number()
          .gt(0)
          .max(1)
          .optional()
          .describe("The share of its requests that a second host may be asked for."),
        deployments: z
          .array(deployment)
          .describe("The region's own; none where fallback alone serves it."),
        fallback: z
          .array(deployment)
          .default([])
          .describe("Deployments of other regions, nearest first."),
      }),
    ),
  })
  .superRefine(({models, upstreams}, context) => {
    const add = (path: string[], message: string) =>
      context.addIssue({code: "custom", path, message});
    if (Object.keys(models).length === 0) add(["models"], "is empty; a region serves one or more");
    for (const [model, asked] of Object.entries(models)) {
      const {api, template, deployments, fallback} = asked;
      for (const key of ["successor", "overflow"] as const) {
        const other = asked[key];
        if (other !== undefined && !Object.hasOwn(models, other))
          add(["models", model, key], `"${other}" is not a model; leave it out`);
        if (leadsBack(model, (name) => models[name]?.[key]))
          add(["models", model, key], "leads back to the model; leave it out");
      }
      if (api !== "completions" && template !== undefined)
        add(
          ["models", model, "template"],
          `is of completions, and the model is asked by ${api}; leave it out`,
        );
      const all = [...deployments, ...fallback];
      if (all.length === 0) add(["models", model], "has no deployment; add one, or take it out");
      for (const {upstream} of all)
        if (!Object.hasOwn(upstreams, upstream))
          add(
            ["models", model],
            `"${upstream}" is not an upstream; use one of ${Object.keys(upstreams).join(", ")}`,
          );
    }
  });

/** Whether the models that come after a model, by what one says of the next, come round to it again. */
export function leadsBack(model: string, nextOf: (model: string) => string | undefined): boolean {
  const seen = new Set<string>();
  let next = nextOf(model);
  for (; next !== undefined && next !== model && !seen.has(next); next = nextOf(next))
    seen.add(next);
  return next === model;
}

/** Objectives by what is asked of a model: next edits have one of their own. */
export const OBJECTIVES = ["model", "next_edits"] as const;
export type ObjectiveName = (typeof OBJECTIVES)[number];

type OwnObjective = z.output<typeof ownObjective>;
/** What a proxy is to keep of a model over the window. */
export type Objective = Omit<Policy["objective"], "nextEdits">;

/** A next edit is longer than a completion and waited for longer: so many times as long. */
const NEXT_EDIT_PATIENCE = 2;

/** A model's own objective, else that of the service; for next edits with more time, unless they are given one, and never less. */
export function objectiveOf(
  {objective, models}: Objectives,
  model: string,
  name: ObjectiveName = "model",
): Objective {
  const own = over(objective, models[model]?.objective);
  if (name === "model") return own;
  const patient = {...own, firstByteMs: own.firstByteMs * NEXT_EDIT_PATIENCE};
  const held = over(patient, objective.nextEdits);
  return {...held, firstByteMs: Math.max(held.firstByteMs, own.firstByteMs)};
}

function over(objective: Objective, own: OwnObjective): Objective {
  if (!own) return objective;
  const {success, firstByteMs, windowMs} = objective;
  return {
    success: own.success ?? success,
    firstByteMs: own.firstByteMs ?? firstByteMs,
    windowMs,
  };
}

/** The part of a policy that objectives are in. */
export interface Objectives {
  readonly objective: Policy["objective"];
  readonly models: Readonly<Record<string, Pick<Policy["models"][string], "objective">>>;
}

export type ModelTemplate = z.output<typeof modelTemplate>;
export type Rules = z.output<typeof rulesSchema>;
export type Policy = z.output<typeof policySchema>;
/** What a stack writes: defaults may be left out. */
export type PolicyInput = z.input<typeof policySchema>;
export type Mutation = Rules["mutations"][number];
export type Experiment = Rules["experiments"][number];
export type Arm = Experiment["arms"][number];
export type Mirror = Rules["mirrors"][number];
export type When = Mutation["when"];
export type ClientRule = Rules["clients"][number];
export type Limits = Rules["limits"];
export type Deployment = Policy["models"][string]["deployments"][number];
/** How a model is asked. */
export type Asking = Pick<Policy["models"][string], "api" | "parameters"> & {
  readonly template?: ModelTemplate | undefined;
};
export type ChatParameters = Asking["parameters"];
export type Upstream = Policy["upstreams"][string];
