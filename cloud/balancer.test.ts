import assert from "node:assert/strict";
import {once} from "node:events";
import {type AddressInfo, connect, createServer} from "node:net";
import {type TestContext, test} from "node:test";
import {connect as connectTls} from "node:tls";
import {type Endpoint, startBalancer} from "./balancer.ts";
import {createAuthority} from "./certs.ts";

/** Says its name to whoever connects. */
async function startTarget(t: TestContext, name: string): Promise<Endpoint> {
  const server = createServer((socket) => socket.on("error", () => {}).end(name));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return {host: "127.0.0.1", port: (server.address() as AddressInfo).port};
}

/** A port that nobody listens on. */
async function deadEnd(): Promise<Endpoint> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address() as AddressInfo;
  server.close();
  return {host: "127.0.0.1", port};
}

const listen = async () => await deadEnd();

async function heard(socket: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

test("connections take turns, and pass by a target that does not answer", async (t) => {
  const [a, b] = [await startTarget(t, "a"), await startTarget(t, "b")];
  const dead = await deadEnd();
  const at = await listen();
  const balancer = await startBalancer({listen: at, targets: () => [a, dead, b]});
  t.after(balancer.close);
  const answers = [];
  for (let count = 0; count < 6; count++) answers.push(await heard(connect(at.port, at.host)));
  assert.deepEqual(answers, ["a", "b", "b", "a", "b", "b"]);
});

test("with no target a connection is closed", async (t) => {
  const at = await listen();
  const balancer = await startBalancer({listen: at, targets: () => []});
  t.after(balancer.close);
  assert.equal(await heard(connect(at.port, at.host).on("error", () => {})).catch(() => ""), "");
});

test("where TLS ends here, the protocol that was agreed on chooses the target", async (t) => {
  const [h2, http1] = [await startTarget(t, "h2"), await startTarget(t, "http1")];
  const authority = await createAuthority();
  const issued = await authority.issue(["localhost"]);
  const at = await listen();
  const balancer = await startBalancer({
    listen: at,
    targets: (protocol) => (protocol === "h2" ? [h2] : [http1]),
    termination: {...issued, protocols: ["h2", "http/1.1"]},
  });
  t.after(balancer.close);
  const ask = (protocol: string) =>
    heard(
      connectTls({...at, servername: "localhost", ca: authority.pem, ALPNProtocols: [protocol]}),
    );
  assert.deepEqual([await ask("h2"), await ask("http/1.1")], ["h2", "http1"]);
});
