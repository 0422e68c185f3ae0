import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {text} from "node:stream/consumers";
import {DONE} from "../../cloud/models/response-shape.ts";

/**
 * For tests: an OpenAI-compatible server behind the world's model hosts, which completes with the same words
 * whatever is asked, and chats as a model that makes next edits.
 */
export interface Words {
  /** The address to give as the world's option `model`. */
  readonly url: string;
  /** Every prompt since the start. */
  readonly prompts: readonly string[];
  /** Every body of a chat since the start. */
  readonly chats: readonly Chat[];
  /** Has answers stop after their first word until they are released. */
  hold(): void;
  release(): void;
  close(): void;
}

export interface Chat {
  readonly messages: readonly {readonly content: string}[];
}

/** `edit` makes the new text of the lines that a next edit is asked for. */
export async function startWords(
  words: readonly [string, ...string[]],
  edit: (lines: string) => string,
): Promise<Words> {
  const prompts: string[] = [];
  const chats: Chat[] = [];
  const held = new Set<() => void>();
  let holds = false;
  const server = createServer(async (request, response) => {
    const [first, ...rest] = answer(JSON.parse(await text(request)));
    response.writeHead(200, {"content-type": "text/event-stream"}).write(first);
    const finish = () => void response.end(rest.join("") + DONE);
    if (!holds) return finish();
    held.add(finish);
    response.on("close", () => held.delete(finish));
  });

  function answer(body: {prompt: string} | Chat): string[] {
    if ("prompt" in body) {
      prompts.push(body.prompt);
      return words.map((text) => event({text}));
    }
    chats.push(body);
    const lines = edit(markedLines(body)).split(/(?<=\n)/);
    return [...lines.map((content) => event({delta: {content}})), LAST];
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}?model=words`,
    prompts,
    chats,
    hold: () => {
      holds = true;
    },
    release: () => {
      holds = false;
      for (const finish of held) finish();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const event = (said: object) => `data: ${JSON.stringify({choices: [{index: 0, ...said}]})}\n\n`;

/** Without it the chat has said nothing to the language server. */
const LAST = event({delta: {}, finish_reason: "stop"});

/** What GitHub Copilot's language server marks for a next edit, as its `PromptTags` say. */
function markedLines({messages}: Chat): string {
  const [, lines] =
    /<\|code_to_edit\|>\n(.*?)\n<\|\/code_to_edit\|>/s.exec(messages.at(-1)!.content) ?? [];
  return (lines ?? "").replace("<|cursor|>", "");
}
