import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";
import {answerEvents, ask, DONE, event, startHost} from "../../proxy/rig.ts";
import {findProgram} from "../../setup/programs.js";
import {until} from "../../setup/until.ts";
import {type Edge, HOSTNAME, notRun, startEdge, voting} from "./edge.rig.ts";

const run = promisify(execFile);
const source = (name: string) => fileURLToPath(new URL(`http-clients/${name}`, import.meta.url));

/** What asks so often, four requests at a time; prints how often each thing came of it. */
type Asking = (edge: Edge, folder: string, count: number) => Promise<{stdout: string}>;

const clients: Record<string, {program: string; askBy: Asking}> = {
  "Java's HttpClient": {
    program: "java",
    askBy: (edge, folder, count) => {
      const hosts = join(folder, "hosts");
      writeFileSync(hosts, `${edge.address} ${HOSTNAME}\n`);
      const url = `https://${HOSTNAME}:${edge.port}/v1/completions`;
      const options = [`-Djdk.net.hosts.file=${hosts}`, source("Ask.java")];
      return run("java", [...options, url, `${count}`, "4", join(folder, "authority.pem")]);
    },
  },
  "Go's net/http": {
    program: "go",
    askBy: (edge, folder, count) => {
      const url = `https://${HOSTNAME}/v1/completions`;
      const address = `${edge.address}:${edge.port}`;
      const given = [url, `${count}`, "4", join(folder, "authority.pem"), address];
      return run("go", ["run", source("ask.go"), ...given]);
    },
  },
};

/** Asks for a completion take 20 ms each; the region's proxy votes as it is told. */
async function startRegion(t: TestContext) {
  const vote = {isWell: true};
  const proxy = await startHost(
    t,
    voting(
      ({stream}) => {
        setTimeout(() => {
          if (stream.destroyed) return;
          answerEvents(stream);
          setTimeout(() => stream.destroyed || stream.end(event("one") + DONE), 10);
        }, 10);
      },
      () => vote.isWell,
    ),
  );
  const proxies = {addresses: () => ["127.0.0.1"], port: Number(new URL(proxy.url).port)};
  const edge = await startEdge(t, {proxies, limits: {outS: 1, leavePercent: 10, drainS: 0.5}});
  return {edge, vote};
}

describe("a region that is out fails none of the requests of", {skip: notRun}, () => {
  for (const [name, {program, askBy}] of Object.entries(clients)) {
    const missing = findProgram(program) ? false : `NOT RUN: there is no ${program}`;
    if (missing) console.log(`${name}: ${missing}`);
    test(name, {skip: missing}, async (t) => {
      const {edge, vote} = await startRegion(t);
      const folder = mkdtempSync(join(tmpdir(), "clients-"));
      t.after(() => rmSync(folder, {recursive: true}));
      writeFileSync(join(folder, "authority.pem"), edge.authority);
      vote.isWell = false;
      const client = edge.connect();
      let isTold = false;
      client.on("goaway", () => {
        isTold = true;
      });
      await until(async () => {
        if (!isTold) await ask(client, {});
        return isTold;
      });
      const {stdout} = await askBy(edge, folder, 400);
      assert.match(stdout.trim(), /^400 HTTP_2 200$/);
    });
  }
});
