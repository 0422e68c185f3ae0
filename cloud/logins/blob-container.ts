import {createHash} from "node:crypto";
import type {IncomingMessage, ServerResponse} from "node:http";
import {createServer} from "node:https";
import type {AddressInfo} from "node:net";
import {buffer} from "node:stream/consumers";
import type {Given} from "./access-tokens.ts";

export interface BlobContainer {
  readonly port: number;
  readonly blobs: ReadonlyMap<string, Buffer>;
  close(): void;
}

const SCOPE = "https://storage.azure.com/.default";

/**
 * Stands in for one container of a storage account without shared keys, as far as Pulumi's backend asks it.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export async function startBlobContainer({
  container,
  certificate,
  key,
  find,
}: {
  container: string;
  certificate: string;
  key: string;
  /** Looks up an access token. */
  find: (token: string) => Given | undefined;
}): Promise<BlobContainer> {
  const blobs = new Map<string, Buffer>();
  const server = createServer({cert: certificate, key}, async (request, response) => {
    const url = new URL(request.url ?? "", "https://account");
    const [, first = "", ...rest] = url.pathname.split("/").map(decodeURIComponent);
    const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (find(token)?.scope !== SCOPE) return refuse(response, 401, "InvalidAuthenticationInfo");
    if (first !== container) return refuse(response, 404, "ContainerNotFound");
    const name = rest.join("/");
    if (name === "") return answerList(blobs, url, response);
    await answerBlob({blobs, name, url, request, response});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    blobs,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Call {
  readonly blobs: Map<string, Buffer>;
  readonly name: string;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answerBlob(call: Call): Promise<void> {
  const {blobs, name, url, request, response} = call;
  if (url.searchParams.has("comp")) return refuse(response, 400, "InvalidQueryParameterValue");
  if (request.method === "PUT") return put(call);
  const content = blobs.get(name);
  if (!content) return refuse(response, 404, "BlobNotFound");
  switch (request.method) {
    case "HEAD":
      return void response.writeHead(200, headersOf(content)).end();
    case "GET":
      return get(call, content);
    case "DELETE":
      blobs.delete(name);
      return void response.writeHead(202).end();
    default:
      return refuse(response, 405, "UnsupportedHttpVerb");
  }
}

async function put({blobs, name, request, response}: Call): Promise<void> {
  const source = request.headers["x-ms-copy-source"];
  const body = await buffer(request);
  if (typeof source !== "string") {
    blobs.set(name, body);
    return void response.writeHead(201, {etag: etagOf(body)}).end();
  }
  const from = new URL(source).pathname.split("/").slice(2).map(decodeURIComponent).join("/");
  const content = blobs.get(from);
  if (!content) return refuse(response, 404, "BlobNotFound");
  blobs.set(name, content);
  response.writeHead(202, {"x-ms-copy-status": "success", "x-ms-copy-id": "1"}).end();
}

function get({request, response}: Call, content: Buffer): void {
  const range = request.headers["x-ms-range"] ?? request.headers.range;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(String(range)) ?? [];
  if (from === undefined || content.length === 0)
    return void response.writeHead(200, headersOf(content)).end(content);
  const [start, end] = [
    Number(from),
    to ? Math.min(Number(to), content.length - 1) : content.length - 1,
  ];
  const part = content.subarray(start, end + 1);
  const partial = {
    "content-range": `bytes ${start}-${end}/${content.length}`,
    "content-length": part.length,
  };
  response.writeHead(206, {...headersOf(content), ...partial}).end(part);
}

const etagOf = (content: Buffer) => `"${createHash("md5").update(content).digest("hex")}"`;

const MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT";

const headersOf = (content: Buffer) => ({
  etag: etagOf(content),
  "content-length": content.length,
  "content-type": "application/octet-stream",
  "last-modified": MODIFIED,
  "x-ms-creation-time": MODIFIED,
  "x-ms-blob-type": "BlockBlob",
});

/** All in one page: https://learn.microsoft.com/rest/api/storageservices/list-blobs */
function answerList(
  blobs: ReadonlyMap<string, Buffer>,
  {searchParams}: URL,
  response: ServerResponse,
) {
  if (searchParams.get("comp") !== "list")
    return refuse(response, 400, "InvalidQueryParameterValue");
  const [prefix, delimiter] = [
    searchParams.get("prefix") ?? "",
    searchParams.get("delimiter") ?? "",
  ];
  const found = new Set<string>();
  for (const name of [...blobs.keys()].filter((name) => name.startsWith(prefix)).sort()) {
    const cut = delimiter ? name.indexOf(delimiter, prefix.length) : -1;
    const folder = name.slice(0, cut + delimiter.length);
    found.add(
      cut < 0
        ? blobXml(name, blobs.get(name)!)
        : `<BlobPrefix><Name>${escaped(folder)}</Name></BlobPrefix>`,
    );
  }
  const body = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${[...found].join("")}</Blobs><NextMarker/></EnumerationResults>`;
  response.writeHead(200, {"content-type": "application/xml"}).end(body);
}

const blobXml = (name: string, content: Buffer) =>
  `<Blob><Name>${escaped(name)}</Name><Properties><Creation-Time>${MODIFIED}</Creation-Time><Last-Modified>${MODIFIED}</Last-Modified><Etag>${etagOf(content)}</Etag><Content-Length>${content.length}</Content-Length><Content-Type>application/octet-stream</Content-Type><BlobType>BlockBlob</BlobType></Properties></Blob>`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  const headers = {"content-type": "application/xml", "x-ms-error-code": code};
  response.writeHead(status, headers).end(body);
}
