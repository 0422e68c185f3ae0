import type {Logger} from "pino";
import {createAdmission} from "./admit/admission.ts";
import {createKeys} from "./admit/keys.ts";
import {createVerifier, parseKeys} from "./admit/token.ts";
import {createTrade} from "./admit/trade.ts";
import {createUserLimits} from "./admit/user-limits.ts";
import {type Clock, systemClock} from "./clock.ts";
import {faults, type ProxyConfig} from "./config.ts";
import {watchFile, whenThere} from "./file.ts";
import {serveAdmin} from "./observe/admin.ts";
import {createMetrics} from "./observe/metrics.ts";
import {createProbe} from "./observe/probe.ts";
import {createReturns} from "./observe/returns.ts";
import {createVote} from "./observe/vote.ts";
import {type Policy, policySchema} from "./policy.ts";
import {createMirrors} from "./relay/mirror.ts";
import {createRelay} from "./relay/relay.ts";
import {createDeploymentHealth, deploymentsOf} from "./route/deployment-health.ts";
import {createLoads} from "./route/loads.ts";
import {createRetryBudget} from "./route/retry-budget.ts";
import {createUpstreamQuotas} from "./route/upstream-quota.ts";
import {serve} from "./server.ts";
import {createQueues} from "./upstream/queues.ts";
import {createReplicas} from "./upstream/replicas.ts";
import {createUpstreams} from "./upstream/upstream.ts";

/**
 * Puts a proxy together from its configuration and files; waits for files that are not there yet, and
 * resolves once it serves. Requests are waited for by `clock`.
 */
export async function startProxy({
  config,
  log,
  clock = systemClock,
}: {
  config: ProxyConfig;
  log: Logger;
  clock?: Clock;
}) {
  const missing = (path: string) => log.warn({path}, "waiting for a file that is not there");
  const metrics = createMetrics({
    log,
    healthy: () => healthy(),
    votes: () => vote.subjects,
    sessions: () => upstreams.connected,
    policyFault: () => policy.fault,
    deployments: () => deploymentsOf(replicas.policy, {health, loads}),
    replicas: () => replicas.counts,
    quotas: () => quotas.current,
    keys: () => keys.value.keys,
  });
  const health = createDeploymentHealth(clock.now);
  const loads = createLoads(clock.now);
  const quotas = createUpstreamQuotas();
  const note = (event: string, detail: unknown) => log.warn({detail: String(detail)}, event);
  const upstreams = createUpstreams({
    log: note,
    sessionOpened: metrics.sessionOpened,
    sessionEnded: (cause) => metrics.connectionEnded("host", cause),
    unreached: (upstream) => replicas.unreached(upstream),
  });
  const replicas = createReplicas({
    accept: upstreams.apply,
    arrived: health.arrived,
    log: note,
    clock,
  });
  const policy = await whenThere(
    () =>
      watchFile({
        path: config.POLICY_FILE,
        parse: parsePolicy,
        accept: replicas.apply,
        changed: (next) => {
          vote.setPolicy(next);
          metrics.serving(Object.keys(next.models));
          log.info("policy reloaded");
        },
        refused: (cause) =>
          log.error({cause: String(cause)}, "policy refused; the last good one stays"),
      }),
    missing,
  );
  const vote = createVote({policy: policy.value});
  metrics.serving(Object.keys(policy.value.models));
  const keys = await whenThere(
    () =>
      watchFile({
        path: config.JWKS_FILE,
        parse: parseKeys,
        changed: (next) => verifier.replaceKeys(next),
        refused: (cause) =>
          log.error({cause: String(cause)}, "keys refused; the last good ones stay"),
      }),
    missing,
  );
  const verifier = createVerifier({
    keys: keys.value,
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
  });
  const issuer = config.ISSUER_URL;
  const admission = createAdmission({
    verifier,
    keys:
      issuer === undefined
        ? undefined
        : createKeys({trade: createTrade({issuer, log}), now: clock.now}),
    revoked: () => policy.value.revoked,
  });
  // Who has just started may not have its token yet: every answer would be a failure.
  const healthy = () => vote.healthy && upstreams.opened;
  /** As it is served; what people write is voted on. */
  const served = () => replicas.policy;
  const mirrors = createMirrors({
    policy: served,
    upstreams,
    health,
    loads,
    quotas,
    metrics,
    clock,
  });
  const relay = createRelay({
    policy: served,
    upstreams,
    users: createUserLimits({limits: () => policy.value.limits}),
    health,
    loads,
    quotas,
    mirrors,
    retries: createRetryBudget(clock.now),
    vote,
    metrics,
    region: config.REGION,
    clock,
  });
  const queues = createQueues({policy: served, said: loads.said, clock});
  const probe = createProbe({policy: served, upstreams, health, vote});
  const returns = createReturns({policy: served, upstreams, health, log, clock});
  const server = await serve({
    listen: config.LISTEN,
    policy: () => policy.value,
    relay,
    admission,
    healthy,
    metrics,
  });
  const admin = await serveAdmin({
    listen: config.ADMIN,
    healthy: () => server.healthy,
    missed: () => vote.missed,
    metrics,
    policy,
    deployments: () => deploymentsOf(served(), {health, loads}),
  });
  log.info({...server.address, region: config.REGION}, "listening");

  return {
    address: server.address,
    admin: admin.address,
    metrics: metrics.text,
    /** For what nothing else has caught. */
    fault: metrics.fault,
    async stop(options: {waitMs: number; limitMs: number}) {
      await server.drain(options);
      probe.close();
      returns.close();
      mirrors.close();
      replicas.close();
      queues.close();
      upstreams.close();
      relay.close();
      admin.close();
      policy.close();
      keys.close();
    },
  };
}

function parsePolicy(text: string): Policy {
  const result = policySchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(`The policy is not valid:\n${faults(result.error)}`);
}
