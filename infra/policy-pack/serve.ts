import {PolicyPack} from "@pulumi/policy";
import {readWorld} from "../../regions/read.ts";
import {faultsOf} from "./judgement.ts";
import {resourcePolicies, stackPolicies} from "./policies.ts";
import type {Inputs, ResourcePolicy, StackPolicy, Subject} from "./policy.ts";

/** The pack as the engine asks for it: `pulumi up --policy-pack infra/policy-pack`. */

const world = readWorld();

/** How the engine tells of a resource. */
interface Told {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: Inputs;
}

const subjectOf = ({urn, type, name, props}: Told): Subject => ({
  stack: urn.split("::")[0]!.replace("urn:pulumi:", ""),
  type,
  name,
  inputs: props,
});

const saidOf = ({name, why, mend}: ResourcePolicy | StackPolicy) => ({
  name,
  description: `${why} Mend: ${mend}`,
});

/**
 * What stacks have asked for, by URN: the engine tells of a whole stack by what became of its resources, which in a preview
 * is nothing yet.
 */
const asked = new Map<string, Subject>();

function note(told: Told): Subject {
  const subject = subjectOf(told);
  asked.set(told.urn, subject);
  return subject;
}

new PolicyPack("meridian", {
  enforcementLevel: "mandatory",
  policies: [
    ...resourcePolicies.map((policy) => ({
      ...saidOf(policy),
      validateResource(told: Told, report: (text: string) => void) {
        for (const {text} of faultsOf(policy, note(told), world)) report(text);
      },
    })),
    ...stackPolicies.map((policy) => ({
      ...saidOf(policy),
      validateStack(_: unknown, report: (text: string, urn?: string) => void) {
        for (const {subject, text} of policy.faultsOf([...asked.values()]))
          report(text, [...asked].find(([, one]) => one === subject)?.[0]);
      },
    })),
  ],
});
