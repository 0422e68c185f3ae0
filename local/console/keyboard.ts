import type {ModelHost} from "../../cloud/models/host.ts";
import type {Seat} from "../world/following-editor.ts";
import type {Fate, Step} from "./fate.ts";
import {follow} from "./follow.ts";

/** Someone who types: each key cancels the request before it and sends another, on one connection. */
export interface Keyboard {
  /** With nothing to complete, it cancels alone. */
  type(prompt: string): void;
  close(): void;
}

export function createKeyboard({
  seat,
  hosts,
  tell,
}: {
  seat: Seat;
  hosts: readonly ModelHost[];
  tell: (step: Step) => void;
}): Keyboard {
  let cancel = () => {};
  let count = 0;

  function type(prompt: string) {
    cancel();
    cancel = prompt.trim() === "" ? () => {} : send(++count, prompt);
  }

  function send(number: number, prompt: string): () => void {
    let isCancelled = false;
    let stop = () => {
      isCancelled = true;
    };
    const told = (fate: Fate) => tell({number, region: seat.region, ...fate});
    seat.ask(prompt).then(
      (asked) => {
        stop = follow(asked, {hosts, tell: told});
        if (isCancelled) stop();
      },
      (error: Error) => told({ms: 0, step: "refused", text: "", note: error.message.trim()}),
    );
    return () => stop();
  }

  return {
    type,
    close: () => {
      cancel();
      seat.close();
    },
  };
}
