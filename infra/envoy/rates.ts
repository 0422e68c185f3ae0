import {onRoute} from "./http.ts";
import {type Json, TYPES} from "./json.ts";
import type {Bucket} from "./limits.ts";

const TYPE = `${TYPES}.filters.http.local_ratelimit.v3.LocalRateLimit`;

/** Limits each connection separately, so that an attacker exhausts only its own bucket. */
export const requestLimit = (bucket: Bucket): Json => ({
  name: "envoy.filters.http.local_ratelimit",
  typed_config: {
    "@type": TYPE,
    stat_prefix: "connection",
    local_rate_limit_per_downstream_connection: true,
    token_bucket: tokenBucket(bucket),
    ...enforced,
  },
});

/** Routes configure this filter under its name; routes that do not are not limited. */
export const TOKEN_LIMIT = "meridian.token_limit";

export const tokenLimit = onRoute({
  name: TOKEN_LIMIT,
  typed_config: {"@type": TYPE, stat_prefix: "address"},
});

/** A bucket for each client address; the least recently used is evicted first. */
export const perAddress = (bucket: Bucket): Json => ({
  "@type": TYPE,
  stat_prefix: "address",
  rate_limits: [{actions: [{remote_address: {}}]}],
  // An empty value matches every address.
  descriptors: [{entries: [{key: "remote_address"}], token_bucket: tokenBucket(bucket)}],
  max_dynamic_descriptors: ADDRESSES,
  // Required, but unused: it is for requests without an address.
  token_bucket: tokenBucket({burst: ENOUGH, perSecond: ENOUGH}),
  ...enforced,
});

/** How many addresses are remembered; each costs about 1 KB. */
const ADDRESSES = 10_000;
const ENOUGH = 1_000_000;

const tokenBucket = ({burst, perSecond}: Bucket): Json => ({
  max_tokens: burst,
  tokens_per_fill: perSecond,
  fill_interval: "1s",
});

const enforced = {
  filter_enabled: {default_value: {numerator: 100}},
  filter_enforced: {default_value: {numerator: 100}},
};
