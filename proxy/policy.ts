import {z} from "zod";

/**
 * The rules of `traffic:` in regions.yaml, which are also the part of the policy that people write.
 * Names of models are not checked here: whoever holds the models does that.
 */
const mutation = z.strictObject({
  name: z.string().min(1).describe("What logs and metrics call it; unique."),
  models: z.array(z.string()).default([]).describe("The models it applies to; empty means all."),
  logitBias: z
    .record(
      z.string().regex(/^\d+$/, "must be a token id, digits only"),
      z.number().min(-100).max(100),
    )
    .default({})
    .describe("Merged into the request's logit_bias: token id to bias, -100 to 100."),
  drop: z
    .array(z.string().min(1))
    .default([])
    .describe("Parameters taken out of the body, as dotted paths: best_of, extra.next_indent."),
});

export const rulesSchema = z.strictObject({
  mutations: z.array(mutation).default([]).describe("Changes to request bodies, in order."),
});

const objective = z.strictObject({
  success: z.number().gt(0).max(1),
  firstByteMs: z.number().positive(),
  windowMs: z.number().positive(),
});

/** A model host. Its credential is a file, so that it is never in the policy. */
const upstream = z.strictObject({
  url: z.url({protocol: /^https?$/}),
  api: z.literal("azure").describe("Azure OpenAI's data plane."),
  apiVersion: z.string(),
  keyFile: z.string().describe("Read at start and again when it changes."),
});

/** One capacity allocation of a model on an upstream. */
const deployment = z.strictObject({
  upstream: z.string(),
  /** The deployment's name on its upstream. */
  name: z.string(),
  /** Share of the model's requests among the deployments of its list; any positive scale. */
  weight: z.number().positive(),
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
        deployments: z.array(deployment).min(1),
        fallback: z
          .array(deployment)
          .default([])
          .describe("Deployments of other regions, nearest first."),
      }),
    ),
  })
  .superRefine((policy, context) => {
    for (const [model, {deployments, fallback}] of Object.entries(policy.models))
      for (const {upstream} of [...deployments, ...fallback])
        if (!policy.upstreams[upstream])
          context.addIssue({
            code: "custom",
            path: ["models", model],
            message: `"${upstream}" is not an upstream; use one of ${Object.keys(policy.upstreams).join(", ")}`,
          });
  });

export type Rules = z.output<typeof rulesSchema>;
export type Policy = z.output<typeof policySchema>;
/** What a stack writes: defaults may be left out. */
export type PolicyInput = z.input<typeof policySchema>;
export type Mutation = Rules["mutations"][number];
export type Deployment = Policy["models"][string]["deployments"][number];
export type Upstream = Policy["upstreams"][string];
