import {z} from "zod";
import type {createAtlas, describeWorld} from "./atlas.ts";
import type {Event, Hub} from "./hub.ts";
import {BadRequest, json, type Routes} from "./server.ts";
import type {Switches} from "./switches.ts";
import type {Typing} from "./typing.ts";

const flipped = z.strictObject({name: z.string(), region: z.string()});
const typed = z.strictObject({
  page: z.string(),
  place: z.string(),
  region: z.string(),
  model: z.string(),
  prompt: z.string(),
});

/** Everything that the page asks for, beside its own files. */
export function routesOf({
  description,
  atlas,
  hub,
  switches,
  typing,
  greeting,
}: {
  description: ReturnType<typeof describeWorld>;
  atlas: ReturnType<typeof createAtlas>;
  hub: Hub;
  switches: Switches;
  typing: Typing;
  greeting: (page: string) => readonly Event[];
}): Routes {
  return {
    "GET /world": () => json({...description, switches: switches.list}),
    "GET /map.svg": ({query}) => ({
      type: "image/svg+xml",
      body: atlas.ground((query.get("without") ?? "").split(",")),
      // A drawing has its style within, and no script ever.
      policy: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    "GET /place": async ({query}) =>
      json(await atlas.place(query.get("code") ?? "", query.get("region") ?? undefined)),
    "GET /events": ({response}) => {
      if (!hub.add(response, greeting)) throw new BadRequest("too many pages are open; close some");
      return undefined;
    },
    "POST /switch": ({body}) => {
      const {name, region} = parse(flipped, body);
      switches.flip(name, region);
      hub.tell({name: "switches", data: switches.state()});
      return json({});
    },
    "POST /mend": () => {
      switches.mend();
      hub.tell({name: "switches", data: switches.state()});
      return json({});
    },
    "POST /type": ({body}) => {
      const key = parse(typed, body);
      if (!hub.has(key.page)) throw new BadRequest("that page is not open");
      typing.type(key);
      return json({});
    },
  };
}

function parse<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  const {data, error} = schema.safeParse(body);
  if (error) throw new BadRequest(z.prettifyError(error));
  return data;
}
