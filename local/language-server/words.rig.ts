import {createServer, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {text} from "node:stream/consumers";
import {DONE} from "../../cloud/models/response-shape.ts";

/** For tests: an OpenAI-compatible server behind the world's model hosts, whose every answer is the same words. */
export interface Words {
  /** The address to give as the world's option `model`. */
  readonly url: string;
  /** Every prompt since the start. */
  readonly prompts: readonly string[];
  /** Has answers stop after their first word until they are released. */
  hold(): void;
  release(): void;
  close(): void;
}

export async function startWords(words: readonly [string, ...string[]]): Promise<Words> {
  const prompts: string[] = [];
  const held = new Set<ServerResponse>();
  let holds = false;
  const [first, ...rest] = words.map(event);

  const server = createServer(async (request, response) => {
    const {prompt} = JSON.parse(await text(request)) as {prompt: string};
    prompts.push(prompt);
    response.writeHead(200, {"content-type": "text/event-stream"}).write(first);
    if (!holds) return finish(response);
    held.add(response);
    response.on("close", () => held.delete(response));
  });

  const finish = (response: ServerResponse) => void response.end(rest.join("") + DONE);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}?model=words`,
    prompts,
    hold: () => {
      holds = true;
    },
    release: () => {
      holds = false;
      for (const response of held) finish(response);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const event = (text: string) => `data: ${JSON.stringify({choices: [{index: 0, text}]})}\n\n`;
