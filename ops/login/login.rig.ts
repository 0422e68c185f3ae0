import {spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";
import {parse} from "yaml";
import {createAuthority} from "../../cloud/certs.ts";
import {startAccessTokens} from "../../cloud/logins/access-tokens.ts";
import {startBlobContainer} from "../../cloud/logins/blob-container.ts";
import {startIdTokens} from "../../cloud/logins/id-tokens.ts";
import {startTunnel} from "../../cloud/logins/tunnel.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const TENANT = "11111111-2222-3333-4444-555555555555";
const CLIENT = "66666666-7777-8888-9999-000000000000";
const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

interface Closing {
  close(): void;
}

/** A job of a workflow, and what it signs in to: everything that it is given lives for so many seconds. */
export async function startJob(lifetimeS: number) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-login-"));
  const parts: Closing[] = [{close: () => rmSync(folder, {recursive: true, force: true})}];
  const started = <Part extends Closing>(part: Part): Part => {
    parts.unshift(part);
    return part;
  };
  const authority = await createAuthority();
  const issued = await authority.issue([
    "login.microsoftonline.com",
    "state.blob.core.windows.net",
  ]);
  const idTokens = started(
    await startIdTokens({subject: "repo:acme/meridian:environment:production", lifetimeS}),
  );
  const {certificate, key} = issued;
  const entra = started(
    await startAccessTokens({
      listen: {host: "127.0.0.1", port: 0},
      ...{certificate, key, lifetimeS},
      ...{tenant: TENANT, clientId: CLIENT, judge: idTokens.judge},
    }),
  );
  const container = started(
    await startBlobContainer({container: "stacks", certificate, key, find: entra.find}),
  );
  const tunnel = started(
    await startTunnel({
      "login.microsoftonline.com": entra.port,
      "state.blob.core.windows.net": container.port,
    }),
  );
  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, authority.pem);
  const network = {
    HTTPS_PROXY: tunnel.url,
    NO_PROXY: "127.0.0.1,localhost",
    SSL_CERT_FILE: authorityFile,
    NODE_EXTRA_CA_CERTS: authorityFile,
  };
  const signedIn = started(await signIn(folder, idTokens.env));
  return {
    folder,
    idTokens,
    entra,
    container,
    tunnel,
    /** The environment of the job's steps that come after the sign-in. */
    env: {...network, ...idTokens.env, ...signedIn.env, HOME: folder},
    close() {
      for (const part of parts) part.close();
    },
  };
}

/** The step of the action `azure` that signs in, run as it stands there. */
async function signIn(folder: string, env: NodeJS.ProcessEnv) {
  const action = parse(readFileSync(`${root}.github/actions/azure/action.yml`, "utf8"));
  const {run} = action.runs.steps.find((step: {run?: string}) => step.run?.includes("GITHUB_ENV"));
  const written = join(folder, "env");
  const left = join(folder, "pid");
  // With a process group of its own, what it leaves running can be ended with the job, as on GitHub.
  const script = `set -m\n${run}\necho $! > "${left}"`;
  const {code, stderr} = await runProgram("bash", ["-e", "-c", script], {
    cwd: root,
    env: {
      ...env,
      PATH: [`${root}node_modules/.bin`, process.env.PATH].join(delimiter),
      HOME: folder,
      RUNNER_TEMP: folder,
      GITHUB_ENV: written,
      ...{CLIENT, TENANT, SUBSCRIPTION},
    },
  });
  if (code !== 0) throw new Error(stderr);
  const pid = Number(readFileSync(left, "utf8"));
  const lines = readFileSync(written, "utf8").trim().split("\n");
  return {
    env: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    close: () => void process.kill(-pid),
  };
}

/** Runs a program; resolves to its exit code and what it said. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: {readonly cwd?: string; readonly env: NodeJS.ProcessEnv},
): Promise<{code: number | null; stdout: string; stderr: string}> {
  const child = spawn(program, args, {...options, stdio: ["ignore", "pipe", "pipe"]});
  const said = {stdout: "", stderr: ""};
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({code, ...said}));
  });
}
