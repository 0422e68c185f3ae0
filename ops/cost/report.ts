import {allButFirst, table} from "../../dns/table.ts";
import {type Cost, dollarsIn, totalOf} from "./cost.ts";
import type {Use} from "./usage.ts";

export interface Told {
  readonly use: Use;
  readonly costs: readonly Cost[];
  readonly guesses: readonly string[];
}

/** What was assumed, a table of the stacks, what one person and one completion cost, and what is not sure of it. */
export function report({use, costs, guesses}: Told): string {
  const total = totalOf(costs);
  const rows = [...costs, total].map((cost) => [
    cost.stack,
    ...[cost.fixed, cost.logs, cost.metrics, cost.egress, cost.tokens, dollarsIn(cost)].map(whole),
  ]);
  const head = ["$ a month", "fixed", "logs", "metrics", "egress", "tokens", "in all"];
  return [
    ...assumptions(use),
    "",
    ...table([head, ...rows], allButFirst),
    "",
    ...shares(use, dollarsIn(total)),
    ...guesses,
    "",
  ].join("\n");
}

const requestsIn = ({people, requests, days}: Use) => people * requests * days;

function assumptions(use: Use): string[] {
  const {people, requests, days, model, prompt, answer, cached} = use;
  const all = requestsIn(use);
  const [into, out] = [prompt, answer].map((tokens) => whole((all * tokens) / 1e6));
  return [
    `${whole(people)} people: ${whole(all)} requests a month, ${whole(requests)} each on ${days} days.`,
    `Each is of ${model}: ${whole(prompt)} tokens in, of which ${cached} % are cached, and ${whole(answer)} out; ${into} and ${out} million in all.`,
  ];
}

/** What a person costs, and a completion that is of use to somebody. */
function shares(use: Use, dollars: number): string[] {
  const taken = (requestsIn(use) * use.accepted) / 100;
  const completions =
    taken > 0
      ? `; $${((1000 * dollars) / taken).toFixed(2)} for a thousand completions that are taken, at ${use.accepted} % of requests`
      : "";
  return [`$${(dollars / use.people).toFixed(2)} a person${completions}.`];
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
