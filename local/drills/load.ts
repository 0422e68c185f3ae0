import {connect} from "node:http2";
import type {Socket} from "node:net";
import {connect as tls} from "node:tls";
import {planOf} from "../../dns/plan.ts";
import {createEditor, type Editor} from "../../editor/editor.ts";
import {type Person, startPerson} from "../../editor/person.ts";
import type {Sample} from "../../editor/tally.ts";
import {replay, type Stroke, seeded, typing} from "../../editor/typing.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {resolve} from "../world/connect.ts";
import type {RunningWorld} from "../world/world.ts";

/** Of the models: a completion then takes less than 200 ms on average, as those of the widely used service. */
export const FIRST_BYTE_MS = 120;

/** People of every region who type and complete without end. */
export interface Load {
  readonly people: readonly Typing[];
  readonly samples: readonly Sample[];
  stop(): Promise<void>;
}

export interface Typing extends Pick<Person, "send"> {
  readonly editor: Editor;
  /** Of the place where they are. */
  readonly pool: string;
  /** Whether they have a connection to an address, or the next would go there without asking DNS again. */
  reaches(address: string): boolean;
}

export interface LoadOptions {
  readonly world: World;
  readonly running: RunningWorld;
  readonly people: number;
  /** Recorded, in place of the model of typing. */
  readonly trace?: readonly Stroke[] | undefined;
}

/** Credentials that people type with; the last is kept for who does harm. */
const honest = ({people}: RunningWorld) => people.slice(0, -1);

/** Half of them have the editor's first stack, half its second. They are spread over the pools. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const {world, people, trace} = options;
  const homes = homesOf(world);
  const samples: Sample[] = [];
  const typists = await Promise.all(
    Array.from({length: people}, async (_, person) => {
      const random = seeded(person + 1);
      const strokes = trace ? replay(trace, Math.floor(random() * trace.length)) : typing(random);
      const at = await openEditor(options, person, homes[person % homes.length]!);
      const sampled = (sample: Sample) => void samples.push(sample);
      const typist = startPerson({person, editor: at.editor, strokes, sampled, random});
      return Object.assign(at, {send: typist.send, stop: typist.stop});
    }),
  );
  return {
    people: typists,
    samples,
    stop: async () => void (await Promise.all(typists.map(({stop}) => stop()))),
  };
}

interface Home {
  readonly pool: string;
  readonly place: string;
}

/** Of each pool the place of most people, as a code. */
function homesOf(world: World): Home[] {
  const rules = Map.groupBy(planOf(world).rules, ({chain}) => chain[0]!);
  return [...rules].map(([pool, rules]) => {
    const places = rules.flatMap(({places}) => places.map(({place}) => place));
    return {pool, place: places.toSorted((a, b) => b.population - a.population)[0]!.code};
  });
}

/** An editor asks DNS when it opens a connection; its system keeps the answer for the TTL. */
async function openEditor({world, running}: LoadOptions, person: number, {pool, place}: Home) {
  const {hostname, port, authority} = running;
  const ask = () => resolve(running, placeByCode(place)!);
  const connections = new Map<Socket, string>();
  let address = await ask();
  let askedMs = performance.now();
  const isKept = () => performance.now() < askedMs + 1000 * world.service.ttlS;

  async function lookUp(): Promise<string> {
    if (isKept()) return address;
    const answer = await ask();
    askedMs = performance.now();
    address = answer;
    return address;
  }

  const open = () => {
    const socket = tls({
      host: hostname,
      port,
      ca: authority.pem,
      ALPNProtocols: ["h2"],
      lookup: (_hostname, _options, found) =>
        void lookUp().then(
          (address) => {
            connections.set(socket, address);
            found(null, [{address, family: 4}]);
          },
          (error) => found(error, []),
        ),
    });
    socket.on("close", () => connections.delete(socket));
    return connect(`https://${hostname}`, {createConnection: () => socket});
  };
  const credentials = honest(running);
  const {credential} = credentials[person % credentials.length]!;
  return {
    editor: createEditor({connect: open, credential, stack: person % 2 === 0 ? 1 : 2}),
    pool,
    reaches: (at: string) => (address === at && isKept()) || [...connections.values()].includes(at),
  };
}
