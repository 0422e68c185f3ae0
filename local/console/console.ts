import type {World} from "../../regions/world.ts";
import type {RunningWorld} from "../world/world.ts";
import {createAtlas, describeWorld} from "./atlas.ts";
import {pageFiles} from "./files.ts";
import {createHub} from "./hub.ts";
import {type Observer, startObserver} from "./observed/observer.ts";
import {pageSnapshot} from "./page-snapshot.ts";
import {createPeople} from "./people.ts";
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
  const people = createPeople();
  const typing = createTyping({
    world,
    running,
    ended: people.ended,
    tell: (page, step) => hub.tell({name: "step", data: step}, page),
  });
  const description = describeWorld(world, running);
  const switches = createSwitches({
    running,
    objectives: description.objectives,
    failed: (region, {message}) => hub.tell({name: "failed", data: {region, message}}),
  });
  let observer: Observer | undefined;
  const out = () => observer?.snapshot?.regions.filter(({dns}) => dns !== "in") ?? [];
  const routes = routesOf({
    description,
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
  const traffic = startTraffic({world, running, ended: people.ended});
  const looking = startObserver({
    world,
    running,
    isDrained: (region) => switches.state()[region]!.includes("drain"),
    looked: (snapshot, news) => {
      const data = pageSnapshot(snapshot, people.seen(), looking.totals);
      hub.tell({name: "snapshot", data});
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
