import type {Asked} from "../cloud/models/asked.ts";
import {createEditor} from "../editor/editor.ts";
import {jsonOf} from "../editor/json.ts";
import {receive} from "../editor/received.ts";
import {type Place, placeByCode} from "../regions/places/places.ts";
import {connectTo, resolve} from "./world/connect.ts";
import {type RunningWorld, requestsOf} from "./world/world.ts";

/** Where they are asked from. */
const PLACE = "NA-US-NY";
const PROMPT = "open(door);\nopen(window);\nopen(";
const SUFFIX = ");\n";

/**
 * Asks each model for the same completion, and says in a line each what became of it: how its hosts were asked, what
 * they answered and what came. Resolves to whether all of them answered.
 */
export async function demonstrateModels(
  running: RunningWorld,
  {models, say}: {models: readonly string[]; say: (line: string) => void},
): Promise<boolean> {
  const address = await resolve(running, placeByCode(PLACE) as Place);
  const width = Math.max(...models.map(({length}) => length));
  let well = true;
  for (const model of models) {
    const {status, line} = await ask(running, address, model);
    say(`${model.padEnd(width)}  ${line}`);
    well &&= status === 200;
  }
  return well;
}

async function ask(running: RunningWorld, address: string, model: string) {
  const {credential} = running.people[0]!;
  const editor = createEditor({
    open: () => connectTo(running, {address}),
    ...{credential, model, stack: 2},
  });
  try {
    const {id, stream} = await editor.ask(PROMPT, {parameters: {suffix: SUFFIX}});
    let text = "";
    const {status, firstByteMs, ...received} = await receive(stream, (piece) => {
      text += piece;
    });
    const unseen = status === 200 ? "a replica" : "no host was asked";
    const way = requestsOf(running, id).map(wordsOf).join(", then ") || unseen;
    const came = status === 200 ? JSON.stringify(text) : `${status} ${messageIn(received.text)}`;
    const line = `completions -> ${way}  first byte ${firstByteMs.toFixed(0)} ms  ${came}`;
    return {status, line};
  } finally {
    editor.connections.close();
  }
}

const wordsOf = ({dialect, parameters, protocol, status}: Asked) =>
  [dialect, parameters.length > 0 && `(${parameters.join(", ")})`, `by ${protocol}: ${status}`]
    .filter(Boolean)
    .join(" ");

function messageIn(text: string): string {
  const said = jsonOf(text) as {error?: {message?: string}} | undefined;
  return said?.error?.message ?? "";
}
