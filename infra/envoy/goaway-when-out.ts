import {healthPage, httpFilter, lua, onRoute, router} from "./http.ts";
import type {Json} from "./json.ts";
import type {EdgeLimits} from "./limits.ts";

const REGION = "region";

export const GOAWAY_WHEN_OUT = "meridian.goaway_when_out";

/** Of all requests, those that run it: three for each that may be sent away, so that it is seen soon where few ask. */
export const looksPercent = ({leavePercent}: EdgeLimits): number => Math.min(100, 3 * leavePercent);

/**
 * Sends clients away (GOAWAY) while the region is out of rotation, since DNS does not move open connections.
 * Of the requests that run it, one a second in each worker checks the region's health page first. Once that has
 * failed for `outS`, `leavePercent` of all responses are the last on their connection: not all of them, because
 * clients return at once where DNS has no better region, and each return costs a handshake. Clients that fail all
 * open requests on a GOAWAY are spared; they go when their connection reaches its maximum age.
 */
export const goawayWhenOut = (limits: EdgeLimits): Json =>
  onRoute(lua(GOAWAY_WHEN_OUT, program(limits)));

/** Prefixes of user agents that fail open requests on a GOAWAY. Java before 17.0.17 and 24: https://bugs.openjdk.org/browse/JDK-8335181 */
const FRAGILE = ["Java-http-client/"];

/** Lua 5.1. Top-level locals live as long as the worker. */
const program = (limits: EdgeLimits) => `
local asked, out_since = 0, nil
local fragile = {${FRAGILE.map((name) => JSON.stringify(name)).join(", ")}}

local function ask(handle, now)
  asked = now
  local headers = {[":method"] = "GET", [":path"] = "/healthz", [":authority"] = "${REGION}"}
  local answer = handle:httpCall("${REGION}", headers, "", 1000)
  if answer[":status"] == "200" then out_since = nil else out_since = out_since or now end
end

local function is_fragile(handle)
  local agent = handle:headers():get("user-agent") or ""
  for _, name in ipairs(fragile) do
    if agent:sub(1, #name) == name then return true end
  end
  return false
end

function envoy_on_request(handle)
  local now = tonumber(handle:timestampString()) / 1000
  if now - asked >= 1 then ask(handle, now) end
  if not out_since or now - out_since < ${limits.outS} then return end
  if math.random() * ${looksPercent(limits)} >= ${limits.leavePercent} then return end
  if not is_fragile(handle) then
    handle:streamInfo():drainConnectionUponCompletion()
  end
end
`;

/** Serves the health page within Envoy's own process, where the Lua filter can call it. */
export const regionListener = (healthyPercent: number): Json => ({
  name: REGION,
  internal_listener: {},
  filter_chains: [
    {
      filters: [
        httpFilter(REGION, {
          route_config: {},
          http_filters: [healthPage(healthyPercent), router],
        }),
      ],
    },
  ],
});

export const regionCluster: Json = {
  name: REGION,
  load_assignment: {
    cluster_name: REGION,
    endpoints: [
      {
        lb_endpoints: [
          {endpoint: {address: {envoy_internal_address: {server_listener_name: REGION}}}},
        ],
      },
    ],
  },
};

/** Enables connections within the process. */
export const internalListeners: Json = {
  name: "envoy.bootstrap.internal_listener",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener",
  },
};
