import type {Order} from "./azure-openai.ts";

/** What a deployment's quota says of one request. */
export interface Judgement {
  /** What Azure tells of a quota with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Which limit refuses the request; undefined where there is room. */
  readonly exceeded: "call" | "token" | undefined;
  /** How long until there is room again. */
  readonly waitMs: number;
}

export interface Quota {
  /** Counts a request, be it refused or not. Undefined where the deployment has no quota. */
  judge(deployment: string, tokens: number): Judgement | undefined;
}

export interface QuotaOptions {
  /** The model of each deployment. */
  readonly models: Readonly<Record<string, string>>;
  /** Units of standard capacity, by deployment. */
  readonly capacities: Readonly<Record<string, number>>;
  readonly now?: () => number;
}

const MINUTE_MS = 60_000;
const UNIT_TOKENS = 1000;

interface Rate {
  /** Requests a minute that a unit of capacity allows. */
  readonly perUnit: number;
  /** How long the slices are in which requests are to come evenly. */
  readonly slicesMs: readonly number[];
}

/** openai/includes/quota-2.md: "typically 1 or 10 seconds". */
const rate = (perUnit: number, slicesMs: readonly number[] = [1000, 10_000]): Rate => ({
  perUnit,
  slicesMs,
});

/**
 * By model: openai/includes/quota-tier/tier-1.md (2026-08-20), where 1,000 requests beside 1,000,000 tokens are one
 * a unit; of older models openai/includes/quota-1.md (2026-09-16). The first that covers a name counts.
 */
const rates: readonly (readonly [models: RegExp, rate: Rate])[] = [
  [/^gpt-4o-mini$/, rate(10)],
  /** "300 / 10s" beside 300,000 tokens. */
  [/^gpt-4o(-|$)/, rate(6, [10_000])],
  [/^gpt-35-turbo/, rate(6)],
  [/^gpt-5(\.[124])?$/, rate(10)],
];
const OTHERS = rate(1);

const rateOf = (model: string): Rate => rates.find(([models]) => models.test(model))?.[1] ?? OTHERS;

/** Requests a minute that a unit of a model's standard capacity allows. */
export const requestsPerUnit = (model: string): number => rateOf(model).perUnit;

const CHARACTERS_A_TOKEN = 4;

/**
 * quota-2.md: "Prompt text and count", "the max_tokens parameter setting", "the best_of parameter setting"; "an estimate
 * based in part on the character count". How many characters are a token is not said there: four, as everywhere.
 */
export function costOf({parameters, maxTokens, choices}: Order): number {
  const {prompt, suffix, messages, best_of} = parameters;
  const texts = Array.isArray(messages) ? messages.map(({content}) => content) : [prompt, suffix];
  const characters = texts.flat().join("").length;
  return (
    Math.ceil(characters / CHARACTERS_A_TOKEN) + maxTokens * Math.max(choices, Number(best_of) || 1)
  );
}

/** One limit over one length of time, counted anew from each multiple of it. */
interface Slice {
  readonly lengthMs: number;
  readonly allowed: number;
  used: number;
  sinceMs: number;
}

interface Ledger {
  readonly requests: readonly Slice[];
  readonly tokens: Slice;
}

/**
 * Judges as MicrosoftDocs/azure-ai-docs, articles/foundry/openai/includes/quota-2.md (2026-05) has it: tokens by the
 * minute, estimated as a request arrives; requests by the minute, and by slices of it in which they are to come evenly.
 * "Unsuccessful requests still count toward your per-minute rate limit."
 */
export function createQuota({
  models,
  capacities,
  now = () => performance.now(),
}: QuotaOptions): Quota {
  const ledgers = new Map(
    Object.entries(capacities).map(([name, units]) => [name, ledgerOf(units, models[name] ?? "")]),
  );
  return {
    judge(deployment, tokens) {
      const ledger = ledgers.get(deployment);
      return ledger && judged(ledger, tokens, now());
    },
  };
}

function ledgerOf(units: number, model: string): Ledger {
  const {perUnit, slicesMs} = rateOf(model);
  const slice = (lengthMs: number, perMinute: number): Slice => ({
    lengthMs,
    // One at least: else a small deployment would never serve.
    allowed: Math.ceil((perMinute * lengthMs) / MINUTE_MS),
    used: 0,
    sinceMs: 0,
  });
  return {
    requests: [...slicesMs, MINUTE_MS].map((lengthMs) => slice(lengthMs, perUnit * units)),
    tokens: slice(MINUTE_MS, UNIT_TOKENS * units),
  };
}

function judged({requests, tokens}: Ledger, cost: number, nowMs: number): Judgement {
  for (const slice of requests) count(slice, 1, nowMs);
  count(tokens, cost, nowMs);
  const slices = [...requests, tokens];
  const over = slices.find(({used, allowed}) => used > allowed);
  const exceeded = over && (over === tokens ? "token" : "call");
  // A slice that this very request has filled would refuse the next.
  const full = slices.filter(({used, allowed}) => over && used >= allowed);
  const waitMs = Math.max(0, ...full.map((slice) => Math.ceil(leftMs(slice, nowMs))));
  const minute = requests.at(-1)!;
  const headers = {...told("requests", minute, nowMs), ...told("tokens", tokens, nowMs)};
  return {headers, exceeded, waitMs};
}

function count(slice: Slice, used: number, nowMs: number) {
  const sinceMs = nowMs - (nowMs % slice.lengthMs);
  if (sinceMs !== slice.sinceMs) Object.assign(slice, {sinceMs, used: 0});
  slice.used += used;
}

const leftMs = ({sinceMs, lengthMs}: Slice, nowMs: number) => sinceMs + lengthMs - nowMs;

/** The table of quota-2.md; times until a reset are seconds. */
const told = (unit: string, slice: Slice, nowMs: number) => ({
  [`x-ratelimit-limit-${unit}`]: `${slice.allowed}`,
  [`x-ratelimit-remaining-${unit}`]: `${Math.max(0, slice.allowed - slice.used)}`,
  [`x-ratelimit-reset-${unit}`]: `${Math.ceil(leftMs(slice, nowMs) / 1000)}`,
});
