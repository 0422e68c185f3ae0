import {healthPage, httpFilter, lua, router} from "./http.ts";
import type {Json} from "./json.ts";
import type {EdgeLimits} from "./limits.ts";

const REGION = "region";

/**
 * Tells clients to go (GOAWAY) while the region is out: DNS does not move an open connection. Once a
 * second a request, in each worker, asks the region's health page before it goes on; when that has
 * failed for `outS`, `leavePercent` of the answers are the last on their connection. Not all: where
 * DNS knows no better region, clients come back at once, and each time costs a handshake. Nor clients that
 * end all of their requests at a GOAWAY: those go when their connection has its age.
 */
export const goawayWhenOut = (limits: EdgeLimits): Json => lua(program(limits));

/** User agents by how they begin. Java's, before 17.0.17 and 24: https://bugs.openjdk.org/browse/JDK-8335181 */
const FRAGILE = ["Java-http-client/"];

/** Lua 5.1; what is `local` at the top lives as long as the worker. */
const program = ({outS, leavePercent}: EdgeLimits) => `
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
  if not out_since or now - out_since < ${outS} or math.random(100) > ${leavePercent} then return end
  if not is_fragile(handle) then
    handle:streamInfo():drainConnectionUponCompletion()
  end
end
`;

/** The health page again, where the edge itself can ask it: within its own process. */
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

/** What lets connections stay within the process. */
export const internalListeners: Json = {
  name: "envoy.bootstrap.internal_listener",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener",
  },
};
