/** The edge's limits towards clients, durations in seconds. docs/edge.md gives the reason for each value. */
export interface EdgeLimits {
  /** For the TLS handshake. */
  readonly handshakeS: number;
  /** For a request's headers, from its first byte. */
  readonly headersS: number;
  /** For a whole request, from its first byte to the end of its body. */
  readonly requestS: number;
  /** For a stream on which nothing is sent either way. */
  readonly silenceS: number;
  /** For a connection without streams. */
  readonly idleS: number;
  /** The age at which a connection gets a GOAWAY, and by how much that age varies at random. */
  readonly ageS: number;
  readonly ageJitterPercent: number;
  /** Between the first GOAWAY and the final one. */
  readonly drainS: number;
  /** How long the preStop hook lets connections drain. */
  readonly stopS: number;
  /** Between two health checks of a proxy. */
  readonly voteS: number;
  /** How long a region must be out before its clients are sent away. */
  readonly outS: number;
  /** The percentage of responses that are the last on their connection while the region is out. */
  readonly leavePercent: number;
  readonly connections: number;
  /** Concurrent streams on one connection. */
  readonly streams: number;
  readonly headers: {readonly count: number; readonly kilobytes: number};
  /** Requests on one connection: a hundred times what an editor sends, a hundredth of what an attack does. */
  readonly requests: Bucket;
  /** Token requests from one address. */
  readonly tokens: Bucket;
}

/** A region is out of rotation when a smaller percentage of its proxies is healthy. */
export const HEALTHY_PERCENT = 50;

export interface Bucket {
  readonly burst: number;
  readonly perSecond: number;
}

export const edgeLimits: EdgeLimits = {
  handshakeS: 10,
  headersS: 10,
  // More than the proxy's own 10 s for a body, since its error says more.
  requestS: 30,
  // More than the proxy's own limits for the first and the next byte.
  silenceS: 120,
  // Less than the public address's 30 minutes.
  idleS: 1500,
  ageS: 3600,
  ageJitterPercent: 50,
  drainS: 5,
  // More than the load balancer takes to notice, and than the longest completion.
  stopS: 30,
  // A proxy that stops waits for more than two of these before it sends GOAWAY.
  voteS: 1,
  // As long as DNS answers are cached: clients that reconnect sooner come back here.
  outS: 30,
  // A client moves within about ten completions.
  leavePercent: 10,
  connections: 20_000,
  streams: 250,
  headers: {count: 100, kilobytes: 32},
  requests: {burst: 2_000, perSecond: 500},
  tokens: {burst: 500, perSecond: 10},
};
