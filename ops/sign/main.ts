import {contexts} from "../../infra/image/images.ts";
import {readWorld} from "../../regions/read.ts";
import {type Given, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {createCosign} from "./cosign.ts";
import {signablesOf, signImage} from "./signing.ts";

const options = {
  key: {
    type: "string",
    value: "KEY",
    text: "what signs: azurekms://VAULT-HOST/NAME, or a file of cosign's",
  },
  source: {
    type: "string",
    value: "URL",
    text: "address of the repository that they are built from",
  },
  commit: {type: "string", value: "SHA", text: "the commit that is checked out"},
  run: {type: "string", value: "URL", text: "address of the run of CI that had them built"},
} as const;

await runCommand({
  usage: ["npm run sign -- --key KEY --source URL --commit SHA --run URL IMAGE..."],
  about: `Signs images that were built from these sources, and puts beside each in its registry where it came from
(SLSA provenance) and what is in it (CycloneDX). An image with another tag than these sources make is refused;
its digest is believed. What is there already is left as it is. How keys are made, and who asks for signatures:
docs/supply-chain.md`,
  options,
  takesOperands: true,
  read,
  run: sign,
});

function read({
  values: {key = "", source = "", commit = "", run = ""},
  operands: images,
}: Given<typeof options>) {
  const world = readWorld();
  const publicKey = world.service.images.signedBy;
  const faults = [
    ...Object.entries({key, source, run}).flatMap(([name, value]) =>
      value ? [] : [`give --${name}`],
    ),
    ...(/^[\da-f]{40}$/.test(commit) ? [] : ["--commit: give all 40 digits of a commit"]),
    ...(images.length > 0 ? [] : ["name the images"]),
    ...(publicKey ? [] : ["regions.yaml: service.images.signedBy has no public key"]),
  ];
  if (faults.length > 0 || publicKey === undefined) throw new UsageError(...faults);
  return {world, images, key, publicKey, origin: {source, commit, run}};
}

async function sign({world, images, ...given}: ReturnType<typeof read>): Promise<undefined> {
  const cosign = createCosign();
  for (const signable of signablesOf(images, Object.values(await contexts(world)))) {
    const done = await signImage(signable, {cosign, ...given});
    console.log(`${signable.image}: ${done.join(", ") || "was signed before"}`);
  }
}
