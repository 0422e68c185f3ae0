import type {World} from "../../regions/world.ts";
import type {RunningWorld} from "../world/world.ts";
import {createAtlas, describeWorld} from "./atlas.ts";
import {pageFiles} from "./files.ts";
import {createHub} from "./hub.ts";
import {type Observer, startObserver} from "./observed/observer.ts";
import {routesOf} from "./routes.ts";
import {serveLoopback} from "./server.ts";
import {createSwitches} from "./switches.ts";
import {startTraffic} from "./traffic.ts";
import {createTyping} from "./typing.ts";

export interface Console {
  /** Where a browser finds it. */
  readonly url: string;
  close(): Promise<void>;
}

/** A page on loopback that shows a running world, and breaks it. `port` 0 takes a free one. */
export async function startConsole({
  world,
  running,
  port,
}: {
  world: World;
  running: RunningWorld;
  port: number;
}): Promise<Console> {
  const hub = createHub({left: (page) => typing.leave(page)});
  const typing = createTyping({
    world,
    running,
    tell: (page, step) => hub.tell({name: "step", data: step}, page),
  });
  const switches = createSwitches({
    running,
    failed: (region, {message}) => hub.tell({name: "failed", data: {region, message}}),
  });
  let observer: Observer | undefined;
  const out = () => observer?.snapshot?.regions.filter(({dns}) => dns !== "in") ?? [];
  const routes = routesOf({
    description: describeWorld(world, running),
    atlas: createAtlas({world, running, out: () => out().map(({name}) => name)}),
    hub,
    switches,
    typing,
    greeting: (page) => [
      {name: "page", data: page},
      {name: "switches", data: switches.state()},
      {name: "news", data: observer?.log ?? []},
    ],
  });
  const server = await serveLoopback({port, routes: {...pageFiles(), ...routes}});
  const traffic = startTraffic({world, running});
  const looking = startObserver({
    running,
    isDrained: (region) => switches.state()[region]!.includes("drain"),
    looked: (snapshot, news) => {
      const {totals} = looking;
      hub.tell({name: "snapshot", data: {...snapshot, totals, arcs: traffic.arcs()}});
      if (news.length > 0) hub.tell({name: "news", data: news});
    },
  });
  observer = looking;
  return {
    url: server.url,
    close: async () => {
      server.close();
      hub.close();
      looking.close();
      await traffic.stop();
    },
  };
}
