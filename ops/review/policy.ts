import {isDeepStrictEqual} from "node:util";
import type {Arm, Experiment, Mirror, Mutation, Rules, When} from "../../proxy/policy.ts";
import {sentence, valueChanges} from "./values.ts";

/** What changes in the rules of `traffic:`, in a sentence each. */
export function policyChanges(before: Rules, after: Rules): string[] {
  return [
    ...ruleChanges("mutation", before.mutations, after.mutations, mutationWords),
    ...ruleChanges("experiment", before.experiments, after.experiments, experimentWords),
    ...ruleChanges("mirror", before.mirrors, after.mirrors, mirrorWords),
    ...ruleChanges("client rule", before.clients, after.clients, clientWords),
    ...valueChanges(before.limits, after.limits, "limits").map(sentence),
    ...revocations(before.revoked, after.revoked),
  ];
}

function ruleChanges<Rule extends {readonly name: string}>(
  what: string,
  before: readonly Rule[],
  after: readonly Rule[],
  words: (rule: Rule) => string,
): string[] {
  const named = (rules: readonly Rule[], name: string) => rules.find((rule) => rule.name === name);
  const now = after.flatMap((rule) => {
    const old = named(before, rule.name);
    if (!old) return [`${what} ${rule.name} is new: it ${words(rule)}`];
    if (isDeepStrictEqual(old, rule)) return [];
    return [`${what} ${rule.name} ${words(rule)}; before, it ${words(old)}`];
  });
  const gone = before.filter(({name}) => !named(after, name));
  const order = (rules: readonly Rule[], others: readonly Rule[]) =>
    rules.map(({name}) => name).filter((name) => named(others, name));
  const [was, is] = [order(before, after), order(after, before)];
  return [
    ...now,
    ...gone.map((rule) => `${what} ${rule.name} is gone; before, it ${words(rule)}`),
    ...(isDeepStrictEqual(was, is) ? [] : [`${what}s are in another order: ${is.join(", ")}`]),
  ];
}

const mutationWords = (mutation: Mutation) => `${actions(mutation)}${whom(mutation.when)}`;

function actions({logitBias, drop, set, default: defaults, cap, stop}: Mutation): string {
  const each = (tree: object, words: (key: string, value: string) => string) =>
    Object.entries(tree).map(([key, value]) => words(key, JSON.stringify(value)));
  const words = [
    ...each(logitBias, (token, bias) => `biases token ${token} by ${bias}`),
    ...drop.map((path) => `drops ${path}`),
    ...each(set, (path, value) => `sets ${path} to ${value}`),
    ...each(defaults, (path, value) => `gives ${path} the default ${value}`),
    ...each(cap, (path, value) => `caps ${path} at ${value}`),
    ...stop.map((text) => `stops at ${JSON.stringify(text)}`),
  ];
  return words.join(", ") || "does nothing";
}

const experimentWords = ({arms, when}: Experiment) =>
  `compares ${arms.map(armWords).join(" with ")}${whom(when)}`;

function armWords({name, weight, model, deployment, mutations}: Arm): string {
  const what = [
    `weight ${weight}`,
    model && `served by ${model}`,
    deployment && `by deployment ${deployment}`,
    ...mutations.map((mutation) => mutationWords(mutation)),
  ];
  return `${name} (${what.filter(Boolean).join(", ")})`;
}

const mirrorWords = ({share, model, deployment, streams, timeoutMs, when}: Mirror) =>
  `copies ${share} % to ${model ?? `deployment ${deployment}`}, ${streams} at a time for up to ${timeoutMs} ms${whom(when)}`;

function clientWords(rule: Rules["clients"][number]): string {
  const {editor, plugin, from, below, status, text} = rule;
  const who = [editor && `editor ${editor}`, plugin && `plugin ${plugin}`].filter(Boolean);
  return `answers ${who.join(" with ")}${versionWords({from, below})} with ${status}: ${JSON.stringify(text)}`;
}

/** ` for 20 % of the users of vscode`; empty if it is for everyone. */
function whom({models, editors, versions, languages, share}: When): string {
  const parts = [
    share < 100 && `${share} % of users`,
    models.length > 0 && `models ${models.join(", ")}`,
    editors.length > 0 && `editors ${editors.join(", ")}`,
    versionWords(versions).trim(),
    languages.length > 0 && `languages ${languages.join(", ")}`,
  ].filter(Boolean);
  return parts.length > 0 ? `, for ${parts.join("; ")}` : "";
}

function versionWords({from, below}: When["versions"]): string {
  const words = [from && `from ${from}`, below && `below ${below}`].filter(Boolean);
  return words.length > 0 ? ` ${words.join(" ")}` : "";
}

/** Names are not printed: many people read a review. */
function revocations(before: Rules["revoked"], after: Rules["revoked"]): string[] {
  return (["tokens", "users", "keys"] as const).flatMap((kind) => {
    const count = (list: readonly string[], others: readonly string[]) =>
      list.filter((one) => !others.includes(one)).length;
    const [added, lifted] = [count(after[kind], before[kind]), count(before[kind], after[kind])];
    return [
      ...(added > 0 ? [`${added} ${kind} more revoked`] : []),
      ...(lifted > 0 ? [`${lifted} ${kind} no longer revoked`] : []),
    ];
  });
}
