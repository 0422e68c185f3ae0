import {type LookupAddress, lookup as systemLookup} from "node:dns";
import {isIP, type LookupFunction} from "node:net";
import type {Clock} from "../clock.ts";
import type {Deployment, Policy} from "../policy.ts";
import {upstreamOf} from "../route/replica-name.ts";
import {hostnameOf, type ServedPolicy, servedPolicy} from "./served-policy.ts";
import type {Log} from "./transport.ts";

export interface Replicas {
  /** The policy, with every host behind a name in the place of that name's upstream and of its deployments. */
  readonly policy: ServedPolicy;
  /** Takes what is written. Throws where `accept` does; then nothing has changed. */
  apply(written: Policy): void;
  /** Nothing answers where an upstream is; if that is one of them, its name is looked up at once. */
  unreached(upstream: string): void;
  /** How many there are of each upstream that has them. */
  readonly counts: readonly {readonly upstream: string; readonly count: number}[];
  close(): void;
}

/** As long as CoreDNS has a name of a cluster's kept (`ttl` of its kubernetes plugin). */
const LOOK_EVERY_MS = 5000;
/** While there are none yet, and between two looks that requests bring about. */
const LOOK_AGAIN_MS = 1000;
const UNREACHED_EVERY_MS = 100;

/** A name, and what it leads to. */
interface Name {
  readonly hostname: string;
  addresses: readonly string[];
  lookedMs: number;
  isLooking: boolean;
  /** Whether the last lookup found nothing: that is said once. */
  isMissing: boolean;
}

/**
 * Puts the addresses behind names where the policy has names. One that leaves its name gets nothing new; a lookup that
 * fails or finds nothing moves nobody.
 */
export function createReplicas({
  accept,
  arrived,
  log,
  clock: {now, every},
  lookup = systemLookup as LookupFunction,
}: {
  /** Opens what a policy adds and closes what it no longer has. */
  accept: (policy: ServedPolicy) => void;
  /** A replica has joined others. */
  arrived: (deployment: Deployment) => void;
  log: Log;
  clock: Clock;
  lookup?: LookupFunction;
}): Replicas {
  let written: Policy | undefined;
  let policy: ServedPolicy | undefined;
  let names = new Map<string, Name>();
  const stopLooking = every(LOOK_AGAIN_MS, lookAll);

  function apply(next: Policy) {
    const kept = new Map(
      hostnamesOf(next).map((hostname) => [hostname, names.get(hostname) ?? newName(hostname)]),
    );
    const served = servedBy(next, kept);
    accept(served);
    [written, policy, names] = [next, served, kept];
    lookAll();
  }

  function lookAll() {
    for (const name of names.values()) {
      const everyMs = name.addresses.length > 0 ? LOOK_EVERY_MS : LOOK_AGAIN_MS;
      if (isIP(name.hostname) === 0 && now() - name.lookedMs >= everyMs) look(name);
    }
  }

  function look(name: Name) {
    if (name.isLooking) return;
    name.isLooking = true;
    name.lookedMs = now();
    lookup(name.hostname, {all: true}, (error, found) => {
      name.isLooking = false;
      if (names.get(name.hostname) === name) heard(name, error, found as LookupAddress[]);
    });
  }

  function heard(name: Name, error: unknown, found: readonly LookupAddress[] = []) {
    const addresses = [...new Set(found.map(({address}) => address))].sort();
    const isMissing = Boolean(error) || addresses.length === 0;
    if (isMissing && !name.isMissing) log("replicas not found", error ?? name.hostname);
    name.isMissing = isMissing;
    if (!isMissing && `${addresses}` !== `${name.addresses}`) move(name, addresses);
  }

  function move(name: Name, addresses: readonly string[]) {
    const before = name.addresses;
    name.addresses = addresses;
    try {
      const served = servedBy(written!, names);
      accept(served);
      policy = served;
    } catch (cause) {
      name.addresses = before;
      return log("replicas not taken", cause);
    }
    if (before.length > 0) welcome(addresses.filter((address) => !before.includes(address)));
  }

  function welcome(addresses: readonly string[]) {
    const {upstreams} = policy!;
    for (const {deployments, fallback} of Object.values(policy!.models))
      for (const one of [...deployments, ...fallback])
        if (addresses.includes(upstreams[one.upstream]?.address ?? "")) arrived(one);
  }

  return {
    apply,
    get policy() {
      return policy!;
    },
    unreached(upstream) {
      const {url, replicas} = written?.upstreams[upstreamOf(upstream)] ?? {};
      const name = replicas && names.get(hostnameOf(url!));
      if (name && now() - name.lookedMs >= UNREACHED_EVERY_MS) look(name);
    },
    get counts() {
      return Object.entries(written?.upstreams ?? {}).flatMap(([upstream, {url, replicas}]) =>
        replicas ? [{upstream, count: names.get(hostnameOf(url))!.addresses.length}] : [],
      );
    },
    close: stopLooking,
  };
}

const servedBy = (policy: Policy, names: ReadonlyMap<string, Name>): ServedPolicy =>
  servedPolicy(policy, (hostname) => names.get(hostname)!.addresses);

/** An address is a name of itself. */
const newName = (hostname: string): Name => ({
  hostname,
  addresses: isIP(hostname) > 0 ? [hostname] : [],
  lookedMs: Number.NEGATIVE_INFINITY,
  isLooking: false,
  isMissing: false,
});

const hostnamesOf = ({upstreams}: Policy) =>
  Object.values(upstreams).flatMap(({url, replicas}) => (replicas ? [hostnameOf(url)] : []));
