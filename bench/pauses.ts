/**
 * Preloaded into a proxy by `--import`: says to whoever asks its own port what the longest pauses were since it was
 * last asked. Nothing of the proxy knows of it.
 */
import {createServer} from "node:http";
import {monitorEventLoopDelay, PerformanceObserver} from "node:perf_hooks";

/** As they are told. */
export interface Pauses {
  /** Between two turns of the event loop, up to a millisecond too long: that is how often it is looked at. */
  readonly pauseMs: number;
  /** That a collection of garbage took of it. */
  readonly collectionMs: number;
}

const RESOLUTION_MS = 1;
const turns = monitorEventLoopDelay({resolution: RESOLUTION_MS});
turns.enable();
let collectionMs = 0;
new PerformanceObserver((list) => {
  for (const {duration} of list.getEntries()) collectionMs = Math.max(collectionMs, duration);
}).observe({entryTypes: ["gc"]});

createServer((_, answer) => {
  answer.end(JSON.stringify({pauseMs: turns.max / 1e6, collectionMs} satisfies Pauses));
  turns.reset();
  collectionMs = 0;
})
  .listen(Number(process.env.PAUSES_PORT), "127.0.0.1")
  .unref();
