import type {Measure, Size} from "./measures.ts";
import {GATEWAYS, type Row} from "./rows.ts";

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly digits?: number;
  /** Shown as what it is more than the direct row's. */
  readonly overDirect?: boolean;
}

interface Plan {
  readonly about: string;
  /** Measured once a run, not once a round. */
  readonly once?: boolean;
  /** Rows of which it would say nothing. */
  readonly without?: readonly Row[];
  /** The target is replaced by another while it is asked. */
  readonly replaced?: boolean;
  /** The target is one process of Node's, and tells its longest pauses. */
  readonly pauses?: boolean;
  readonly columns: readonly Column[];
  readonly full: Size;
  readonly quick: Size;
}

/** Few enough that an edge's limit of requests on one connection is not met. */
const CONNECTIONS = 20;
const full = {warm: 10_000, connections: CONNECTIONS, settleS: 0.5, seconds: 3};
const quick = {warm: 500, connections: CONNECTIONS, settleS: 0.1, seconds: 0.4};

const failed = {key: "failed", title: "failed"};
const closed = {key: "closed", title: "connections closed"};
const cpu = [
  {key: "cpuUs", title: "CPU us/request", digits: 1},
  {key: "busy", title: "core busy %"},
];
const waits = [
  {key: "p50", title: "p50 us"},
  {key: "p99", title: "p99 us"},
];
const overDirect = [
  {key: "p50", title: "p50 over direct", overDirect: true},
  {key: "p99", title: "p99 over direct", overDirect: true},
];

const unary = (kilobytes: number): Plan => ({
  about: `small answers (${kilobytes} kB of code in, 600 B out), 64 under way at all times`,
  columns: [
    {key: "perSecond", title: "requests/s"},
    ...cpu,
    {key: "loadUs", title: "generator us/request", digits: 1},
    failed,
    closed,
  ],
  full: {...full, kilobytes},
  quick: {...quick, kilobytes},
});

const firstByte = (perSecond: number): Plan => ({
  about: `first byte of a small answer, ${perSecond} requests/s at even times, from when each was due`,
  columns: [...waits, ...overDirect, failed, closed],
  // In the first seconds V8 still compiles, which is what the slowest requests would tell of.
  full: {...full, settleS: 5, perSecond},
  quick: {...quick, perSecond},
});

export const plans: Readonly<Record<Measure, Plan>> = {
  unary: unary(1),
  "unary-8k": unary(8),
  streams: {
    about: "500 streams/s of 15 events at 10 ms, 48 % cancelled at any time of their life",
    without: ["direct"],
    columns: [...cpu, {key: "cancelled", title: "cancelled"}, failed, closed],
    // The warm-up is of whole answers: V8 has yet to compile what passes pieces on.
    full: {...full, settleS: 10, perSecond: 500},
    quick: {...quick, perSecond: 500},
  },
  "first-byte-200": {...firstByte(200), once: true},
  "first-byte-2000": firstByte(2000),
  cancel: {
    about:
      "from the client's reset to the model host's sight of it, 500/s, half before the first byte",
    columns: [...waits, {key: "cancels", title: "cancels"}, {key: "lost", title: "lost"}, closed],
    full: {...full, perSecond: 500},
    quick: {...quick, perSecond: 500},
  },
  memory: {
    about: "memory with streams held open, on 100 connections",
    once: true,
    without: ["direct"],
    columns: [
      {key: "idleMb", title: "idle MB"},
      {key: "mb1000", title: "1,000 open MB"},
      {key: "mb10000", title: "10,000 open MB"},
      {key: "streamKb", title: "KB a stream", digits: 1},
      failed,
      closed,
    ],
    full: {...full, warm: 100, connections: 100, settleS: 1, open: [1000, 10_000]},
    quick: {...quick, warm: 100, connections: 100, open: [1000]},
  },
  growth: {
    about: "memory before and after many requests, 64 under way at all times",
    once: true,
    without: ["direct", ...GATEWAYS],
    columns: [
      {key: "requests", title: "requests"},
      {key: "before", title: "before MB", digits: 1},
      {key: "after", title: "after MB", digits: 1},
      {key: "grown", title: "grown MB", digits: 1},
      failed,
      closed,
    ],
    full: {...full, warm: 50_000, settleS: 1, requests: 200_000},
    quick: {...quick, warm: 2000, requests: 5000},
  },
  pause: {
    about: "the longest that the event loop stood still, small requests at 2,000/s and even times",
    once: true,
    without: ["haproxy", "envoy", "edge", ...GATEWAYS],
    pauses: true,
    columns: [
      {key: "seconds", title: "seconds", digits: 1},
      {key: "pauseMs", title: "longest pause ms", digits: 1},
      {key: "collectionMs", title: "longest collection ms", digits: 1},
      failed,
      closed,
    ],
    full: {...full, seconds: 60, perSecond: 2000},
    quick: {...quick, perSecond: 2000},
  },
  attacks: {
    about: "first byte at 500/s before and while other connections are open and idle",
    once: true,
    without: ["direct"],
    columns: [
      {key: "p50Before", title: "p50 us before"},
      {key: "p99Before", title: "p99 us before"},
      ...waits,
      {key: "idle", title: "idle connections"},
      {key: "connectionKb", title: "KB a connection", digits: 1},
      failed,
      closed,
    ],
    full: {...full, perSecond: 500, idle: 10_000},
    quick: {...quick, warm: 100, perSecond: 500, idle: 300},
  },
  deploy: {
    about: "200 streams/s of 15 events at 10 ms while the target is replaced by another",
    once: true,
    without: ["direct", "edge"],
    replaced: true,
    columns: [
      {key: "asked", title: "asked"},
      failed,
      {key: "again", title: "refused, to be asked again"},
      {key: "goneMs", title: "gone after ms"},
      closed,
    ],
    full: {...full, warm: 1000, perSecond: 200},
    quick: {...quick, warm: 100, perSecond: 200},
  },
};
