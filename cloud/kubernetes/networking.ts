import {list, serving, valueAt} from "../description.ts";
import type {Inputs} from "../resource.ts";
import {object} from "./object.ts";

export const networking = [
  object("networking.k8s.io/v1:NetworkPolicy", "networkpolicies.networking.k8s.io", {
    purpose: "who may open connections to whom; what none of them allows is denied",
    loss: serving("who may open connections to whom"),
    summary: (_, {spec}) => ({facts: [], lines: policyLines(spec as Policy)}),
  }),
];

interface Policy {
  readonly ingress?: readonly Inputs[];
  readonly egress?: readonly Inputs[];
}

/** What may come in and go out, a line each. */
function policyLines({ingress = [], egress = []}: Policy): string[] {
  const lines = [
    ...ingress.map(({from, ports}) => `in ${portsOf(ports)} from ${peersOf(from)}`),
    ...egress.map(({to, ports}) => `out ${portsOf(ports)} to ${peersOf(to)}`),
  ];
  return lines.length > 0 ? lines : ["nothing in, nothing out"];
}

const portsOf = (ports: unknown) => [...new Set(list(ports).map(({port}) => `${port}`))].join(" ");

function peersOf(peers: unknown): string {
  const names = list(peers).map(({podSelector, ipBlock}) => {
    const {cidr, except} = (ipBlock ?? {}) as {cidr?: string; except?: string[]};
    if (cidr) return except ? `${cidr} but ${except.join(", ")}` : cidr;
    return Object.values(valueAt(podSelector, "matchLabels") as object).join(" ");
  });
  return names.join(", ") || "anyone";
}
