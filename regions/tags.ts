import {z} from "zod";

/**
 * Tags go on every resource that takes any, so they must keep the limits of all of them:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
const LIMITS = {
  /** The limit of storage accounts; others take 512. */
  name: 128,
  value: 256,
  /** The limit of DNS zones and of secrets; others take 50. */
  tags: 15,
} as const;

/** Tags that stacks set themselves. */
export const OWN_TAGS: readonly string[] = ["meridian-service", "stack", "managed-by"];

/** Names that have a meaning for others, by who that is. Azure ignores case in names. */
const READ_BY_OTHERS: readonly (readonly [names: RegExp, taken: string])[] = [
  [/^(microsoft|azure|windows)/i, "begins with a word that Azure keeps for itself"],
  // cloud-provider-azure, pkg/consts/consts.go: tags of a public address and of a private link name their owner.
  [/^(service|kubernetes-(cluster-name|dns-label-service)|k8s-azure-.*)$/i, "is read by AKS"],
  [/^aks-managed-/i, "is read by AKS"],
  // cluster-autoscaler, cloudprovider/azure: tags of a scale set describe its future nodes (azure_template.go), and
  // those of a machine name its pool (azure_cache.go).
  [/^(k8s\.io_cluster-autoscaler_.*|poolName)$/i, "is read by the cluster's autoscaler"],
];

/** Who else makes something of a tag of this name, if anyone does. */
export const readerOf = (tag: string): string | undefined =>
  READ_BY_OTHERS.find(([names]) => names.test(tag))?.[1];

const isOwn = (tag: string) => OWN_TAGS.some((own) => own.toLowerCase() === tag.toLowerCase());

const tagName = z
  .string()
  .max(LIMITS.name)
  .regex(
    /^[A-Za-z][\w.-]*$/,
    'is not a tag of DNS zones and profiles; use letters, digits, ".", "_" and "-", a letter first',
  )
  .superRefine((name, context) => {
    const taken = readerOf(name) ?? (isOwn(name) ? "is a tag that Meridian writes" : undefined);
    if (taken) context.addIssue(`${taken}; choose another name`);
  });

/** A tag's value, which may be empty. */
const tagValue = z
  .string()
  .max(LIMITS.value)
  .regex(/^\P{Cc}*$/u, "is more than one line; write one");

export const tagsSchema = z.record(tagName, tagValue).superRefine((tags, context) => {
  const names = Object.keys(tags);
  const most = LIMITS.tags - OWN_TAGS.length;
  if (names.length > most)
    context.addIssue(
      `has ${names.length} tags; DNS zones take ${LIMITS.tags}, of which ${OWN_TAGS.length} are Meridian's own: write ${most} or fewer`,
    );
  const first = new Map<string, string>();
  for (const name of names) {
    const other = first.get(name.toLowerCase());
    first.set(name.toLowerCase(), other ?? name);
    if (other !== undefined)
      context.addIssue({
        code: "custom",
        path: [name],
        message: `is the same name to Azure as "${other}"; remove one`,
      });
  }
});
