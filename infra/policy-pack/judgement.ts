import type {World} from "../../regions/world.ts";
import {isExempt} from "./exemptions.ts";
import {resourcePolicies, stackPolicies} from "./policies.ts";
import type {Demand, Fault, ResourcePolicy, Scope, StackPolicy, Subject} from "./policy.ts";
import {valuesAt} from "./values.ts";

/** Everything that the pack refuses of these resources, a sentence each. */
export function refusals(world: World, subjects: readonly Subject[]): string[] {
  const ofResources = resourcePolicies.flatMap((policy) =>
    subjects.flatMap((subject) =>
      [...faultsOf(policy, subject, world)].map((fault) => sentence(policy, fault)),
    ),
  );
  const stacks = [...Map.groupBy(subjects, ({stack}) => stack).values()];
  const ofStacks = stackPolicies.flatMap((policy) =>
    stacks.flatMap((all) => policy.faultsOf(all).map((fault) => sentence(policy, fault))),
  );
  return [...ofResources, ...ofStacks];
}

/**
 * What of a resource breaks a policy, as it is found: in a preview by the engine some values are not known, and to look
 * at one ends the search.
 */
export function* faultsOf(
  policy: ResourcePolicy,
  subject: Subject,
  world: World,
): Generator<Fault> {
  const region = world.regions.find(({name}) => name === subject.stack);
  const scope = {world, stack: subject.stack, region};
  for (const demand of policy.demandsOf(subject.type))
    if (!isExempt(policy.name, subject, demand.path))
      for (const text of broken(demand, subject, scope)) yield {subject, text};
}

function* broken(demand: Demand, {inputs}: Subject, scope: Scope): Generator<string> {
  for (const {path, value} of valuesAt(inputs, demand.path))
    if (!demand.holds(value, scope, inputs)) yield faultText(demand, path, value);
}

function faultText({wants, hidden}: Demand, path: string, value: unknown): string {
  const shown = hidden
    ? "is written out"
    : value === undefined
      ? "is not said"
      : `is ${short(value)}`;
  return `${path || "it"} ${shown}, and has to be ${wants}`;
}

const MAX_SHOWN = 120;

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Where, what, why and how to mend it, for whoever sees nothing but this line. */
const sentence = ({name, why, mend}: ResourcePolicy | StackPolicy, {subject, text}: Fault) =>
  `${name}: stack ${subject.stack}, ${subject.type} "${subject.name}": ${text}. ${why} Mend: ${mend}`;
