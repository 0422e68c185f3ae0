import {type Json, TYPES} from "./json.ts";
import type {Bucket} from "./limits.ts";

const TYPE = `${TYPES}.filters.http.local_ratelimit.v3.LocalRateLimit`;

/** Of each connection by itself: an attack exhausts its own. */
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

/** The filter's name, under which routes say what it limits; without a word of theirs it limits nothing. */
export const TOKEN_LIMIT = "meridian.token_limit";

export const tokenLimit: Json = {
  name: TOKEN_LIMIT,
  typed_config: {"@type": TYPE, stat_prefix: "address"},
};

/** A bucket for each address; the least recently seen is forgotten first. */
export const perAddress = (bucket: Bucket): Json => ({
  "@type": TYPE,
  stat_prefix: "address",
  rate_limits: [{actions: [{remote_address: {}}]}],
  // An empty value stands for every address.
  descriptors: [{entries: [{key: "remote_address"}], token_bucket: tokenBucket(bucket)}],
  max_dynamic_descriptors: ADDRESSES,
  // The default bucket is for what has no address: nothing has none.
  token_bucket: tokenBucket({burst: ENOUGH, perSecond: ENOUGH}),
  ...enforced,
});

/** Remembered at once; about 1 KB each. */
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
