import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {Server, ServerCredentials, type sendUnaryData, status} from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import {ResourceProviderService} from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages, {type Struct} from "google-protobuf/google/protobuf/struct_pb.js";
import type {Cloud} from "../cloud.ts";
import type {Consequence} from "../consequence.ts";
import {createProvider, type Properties, type Provider} from "./provider.ts";
import {startUploads, type Uploads} from "./uploads.ts";

export interface Plugins {
  /** Holds the providers' programs; it has to come first on the engine's PATH. */
  readonly folder: string;
  /** What images are built from. */
  readonly uploads: Uploads;
  stop(): void;
}

/** The Pulumi packages that the stacks use. */
const PACKAGES = ["azure-native", "kubernetes"];

/**
 * Serves a cloud to the engine as its providers of Azure and Kubernetes. The engine starts a program
 * for each, which only says where this server listens: so one cloud is behind every run of every stack.
 */
export async function startPlugins({
  cloud,
  folder,
}: {
  cloud: Cloud;
  folder: string;
}): Promise<Plugins> {
  const server = new Server();
  const uploads = await startUploads();
  server.addService(ResourceProviderService, methodsOf(cloud, uploads));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
  mkdirSync(folder, {recursive: true});
  for (const name of PACKAGES)
    writeFileSync(join(folder, `pulumi-resource-${name}`), program(port), {mode: 0o755});
  function stop(): void {
    server.forceShutdown();
    uploads.stop();
  }

  return {folder, uploads, stop};
}

/** Prints the port and stays until the engine ends it, an hour at most. */
const program = (port: number) => `#!/bin/sh\necho ${port}\nexec sleep 3600\n`;

/**
 * The part of pulumi/provider.proto that a preview, an update and a refresh ask for. The engine has a connection for
 * each provider, and configures it first: so what it asks is answered for that provider's subscription.
 */
function methodsOf(cloud: Cloud, uploads: Uploads) {
  const providers = new Map<string, Provider>();
  const other = createProvider(cloud, {uploads});
  const asked = <Request, Response>(
    answer: (request: Request, provider: Provider) => Promise<Response>,
  ) => unary((request: Request, peer) => answer(request, providers.get(peer) ?? other));
  return {
    getPluginInfo: unary(async () => new plugin.PluginInfo().setVersion("0.0.0")),
    configure: unary(async (request: messages.ConfigureRequest, peer) => {
      const {subscriptionId} = read(request.getArgs());
      const subscription = String(subscriptionId);
      if (subscriptionId) providers.set(peer, createProvider(cloud, {uploads, subscription}));
      return new messages.ConfigureResponse().setAcceptsecrets(true);
    }),
    check: asked(async (request: messages.CheckRequest, provider) => {
      const failures = provider.check(request.getUrn(), read(request.getNews()));
      return new messages.CheckResponse()
        .setInputs(request.getNews())
        .setFailuresList(failures.map((text) => new messages.CheckFailure().setReason(text)));
    }),
    diff: asked(async (request: messages.DiffRequest, provider) => {
      const [olds, news] = [read(request.getOldInputs()), read(request.getNews())];
      return differenceOf(provider.diff(request.getId(), request.getUrn(), olds, news));
    }),
    create: asked(async (request: messages.CreateRequest, provider) => {
      const made = await provider.create(request.getUrn(), read(request.getProperties()));
      return new messages.CreateResponse().setId(made.id).setProperties(structOf(made.properties));
    }),
    update: asked(async (request: messages.UpdateRequest, provider) => {
      const news = read(request.getNews());
      const properties = await provider.update(request.getId(), request.getUrn(), news);
      return new messages.UpdateResponse().setProperties(structOf(properties));
    }),
    read: asked(async (request: messages.ReadRequest, provider) => {
      const there = provider.read(request.getId(), read(request.getInputs()));
      if (!there) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(request.getId())
        .setInputs(structOf(there.inputs))
        .setProperties(structOf(there.properties));
    }),
    delete: asked(async (request: messages.DeleteRequest, provider) => {
      await provider.remove(request.getId());
      return new emptyMessages.Empty();
    }),
    invoke: asked(async (request: messages.InvokeRequest, provider) => {
      const answer = provider.call(request.getTok(), read(request.getArgs()));
      return new messages.InvokeResponse().setReturn(structOf({...answer}));
    }),
    cancel: unary(async () => new emptyMessages.Empty()),
  };
}

const unary =
  <Request, Response>(answer: (request: Request, peer: string) => Promise<Response>) =>
  (call: {request: Request; getPeer(): string}, callback: sendUnaryData<Response>) =>
    void answer(call.request, call.getPeer()).then(
      (response) => callback(null, response),
      ({message}: Error) => callback({code: status.UNKNOWN, details: message}),
    );

function differenceOf({changes, replaces, deleteFirst}: Consequence) {
  const {DIFF_SOME, DIFF_NONE} = messages.DiffResponse.DiffChanges;
  const {UPDATE, UPDATE_REPLACE} = messages.PropertyDiff.Kind;
  const response = new messages.DiffResponse()
    .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setReplacesList([...replaces])
    .setDeletebeforereplace(deleteFirst)
    .setHasdetaileddiff(true);
  for (const path of changes) {
    const kind = replaces.includes(path) ? UPDATE_REPLACE : UPDATE;
    const change = new messages.PropertyDiff().setKind(kind).setInputdiff(true);
    response.getDetaileddiffMap().set(path, change);
  }
  return response;
}

const read = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Properties;

const structOf = (properties: Properties) =>
  structMessages.Struct.fromJavaScript(
    properties as Parameters<typeof structMessages.Struct.fromJavaScript>[0],
  );
