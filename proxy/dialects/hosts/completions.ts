import type {Body} from "../../rewrite/body.ts";
import {saidByOpenAi} from "../answer.ts";
import {withSnippets} from "../files.ts";
import {createStops} from "../text/stops.ts";
import {filled} from "./fim.ts";
import type {HostDialect} from "./host-dialect.ts";

const asItIs = (body: Body) => ({api: "completions", body}) as const;

/** Of hosts that complete: those that take a suffix, and those whose model is asked with the signs of its family. */
export const completions: HostDialect = {
  ask(body, {asking: {template}, files}) {
    const gap = template && filled(body, template, files);
    if (!gap) return asItIs(withSnippets(body, files));
    if (gap.cutAt.length === 0) return asItIs(gap.body);
    return {...asItIs(gap.body), newFilter: () => createStops(gap.cutAt)};
  },
  newReader: () => saidByOpenAi,
  whole: saidByOpenAi,
};
