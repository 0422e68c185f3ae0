import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region} from "../../regions/world.ts";
import {orderOf as orderFrom} from "../command/command.ts";
import {type Order, options, orderOf} from "./arguments.ts";

const folder = mkdtempSync(join(tmpdir(), "meridian-"));
after(() => rmSync(folder, {recursive: true}));
const [file, empty, prose] = ["credential", "empty", "prose"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
writeFileSync(file, "gho_1\n");
writeFileSync(empty, "\n");
writeFileSync(prose, "It is in the vault.\n");
const env = {MERIDIAN_CREDENTIAL_FILE: file};
const usual: Order = {
  dryRun: false,
  regions: undefined,
  canary: undefined,
  image: undefined,
  soakMs: 180_000,
  credentialFile: file,
  certificateFile: undefined,
  folder: ".meridian/rollout",
  resume: false,
  anew: false,
};

type Env = Readonly<Record<string, string | undefined>>;

/** Reads arguments as the command does. */
const read = (args: readonly string[], env: Env, world = smallWorld) =>
  orderFrom(
    {
      usage: ["npm run rollout"],
      about: "",
      options,
      read: ({values}) => orderOf(values, world, env),
      run: () => undefined,
    },
    args,
  )?.order;

const good: Record<string, [args: string[], order: Partial<Order>]> = {
  "nothing said": [[], {}],
  "regions, canary, image, soak": [
    [
      ...["--regions", "westeurope, eastus2", "--canary=eastus2"],
      ...["--to", "meridianimages.azurecr.io/meridian-proxy:0123456789ab", "--soak", "90s"],
    ],
    {
      regions: ["westeurope", "eastus2"],
      canary: "eastus2",
      image: "0123456789ab",
      soakMs: 90_000,
    },
  ],
  "resumed, with a journal that was kept elsewhere": [
    ["--resume", "--journal", "kept"],
    {resume: true, folder: "kept"},
  ],
  "a dry run asks nobody": [["--dry-run"], {dryRun: true, credentialFile: ""}],
};

for (const [name, [args, order]] of Object.entries(good))
  test(name, () => assert.deepEqual(read(args, env), {...usual, ...order}));

const bad: Record<string, [args: string[], faults: string[], env?: object]> = {
  "everything at once": [
    ["--region", "x", "go", "--canary", "westus", "--to", "latest", "--soak", "3", "--dry-run=no"],
    [
      '--region is not an option; did you mean "--regions"?',
      '"x" is not an option; each begins with --',
      '"go" is not an option; each begins with --',
      "--dry-run takes no value",
      "--canary westus: not one of the regions that are rolled out; use one of eastus2, westeurope",
      "--to latest: has no tag of 12 hex digits; pulumi stack output image --stack NAME prints what a region runs",
      "--soak 3: is not a duration; write a whole number and a unit: 400ms, 30s, 20m, 1h, 90d",
    ],
  ],
  "a region that there is not, a canary left out": [
    ["--regions", "eastus,westeurope", "--soak", "9h"],
    [
      '--regions eastus,westeurope: "eastus" is not a region, did you mean "eastus2"?',
      "--soak 9h: is out of bounds; choose 1s to 2h",
    ],
  ],
  "a canary that is not rolled out": [
    ["--regions", "eastus2", "--canary", "westeurope"],
    ["--canary westeurope: not one of the regions that are rolled out; use one of eastus2"],
  ],
  "no credential": [
    ["--canary"],
    [
      "--canary wants a value; write it behind it",
      "no client's credential to judge by; name the file that holds one by --credential-file or MERIDIAN_CREDENTIAL_FILE",
    ],
    {},
  ],
  "a credential's file that is empty": [
    ["--credential-file", empty],
    [`the credential's file: ${empty} is empty; write a client's credential into it`],
  ],
  "a credential's file that holds something else": [
    ["--credential-file", prose],
    [
      `the credential's file: ${prose} holds more than one word, or other than ASCII; write a client's credential into it`,
    ],
  ],
  "resumed, and changed": [
    ["--resume", "--anew", "--regions", "eastus2", "--to", "0123456789ab"],
    [
      "--regions cannot be changed by --resume; leave it out",
      "--to cannot be changed by --resume; leave it out",
      "--resume and --anew exclude each other; choose one",
    ],
  ],
};

for (const [name, [args, faults, variables = env]] of Object.entries(bad))
  test(`${name}: all faults are told`, () =>
    assert.throws(() => read(args, {...variables}), {message: faults.join("\n")}));

test("where an edge asks for client certificates, a rollout has one to show", () => {
  const [first, ...others] = smallWorld.regions as [Region];
  const edge = {...first.edge, clientCertificates: {authorities: "PEM"}};
  const world = {...smallWorld, regions: [{...first, edge}, ...others]};
  const certificate = join(folder, "certificate.pem");
  writeFileSync(certificate, "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");
  assert.equal(read(["--certificate-file", certificate], env, world)?.certificateFile, certificate);
  const variables = {...env, MERIDIAN_CERTIFICATE_FILE: certificate};
  assert.equal(read([], variables, world)?.certificateFile, certificate);
  assert.equal(read([], variables)?.certificateFile, undefined);
  assert.throws(() => read([], env, world), {
    message:
      "no client's certificate to judge by, and edge.clientCertificates asks for one; name the file that holds it and its key by --certificate-file or MERIDIAN_CERTIFICATE_FILE",
  });
  assert.throws(() => read(["--certificate-file", file], env, world), {
    message: `the certificate's file: ${file} has not both; write a client's certificate and its key into it, as PEM`,
  });
});

test("help is asked for among anything", () => {
  assert.equal(read(["--nonsense", "-h"], env), undefined);
  assert.ok(read(["--dry-run"], env));
});
