import type {ModelApi} from "../../policy.ts";
import {chat} from "./chat.ts";
import {completions} from "./completions.ts";
import type {HostDialect} from "./host-dialect.ts";
import {infill} from "./infill.ts";
import {mistral} from "./mistral.ts";
import {responses} from "./responses.ts";

/** Every dialect that hosts are asked in, by the model's `api`. */
export const hosts: Readonly<Record<ModelApi, HostDialect>> = {
  completions,
  chat,
  mistral,
  responses,
  infill,
};
