import {followDns} from "../../editor/dns.ts";
import {createEditor, type Editor} from "../../editor/editor.ts";
import {openWire} from "../../editor/wire.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {resolve, serviceOf} from "./connect.ts";
import type {RunningWorld} from "./world.ts";

/** An editor at a place in a running world, which goes where DNS sends it. */
export interface FollowingEditor {
  readonly editor: Editor;
  /** The region that DNS sent it to last. */
  readonly region: string | undefined;
  /** Whether it has a connection to an address, or would open the next one there without asking DNS again. */
  reaches(address: string): boolean;
}

export interface FollowingOptions {
  readonly world: World;
  readonly running: RunningWorld;
  /** The place's code. */
  readonly place: string;
  readonly credential: string;
  /** What it asks for; the first of the service's list if not given. */
  readonly model?: string;
  readonly stack?: 1 | 2;
  /** How it asks DNS; as anyone at its place does if not given. */
  readonly lookUp?: () => Promise<string>;
  /** When it follows: as soon as DNS answers another address, or whenever it has to open a connection. */
  readonly follows: "at once" | "when it connects";
}

export function createFollowingEditor(options: FollowingOptions): FollowingEditor {
  const {world, running, place, credential, model, stack = 2, follows} = options;
  const {lookUp = () => resolve(running, placeByCode(place)!)} = options;
  const dns = followDns({
    lookUp,
    ttlMs: 1000 * world.service.ttlS,
  });
  const editor = createEditor({
    open: () => openWire(serviceOf(running), dns),
    dns: follows === "at once" ? dns : undefined,
    credential,
    stack,
    ...(model !== undefined && {model}),
  });
  return {
    editor,
    get region() {
      return running.regions.find(({address}) => address === dns.last)?.name;
    },
    reaches: (address) =>
      (dns.isKept && dns.last === address) || editor.connections.addresses.includes(address),
  };
}
