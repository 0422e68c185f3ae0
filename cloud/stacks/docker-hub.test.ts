import assert from "node:assert/strict";
import {test} from "node:test";
import {roles} from "../../infra/azure/roles.ts";
import {everyImage, smallWorld, withImages} from "../../infra/fixture.ts";
import type {Images} from "../../regions/world.ts";
import {valueAt} from "../description.ts";
import {of} from "../kubernetes/pods.ts";
import type {Inputs} from "../resource.ts";
import {runStacks} from "./stacks.ts";

const digest = `@sha256:${"a".repeat(64)}`;
const {dockerHub} = everyImage;

async function globalWith(images: Partial<Images>) {
  const {stacks} = await runStacks(withImages(smallWorld, images), {stacks: ["global"]});
  return stacks[0]!.resources;
}

const REGISTRY = "azure-native:containerregistry";
const TASK_RUN = `${REGISTRY}:TaskRun`;

/** What the edge's image is built from, where the build is told so. */
const baseOf = (resources: Awaited<ReturnType<typeof globalWith>>) =>
  of<Inputs>(resources, TASK_RUN)
    .filter((inputs) => String(valueAt(inputs, "runRequest.imageNames.0")).includes("edge"))
    .map((inputs) => valueAt(inputs, "runRequest.arguments.0.value"))[0];

test("with an account the registry copies Envoy's image from Docker Hub, by the digest that is given", async () => {
  const envoy = `docker.io/envoyproxy/envoy:distroless-v1.40.0${digest}`;
  const resources = await globalWith({envoy, dockerHub});
  const set = resources.find(({type}) => type === `${REGISTRY}:CredentialSet`)!;
  assert.deepEqual(set.inputs.authCredentials, [
    {
      name: "Credential1",
      usernameSecretIdentifier: "https://hub.vault.azure.net/secrets/docker-user",
      passwordSecretIdentifier: "https://hub.vault.azure.net/secrets/docker-token",
    },
  ]);
  const rules = of<Inputs>(resources, `${REGISTRY}:CacheRule`).map((rule) => [
    rule.sourceRepository,
    rule.credentialSetResourceId,
  ]);
  assert.deepEqual(Object.fromEntries(rules), {
    "public.ecr.aws/docker/library/node": undefined,
    "mcr.microsoft.com/azure-cli": undefined,
    "docker.io/envoyproxy/envoy": set.id,
  });
  const copy = /^\w+\.azurecr\.io\/meridian-global\/envoy:distroless-v1\.40\.0@sha256:a{64}$/;
  assert.match(String(baseOf(resources)), copy);
});

test("the registry may read the account's two secrets, and nothing else of the vault", async () => {
  const resources = await globalWith({dockerHub});
  const set = resources.find(({type}) => type === `${REGISTRY}:CredentialSet`)!;
  const principal = valueAt(set.outputs, "identity.principalId");
  const grants = of<Inputs>(resources, "azure-native:authorization:RoleAssignment").filter(
    ({principalId}) => principalId === principal,
  );
  assert.deepEqual(
    grants.map(({scope}) => scope),
    ["user", "token"].map((one) => `${dockerHub!.vault}/secrets/docker-${one}`),
  );
  for (const {roleDefinitionId} of grants)
    assert.ok(String(roleDefinitionId).endsWith(roles["Key Vault Secrets User"]));
});

test("a mirror of one's own is what the build takes Envoy from, without an account", async () => {
  const resources = await globalWith({envoy: `mirror.example.com/envoy:v1${digest}`});
  assert.equal(baseOf(resources), undefined);
  assert.ok(!resources.some(({type}) => type === `${REGISTRY}:CredentialSet`));
  assert.equal(of(resources, `${REGISTRY}:CacheRule`).length, 2);
});
