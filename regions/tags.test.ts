import assert from "node:assert/strict";
import {test} from "node:test";
import {fileWith} from "./fixture.ts";
import {parseWorld} from "./read.ts";
import {OWN_TAGS, readerOf} from "./tags.ts";

const tagsOf = (tags: string) => parseWorld(fileWith({service: `tags: {${tags}}`})).service.tags;
const many = (count: number) => Array.from({length: count}, (_, at) => `t${at}: v`).join(", ");

test("tags are taken as every resource takes them", () => {
  assert.deepEqual(tagsOf('cost-center: "4711", cost.center: "", Owner_1: Müller & Söhne / x'), {
    "cost-center": "4711",
    "cost.center": "",
    Owner_1: "Müller & Söhne / x",
  });
  assert.equal(Object.keys(tagsOf(many(12))).length, 12);
  const longest = "t".repeat(128);
  assert.deepEqual(tagsOf(`${longest}: ${"v".repeat(256)}`), {[longest]: "v".repeat(256)});
});

const read = "is read by AKS; choose another name";
const odd =
  'is not a tag of DNS zones and profiles; use letters, digits, ".", "_" and "-", a letter first';

const names: Record<string, string> = {
  service: read,
  Service: read,
  "kubernetes-cluster-name": read,
  "kubernetes-dns-label-service": read,
  "k8s-azure-service": read,
  "K8S-azure-cluster-name": read,
  "aks-managed-poolName": read,
  "k8s.io_cluster-autoscaler_node-template_label_x":
    "is read by the cluster's autoscaler; choose another name",
  PoolName: "is read by the cluster's autoscaler; choose another name",
  "Meridian-Service": "is a tag that Meridian writes; choose another name",
  stack: "is a tag that Meridian writes; choose another name",
  "Managed-By": "is a tag that Meridian writes; choose another name",
  azure_team: "begins with a word that Azure keeps for itself; choose another name",
  MicrosoftTeam: "begins with a word that Azure keeps for itself; choose another name",
  "windows-team": "begins with a word that Azure keeps for itself; choose another name",
  ...Object.fromEntries([..."<>%&\\?/ #:()ä"].map((sign) => [`a${sign}b`, odd])),
  "1st": odd,
  "": odd,
};

for (const [name, fault] of Object.entries(names))
  test(`a tag ${JSON.stringify(name)} is told with its mend`, () => {
    const said = JSON.stringify(name);
    assert.throws(() => tagsOf(`${said}: x`), {
      message: `regions.yaml is not valid:\n  - 7:10 service.tags.${name}: ${said} ${fault}`,
    });
  });

test("nobody else makes anything of the tags that Meridian writes", () =>
  assert.deepEqual(OWN_TAGS.map(readerOf), [undefined, undefined, undefined]));

const others: Record<string, [tags: string, fault: string]> = {
  "a name that is too long": [
    `${"t".repeat(129)}: x`,
    `7:10 service.tags.${"t".repeat(129)}: has 129 characters; write 128 or fewer`,
  ],
  "a value that is too long": [
    `a: ${"v".repeat(257)}`,
    "7:10 service.tags.a: has 257 characters; write 256 or fewer",
  ],
  "a value of two lines": [
    'a: "x\\ny"',
    '7:10 service.tags.a: "x\\ny" is more than one line; write one',
  ],
  "a value that is a number": [
    "a: 4711",
    '7:10 service.tags.a: is 4711; write a text, in quotes: "4711"',
  ],
  "one name twice": [
    "Team: x, team: y",
    '7:19 service.tags.team: is the same name to Azure as "Team"; remove one',
  ],
  "more than a DNS zone takes": [
    many(13),
    "7:3 service.tags: has 13 tags; DNS zones take 15, of which 3 are Meridian's own: write 12 or fewer",
  ],
};

for (const [name, [tags, fault]] of Object.entries(others))
  test(`${name} is told with its mend`, () => {
    assert.throws(() => tagsOf(tags), {message: `regions.yaml is not valid:\n  - ${fault}`});
  });
