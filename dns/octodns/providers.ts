import type {Place} from "../../regions/places/places.ts";
import {ns1Tree, octodnsTree, route53Tree, type Tree} from "../geography.ts";
import {NAME_LIMIT} from "../names.ts";
import type {Monitor} from "../traffic-manager/monitor.ts";
import {type Part, splitWhole} from "./octodns-order.ts";
import type {DynamicRecord} from "./record.ts";
import {refuseBeyondRoute53, route53ContinentOf} from "./route53.ts";

/** What writes octoDNS's record into a DNS service, and what that service can say. */
export interface Provider {
  readonly title: string;
  /** The Python package, at the version that the tests run. */
  readonly package: string;
  /** The provider's entry in octoDNS's configuration. */
  readonly settings: Readonly<Record<string, string | boolean | readonly string[]>>;
  readonly tree: Tree;
  /** Why a place has no code there. */
  readonly whyUnnamed: (place: Place) => string;
  /** The longest name of a pool, given that the provider builds longer names from it. */
  readonly nameLimit: (hostname: string) => number;
  /** Whether the provider orders rules by the names of their pools. */
  readonly ordersByName?: boolean;
  readonly partsOf?: (parts: readonly Part[]) => readonly Part[];
  /** The provider's probe settings, which go under its own key in the record's `octodns`. */
  readonly probing: (monitor: Monitor) => Readonly<Record<string, unknown>>;
  /** Throws where the service would refuse the record. */
  readonly refuse?: (record: DynamicRecord) => void;
}

export type ProviderName = "azure" | "route53" | "ns1";

export const providers: Readonly<Record<ProviderName, Provider>> = {
  azure: {
    title: "Azure DNS",
    package: "octodns-azure 1.2.0",
    settings: {
      class: "octodns_azure.AzureProvider",
      client_id: "env/AZURE_CLIENT_ID",
      key: "env/AZURE_CLIENT_SECRET",
      directory_id: "env/AZURE_TENANT_ID",
      sub_id: "env/AZURE_SUBSCRIPTION_ID",
      resource_group: "env/AZURE_RESOURCE_GROUP",
    },
    tree: octodnsTree,
    whyUnnamed: () => "Traffic Manager has no code for it",
    // The provider names a profile `<root>-pool-<pool>` and writes each dot as two dashes.
    nameLimit: (hostname) => NAME_LIMIT - `${hostname.replaceAll(".", "--")}-pool-`.length,
    probing: ({intervalInSeconds, timeoutInSeconds, toleratedNumberOfFailures}) => ({
      azuredns: {
        healthcheck: {
          interval: intervalInSeconds,
          num_failures: toleratedNumberOfFailures,
          timeout: timeoutInSeconds,
        },
      },
    }),
  },
  route53: {
    title: "Route 53",
    package: "octodns-route53 1.2.0",
    settings: {
      class: "octodns_route53.Route53Provider",
      access_key_id: "env/AWS_ACCESS_KEY_ID",
      secret_access_key: "env/AWS_SECRET_ACCESS_KEY",
    },
    tree: route53Tree,
    whyUnnamed: ({azure}) => {
      if (azure.includes("-")) return "Route 53 has no provinces";
      return route53ContinentOf(azure)
        ? "octodns-route53 could not read it again"
        : "Route 53 does not take it";
    },
    // The provider puts the name into the label `_octodns-<pool>-value`.
    nameLimit: () => NAME_LIMIT - "_octodns--value".length,
    // Nothing uses measured latency, which costs extra.
    probing: ({intervalInSeconds, toleratedNumberOfFailures}) => ({
      route53: {
        healthcheck: {
          failure_threshold: toleratedNumberOfFailures + 1,
          measure_latency: false,
          request_interval: intervalInSeconds,
        },
      },
    }),
    refuse: refuseBeyondRoute53,
  },
  ns1: {
    title: "NS1",
    package: "octodns-ns1 1.0.2",
    settings: {
      class: "octodns_ns1.Ns1Provider",
      api_key: "env/NS1_API_KEY",
      // The other monitors speak HTTP/1.0, which the edge does not.
      use_http_monitors: true,
      shared_notifylist: true,
      monitor_regions: ["lga"],
    },
    tree: ns1Tree,
    whyUnnamed: () => "NS1 has no code for it",
    nameLimit: () => NAME_LIMIT,
    ordersByName: true,
    partsOf: splitWhole("OC"),
    probing: () => ({}),
  },
};
