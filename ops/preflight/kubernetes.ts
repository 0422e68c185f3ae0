import {z} from "zod";
import {minorOf, minorsBetween, nextMinor, withoutPatch} from "../../regions/kubernetes.ts";
import type {Demand, Held} from "./demand.ts";
import {ok, short, type Verdict} from "./finding.ts";

/** The versions of a location: https://learn.microsoft.com/rest/api/aks/managed-clusters/list-kubernetes-versions */
export const kubernetesSchema = z.object({
  values: z
    .array(
      z.object({
        /** `1.36` */
        version: z.string(),
        isPreview: z.boolean().nullish(),
        capabilities: z.object({supportPlan: z.array(z.string()).nullish()}).nullish(),
      }),
    )
    .nullish()
    .transform((values) => values ?? []),
});

export type OfferedVersion = z.output<typeof kubernetesSchema>["values"][number];

/** The plan of a cluster that is not paid for as one of long-term support. */
const COMMUNITY = "KubernetesOfficial";

/** Whether a cluster is made of the version that is asked for, or gets there from the one that it has. */
export function judgeKubernetes(
  {kubernetes: wanted}: Demand,
  offered: readonly OfferedVersion[],
  {kubernetes: has}: Held,
): Verdict[] {
  const step = has === undefined ? undefined : minorsBetween(withoutPatch(has), wanted);
  if (step === 0) return [ok("Kubernetes", wanted, `the cluster has it${until(wanted)}`)];
  const lacks = (found: string, mend: string) => [short("Kubernetes", wanted, found, mend)];
  if (step !== undefined && step !== 1)
    return lacks(`the cluster has ${has}`, mendOf(withoutPatch(has!), step));
  const offer = offered.find(({version}) => version === wanted);
  const mend = `write one of ${supported(offered).join(", ") || "those that Azure lists"} as cluster.version`;
  if (!offer) return lacks("not offered here", mend);
  if (offer.isPreview) return lacks("a preview", mend);
  if (!isSupported(offer)) return lacks("for long-term support alone", mend);
  return [ok("Kubernetes", wanted, `offered${until(wanted)}`)];
}

const mendOf = (has: string, step: number) =>
  step > 0
    ? `AKS leaves no version out: write ${nextMinor(has)} as cluster.version and bring it up first`
    : `AKS does not go back: write ${has} as cluster.version`;

const isSupported = ({isPreview, capabilities}: OfferedVersion) =>
  !isPreview && (capabilities?.supportPlan ?? [COMMUNITY]).includes(COMMUNITY);

const supported = (offered: readonly OfferedVersion[]) =>
  offered
    .filter(isSupported)
    .map(({version}) => version)
    .toSorted((one, other) => minorsBetween(other, one));

const until = (version: string) => {
  const ends = minorOf(version)?.ends;
  return ends === undefined ? "" : `, supported until ${ends}`;
};
