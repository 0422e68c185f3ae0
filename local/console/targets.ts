import {proxyPorts} from "../../infra/cluster/proxy.ts";
import type {Target} from "../../setup/prometheus.ts";
import type {RunningWorld} from "../world/world.ts";

/** What the stacks' PodMonitors name: the admin page of proxies, and Envoy's. */
export const targetsOf = ({regions}: RunningWorld): Target[] =>
  regions.flatMap(({name, cluster}) =>
    cluster.pods.flatMap(({spec: {workload, address, ready}}) => {
      const labels = {region: name};
      if (workload === "proxy")
        return [{address: `${address}:${proxyPorts.admin}`, path: "/metrics", labels}];
      if (workload === "edge")
        return [{address: `${address}:${ready.port}`, path: "/stats/prometheus", labels}];
      return [];
    }),
  );
