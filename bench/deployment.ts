import type {Process} from "../local/world/process.ts";
import type {Target} from "./launch.ts";

/** What the generator asks of the run, and hears. */
export type Wish = {readonly wish: "start" | "stop"};
export type Granted = {readonly granted: string};

/**
 * Does what the generator wishes to a target: starts another beside it, and then has the first one stop in its own way.
 * Says how to stop the second.
 */
export function grantDeployment(
  {child}: Process,
  first: Target,
  start: () => Promise<Target>,
): () => Promise<void> {
  let second: Target | undefined;
  const grant = async ({wish}: Wish) => {
    if (wish === "start") second = await start();
    else await first.retire();
    return {granted: second?.origin ?? ""} satisfies Granted;
  };
  child.on("message", (message: object) => {
    if (!("wish" in message)) return;
    void grant(message as Wish).then(
      (granted) => child.send(granted),
      (error) => child.send({fault: String(error)}),
    );
  });
  return async () => second?.stop();
}
