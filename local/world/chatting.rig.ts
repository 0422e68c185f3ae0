import type {World} from "../../regions/world.ts";

/** For tests: the same world with a model that chats beside the others, in every region. */
export const chatting = (world: World, name: string, aliases: readonly string[] = []): World => ({
  ...world,
  models: {
    ...world.models,
    [name]: {
      host: "azure",
      format: "OpenAI",
      model: "gpt-4.1-nano",
      version: "2025-04-14",
      api: "chat",
      parameters: {refuses: ["reasoning_effort"]},
      aliases: [...aliases],
    },
  },
  regions: world.regions.map((region) => ({
    ...region,
    deployments: [
      ...region.deployments,
      {name, model: name, sku: "GlobalStandard", capacity: 100, share: 100},
    ],
  })),
});
