import assert from "node:assert/strict";
import {execFileSync, spawn} from "node:child_process";
import {generateKeyPairSync} from "node:crypto";
import {once} from "node:events";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {type TestContext, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {contexts} from "../../infra/image/images.ts";
import {findSigner} from "../../setup/cosign.js";
import {createCosign} from "./cosign.ts";
import {signablesOf, signImage} from "./signing.ts";

/** The real cosign, and a real registry on loopback; a key in a file takes the place of the vault's. */

const [cosignPath, crane] = [findSigner("cosign"), findSigner("crane")];
const skip = cosignPath && crane ? false : "NOT RUN: no cosign";
if (skip) console.log(`cosign.test.ts: ${skip}. Mend: node setup/main.js cosign builds it with Go`);

const cosign = createCosign();
const origin = {source: "https://git.example.com/m", commit: "c".repeat(40), run: "https://ci/1"};

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-sign-"));
  t.after(() => rmSync(folder, {recursive: true}));
  return folder;
}

/** Starts a registry; resolves to its host. */
async function startRegistry(t: TestContext): Promise<string> {
  const child = spawn(crane!, ["registry", "serve", "--address", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.after(async () => {
    child.kill();
    await once(child, "exit");
  });
  for await (const line of createInterface({input: child.stderr})) {
    const [, port] = /serving on port (\d+)/.exec(line) ?? [];
    if (port) return `127.0.0.1:${port}`;
  }
  throw new Error("the registry has ended");
}

/** A key pair, as cosign keeps it without a vault. */
function keyPair(folder: string, name: string) {
  const {privateKey, publicKey} = generateKeyPairSync("ec", {namedCurve: "P-256"});
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, privateKey.export({type: "sec1", format: "pem"}));
  const args = [
    "import-key-pair",
    "--yes",
    "--key",
    file,
    "--output-key-prefix",
    join(folder, name),
  ];
  execFileSync(cosignPath!, args, {env: {...process.env, COSIGN_PASSWORD: ""}, stdio: "ignore"});
  return {
    key: join(folder, `${name}.key`),
    publicKey: publicKey.export({type: "spki", format: "pem"}) as string,
  };
}

/** Pushes an image of one file; returns its name with its digest. */
function push(folder: string, name: string): string {
  const [file, archive] = [join(folder, "file"), join(folder, "layer.tar")];
  writeFileSync(file, name);
  execFileSync("tar", ["-cf", archive, "-C", folder, "file"]);
  execFileSync(crane!, ["append", "-f", archive, "-t", name], {stdio: "ignore"});
  return `${name}@${execFileSync(crane!, ["digest", name], {encoding: "utf8"}).trim()}`;
}

test("an image bears what it is signed by, where it came from and what is in it, for who knows the key", {
  skip,
}, async (t) => {
  process.env.COSIGN_PASSWORD = "";
  const folder = folderOf(t);
  const host = await startRegistry(t);
  const [ours, theirs] = [keyPair(folder, "ours"), keyPair(folder, "theirs")];
  const context = (await contexts(smallWorld)).image;
  const image = push(folder, `${host}/${context.repository}:${context.hash}`);
  const other = push(folder, `${host}/${context.repository}:0123456789ab`);
  assert.equal(await cosign.unsigned(image, ours.publicKey), "no signatures found");
  const [signable] = signablesOf([image], [context]);
  const signing = {cosign, ...ours, origin};
  assert.deepEqual(await signImage(signable!, signing), [
    "signature",
    "provenance",
    "bill of materials",
  ]);
  assert.deepEqual(await signImage(signable!, signing), []);
  assert.equal(await cosign.unsigned(image, ours.publicKey), undefined);
  assert.match((await cosign.unsigned(image, theirs.publicKey))!, /signature/);
  assert.equal(await cosign.unsigned(other, ours.publicKey), "no signatures found");
  const moved = image.replace(/@.*/, other.replace(/.*@/, "@"));
  assert.equal(await cosign.unsigned(moved, ours.publicKey), "no signatures found");
  assert.deepEqual(attested(image, ours.publicKey), {
    predicateType: "https://slsa.dev/provenance/v1",
    commit: origin.commit,
    digest: image.split("@sha256:")[1],
  });
  await assert.rejects(signImage({...signable!, image: other}, {...signing, key: theirs.key}), {
    message: /is not signed by service\.images\.signedBy/,
  });
});

/** What the signed provenance of an image says. */
function attested(image: string, publicKey: string) {
  const args = ["verify-attestation", "--type", "slsaprovenance1", "--insecure-ignore-tlog"];
  const text = execFileSync(cosignPath!, [...args, "--key", "env://KEY", image], {
    env: {...process.env, KEY: publicKey},
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const statement = JSON.parse(Buffer.from(JSON.parse(text).payload, "base64").toString());
  const {predicateType, subject, predicate} = statement;
  return {
    predicateType,
    commit: predicate.buildDefinition.resolvedDependencies[0].digest.gitCommit,
    digest: subject[0].digest.sha256,
  };
}

test("without cosign nothing counts as signed, and the mend is told", async () => {
  const [none, broken] = [createCosign(""), createCosign("/nowhere/cosign")];
  assert.match((await none.unsigned("r.io/a:b", "KEY"))!, /node setup\/main\.js cosign builds it/);
  await assert.rejects(none.sign("r.io/a:b", "key"), /cosign sign r\.io\/a:b: cosign is not there/);
  assert.match((await broken.unsigned("r.io/a:b", "KEY"))!, /ENOENT/);
});
