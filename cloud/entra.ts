import {createServer} from "node:https";
import type {AddressInfo} from "node:net";
import {text} from "node:stream/consumers";
import type {Endpoint} from "./balancer.ts";

/** A workload that Entra knows: whoever shows its assertion is it. */
export interface Workload {
  readonly clientId: string;
  /** The service-account token that Kubernetes projects into its pods. */
  readonly assertion: string;
  /** What it gets for it. */
  readonly accessToken: string;
}

const LIFETIME_S = 3600;

/**
 * Stands in for Microsoft Entra's token endpoint, as far as workload identity asks it: discovery and
 * the client-credentials grant with a federated assertion (RFC 7523).
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function startEntra({
  listen,
  certificate,
  key,
  tenant,
  workloads,
}: {
  listen: Endpoint;
  certificate: string;
  key: string;
  tenant: string;
  workloads: readonly Workload[];
}): Promise<{url: string; close(): void}> {
  const server = createServer({cert: certificate, key}, async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, {"content-type": "application/json"}).end(JSON.stringify(body));
    const base = `https://${request.headers.host}/${tenant}`;
    if (request.url?.startsWith(`/${tenant}/v2.0/.well-known/openid-configuration`))
      return answer(200, discovery(base));
    if (request.method !== "POST" || !request.url?.startsWith(`/${tenant}/oauth2/v2.0/token`))
      return answer(404, {error: "not_found"});
    const form = new URLSearchParams(await text(request));
    const workload = workloads.find(
      ({clientId, assertion}) =>
        clientId === form.get("client_id") && assertion === form.get("client_assertion"),
    );
    if (!workload) return answer(401, unknownWorkload);
    return answer(200, {
      token_type: "Bearer",
      expires_in: LIFETIME_S,
      access_token: workload.accessToken,
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const {address, port} = server.address() as AddressInfo;
  return {
    url: `https://${address}:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const discovery = (base: string) => ({
  issuer: `${base}/v2.0`,
  authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
  token_endpoint: `${base}/oauth2/v2.0/token`,
  jwks_uri: `${base}/discovery/v2.0/keys`,
});

const unknownWorkload = {
  error: "invalid_client",
  error_description:
    "AADSTS700213: No matching federated identity record found for presented assertion.",
};
