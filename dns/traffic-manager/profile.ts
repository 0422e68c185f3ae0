import type {Monitor} from "./monitor.ts";

/**
 * A Traffic Manager profile in the words of azure-native's `trafficmanager.Profile`. A nested
 * endpoint names its child profile; whoever makes the resources turns that into an id.
 */
export interface Profile {
  readonly profileName: string;
  readonly trafficRoutingMethod: "Geographic" | "Priority" | "Weighted";
  readonly dnsConfig: {readonly relativeName: string; readonly ttl: number};
  readonly monitorConfig: Monitor;
  readonly endpoints: readonly ProfileEndpoint[];
}

export interface ProfileEndpoint {
  readonly name: string;
  /** For an external endpoint: a region's public name. */
  readonly target?: string;
  /** For a nested endpoint: the `profileName` of its child. */
  readonly child?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly geoMapping?: readonly string[];
  /** For a nested endpoint: how many of the child's endpoints must be healthy for it to be healthy. */
  readonly minChildEndpoints?: number;
}
