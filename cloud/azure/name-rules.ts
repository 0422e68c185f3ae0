/**
 * What names of other Azure resources may be, where Azure says no more than that one is invalid:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
const rules: Readonly<Record<string, readonly [pattern: RegExp, rule: string]>> = {
  "network:VirtualNetwork": [
    /^(?=.{2,64}$)[a-zA-Z\d][\w.-]*\w$/,
    "2 to 64 letters, digits, '_', '.' and '-', a letter or digit first",
  ],
  "network:NetworkSecurityGroup": [
    /^(?=.{1,80}$)[a-zA-Z\d]([\w.-]*\w)?$/,
    "1 to 80 letters, digits, '_', '.' and '-', a letter or digit first",
  ],
  "network:PublicIPAddress": [
    /^(?=.{1,80}$)[a-zA-Z\d]([\w.-]*\w)?$/,
    "1 to 80 letters, digits, '_', '.' and '-', a letter or digit first",
  ],
  "network:PrivateEndpoint": [
    /^(?=.{2,64}$)[a-zA-Z\d][\w.-]*\w$/,
    "2 to 64 letters, digits, '_', '.' and '-', a letter or digit first",
  ],
  "operationalinsights:Workspace": [
    /^(?=.{4,63}$)[a-zA-Z\d][a-zA-Z\d-]*[a-zA-Z\d]$/,
    "4 to 63 letters, digits and '-', a letter or digit first and last",
  ],
  "managedidentity:UserAssignedIdentity": [
    /^(?=.{3,128}$)[a-zA-Z\d][\w-]*$/,
    "3 to 128 letters, digits, '_' and '-', a letter or digit first",
  ],
  "managedidentity:FederatedIdentityCredential": [
    /^(?=.{3,120}$)[a-zA-Z\d][\w-]*$/,
    "3 to 120 letters, digits, '_' and '-', a letter or digit first",
  ],
  "storage:BlobContainer": [
    /^(?=.{3,63}$)[a-z\d](-?[a-z\d])*$/,
    "3 to 63 lower-case letters, digits and single '-'",
  ],
  "containerregistry:Replication": [/^[a-zA-Z\d]{5,50}$/, "5 to 50 letters and digits"],
  "containerregistry:TaskRun": [/^[\w-]{5,50}$/, "5 to 50 letters, digits, '_' and '-'"],
};

/** What Azure allows as a name of this type, and what it says of another; undefined where it is not known. */
export function namingOf(type: string) {
  const found = rules[type];
  if (!found) return undefined;
  const [pattern, rule] = found;
  const refusal = (name: string) =>
    `InvalidResourceName: Resource name '${name}' is invalid: ${rule}.`;
  return {pattern, refusal};
}
