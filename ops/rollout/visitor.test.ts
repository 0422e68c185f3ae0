import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import tls from "node:tls";
import {createAuthority} from "../../cloud/certs.ts";
import {TOKEN} from "../../editor/wire.ts";
import {until} from "../../setup/until.ts";
import type {Sample} from "./gate.ts";
import {createVisitor} from "./visitor.ts";

const HOSTNAME = "completions.example.com";
const CREDENTIAL = "gho_of_a_member";
const LATE_MS = 150;

/** What the region does with each question; a completion streams without end unless it is cancelled. */
const well = {
  health: 200,
  token: 200,
  completion: 200,
  lateMs: 0,
};

describe("a visitor of a region", () => {
  let does = well;
  const sessions = new Set<ServerHttp2Session>();
  const cancels: number[] = [];
  let close = () => {};
  let visitor: ReturnType<typeof createVisitor>;

  before(async () => {
    const authority = await createAuthority();
    const issued = await authority.issue([HOSTNAME]);
    tls.setDefaultCACertificates([authority.pem]);
    const server = createSecureServer({
      cert: issued.certificate,
      key: issued.key,
      allowHTTP1: true,
    });
    server.on("session", (session) => void sessions.add(session));
    server.on("request", (request, response) => {
      if (request.httpVersionMajor === 1) response.writeHead(does.health).end();
    });
    server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on("error", () => {});
      if (headers[":path"] === TOKEN) {
        stream.respond({":status": does.token});
        // A careless answer repeats what it was sent.
        const text = JSON.stringify({token: "a token", of: headers.authorization});
        return void stream.end(
          does.token === 200 ? text : `bad credential ${headers.authorization}`,
        );
      }
      stream.on("close", () => void cancels.push(stream.rstCode));
      setTimeout(answer, does.lateMs, stream);
    });
    const folder = mkdtempSync(join(tmpdir(), "meridian-"));
    writeFileSync(join(folder, "credential"), `${CREDENTIAL}\n`);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const {port} = server.address() as AddressInfo;
    visitor = createVisitor({
      target: {region: "eastus2", publicName: "127.0.0.1", model: "copilot-codex"},
      hostname: HOSTNAME,
      credentialFile: join(folder, "credential"),
      renewMs: 60_000,
      port,
    });
    close = () => {
      rmSync(folder, {recursive: true});
      for (const session of sessions) session.destroy();
      server.close();
    };
  });
  after(() => {
    visitor.close();
    close();
  });

  function answer(stream: ServerHttp2Stream) {
    if (stream.destroyed) return;
    stream.respond({":status": does.completion});
    if (does.completion !== 200) return void stream.end("no room");
    stream.write('data: {"choices": [{"text": "return"}]}\n\n');
    // The cancel of the visitor comes before the end.
    setTimeout(() => stream.destroyed || stream.end("data: [DONE]\n\n"), 20);
  }

  const region = "eastus2";
  const fine: Sample[] = (["health page", "completion", "cancel"] as const).map((asked) => ({
    region,
    asked,
    fault: undefined,
  }));
  const cases: Record<string, {does: Partial<typeof well>; faults: (string | undefined)[]}> = {
    well: {does: {}, faults: [undefined, undefined, undefined]},
    "voted out": {does: {health: 500}, faults: ["answered 500", undefined, undefined]},
    "no completions": {
      does: {completion: 502},
      faults: [undefined, "no completion: 502 no room", "answered 502"],
    },
    "no tokens; the credential that an answer repeats is not told": {
      does: {token: 401},
      faults: [undefined, ...Array(2).fill("no token: 401 bad credential Bearer ***")],
    },
    "well again": {does: {}, faults: [undefined, undefined, undefined]},
  };

  for (const [name, {does: now, faults}] of Object.entries(cases))
    test(name, async () => {
      // A token once had is good still.
      if (now.token) visitor.close();
      does = {...well, ...now};
      const samples = (await visitor.visit()).map(({firstByteMs: _, ...sample}) => sample);
      assert.deepEqual(
        samples,
        fine.map((sample, at) => ({...sample, fault: faults[at]})),
      );
    });

  test("a late first byte is told, without the way there and back", async () => {
    does = {...well, lateMs: LATE_MS};
    // On a busy machine the way itself may take as long for once.
    await until(async () => ((await visitor.visit())[1]!.firstByteMs ?? 0) > LATE_MS / 2);
  });

  test("a cancel resets its stream, and the connection lives on", async () => {
    does = well;
    await visitor.visit();
    cancels.length = 0;
    const before = sessions.size;
    await visitor.visit();
    await until(() => cancels.length === 2);
    assert.deepEqual([cancels, sessions.size], [[0, 8], before]);
  });
});
