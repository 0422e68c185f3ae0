/** What the edge puts up with from clients. Durations in seconds. Each value's reason: docs/edge.md. */
export interface EdgeLimits {
  /** From a connection's first byte to the end of the TLS handshake. */
  readonly handshakeS: number;
  /** From a request's first byte to the end of its headers. */
  readonly headersS: number;
  /** From a request's first byte to the end of its body. */
  readonly requestS: number;
  /** A stream on which nothing moves, either way. */
  readonly silenceS: number;
  /** A connection without a stream. */
  readonly idleS: number;
  /** A connection's age at which it is told to go (GOAWAY), and by how much of it the age varies. */
  readonly ageS: number;
  readonly ageJitterPercent: number;
  /** Between the GOAWAY that warns and the one that refuses. */
  readonly drainS: number;
  /** From being asked to stop to being stopped. */
  readonly stopS: number;
  /** Between two questions for a proxy's vote. */
  readonly voteS: number;
  /** For how long a region must be out before its clients are told to go. */
  readonly outS: number;
  /** Of the answers of a region that is out: so many are the last on their connection. */
  readonly leavePercent: number;
  readonly connections: number;
  /** Open at once on one connection. */
  readonly streams: number;
  readonly headers: {readonly count: number; readonly kilobytes: number};
  /** Of one connection: a hundred times what an editor asks for, a hundredth of what an attack does. */
  readonly requests: Bucket;
  /** Of one address on the token path. */
  readonly tokens: Bucket;
}

/** Under this percentage of well proxies a region is out of rotation. */
export const HEALTHY_PERCENT = 50;

export interface Bucket {
  readonly burst: number;
  readonly perSecond: number;
}

export const edgeLimits: EdgeLimits = {
  handshakeS: 10,
  headersS: 10,
  // Over the proxy's own 10 s for a body, which answers better.
  requestS: 30,
  // Over the proxy's own limits for a first and a next byte.
  silenceS: 120,
  // Under the public address's own 30 minutes.
  idleS: 1500,
  ageS: 3600,
  ageJitterPercent: 50,
  drainS: 5,
  // Over what a load balancer takes to notice, and the longest completion.
  stopS: 30,
  // A proxy that is told to stop waits for more than two before it says GOAWAY.
  voteS: 1,
  // As long as DNS keeps an answer: who reconnects sooner comes back here.
  outS: 30,
  // A client moves within about ten completions.
  leavePercent: 10,
  connections: 20_000,
  streams: 250,
  headers: {count: 100, kilobytes: 32},
  requests: {burst: 2_000, perSecond: 500},
  tokens: {burst: 500, perSecond: 10},
};
