import {httpFilter, lua, router} from "./http.ts";
import {anywhere, type Json, TYPES} from "./json.ts";

const ADMIN = "admin";

/**
 * Serves the preStop hook of the pod. The hook can only send a GET, and Envoy's admin interface drains
 * listeners on a POST only, so a Lua filter translates. The response is delayed by `waitS`, because
 * Kubernetes sends SIGTERM as soon as the hook returns.
 */
export const preStopListener = (port: number, waitS: number): Json => ({
  name: "stop",
  address: anywhere(port),
  filter_chains: [
    {
      filters: [
        httpFilter("stop", {
          route_config: {virtual_hosts: [{name: "all", domains: ["*"], routes: [stopped]}]},
          http_filters: [lua("meridian.pre_stop", program), pause(waitS), router],
        }),
      ],
    },
  ],
});

export const adminCluster = (port: number): Json => ({
  name: ADMIN,
  load_assignment: {
    cluster_name: ADMIN,
    // As a destination, 0.0.0.0 means this host.
    endpoints: [{lb_endpoints: [{endpoint: {address: anywhere(port)}}]}],
  },
});

const program = `
function envoy_on_request(handle)
  local headers = {
    [":method"] = "POST",
    [":path"] = "/drain_listeners?graceful&skip_exit",
    [":authority"] = "${ADMIN}",
  }
  handle:httpCall("${ADMIN}", headers, "", 5000)
end
`;

const pause = (seconds: number): Json => ({
  name: "envoy.filters.http.fault",
  typed_config: {
    "@type": `${TYPES}.filters.http.fault.v3.HTTPFault`,
    delay: {fixed_delay: `${seconds}s`, percentage: {numerator: 100}},
  },
});

const stopped = {match: {path: "/stop"}, direct_response: {status: 200}};
