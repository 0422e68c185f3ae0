import {spawn} from "node:child_process";
import {once} from "node:events";
import {writeFileSync} from "node:fs";
import {createServer} from "node:net";
import {join} from "node:path";
import {findProgram} from "./programs.js";

/** The Prometheus, and its promtool, that rules and dashboards are tested with. */
export const findPrometheus = (): string | undefined => findProgram("prometheus");
export const findPromtool = (): string | undefined => findProgram("promtool");
export const NO_PROMETHEUS = "NOT RUN: no Prometheus; apt-get install prometheus";

export interface Target {
  /** HOST:PORT. */
  readonly address: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Prometheus {
  /** Evaluates a query now. Rejects with what Prometheus says is wrong with it. */
  query(expression: string): Promise<Series[]>;
  stop(): Promise<void>;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Runs a Prometheus on loopback that scrapes its targets every second. Resolves once it takes queries. */
export async function startPrometheus({
  program,
  folder,
  targets,
}: {
  program: string;
  folder: string;
  targets: readonly Target[];
}): Promise<Prometheus> {
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, "prometheus.json");
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configOf(targets)));
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ],
    {stdio: ["ignore", "ignore", "pipe"]},
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said = (said + text).slice(-2000);
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };

  async function query(expression: string): Promise<Series[]> {
    const body = new URLSearchParams({query: expression});
    const answer = await fetch(`http://${address}/api/v1/query`, {method: "POST", body});
    const {data, error} = (await answer.json()) as QueryReply;
    if (!data) throw new Error(`${expression}: ${error}`);
    return data.result.map(({metric, value: [, value]}) => ({metric, value: Number(value)}));
  }

  for (const end = Date.now() + READY_WITHIN_MS; ; ) {
    const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    if (answer?.ok) return {query, stop};
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`Prometheus was not ready within ${READY_WITHIN_MS / 1000} s: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const READY_WITHIN_MS = 15_000;

interface QueryReply {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {metric: Record<string, string>; value: [number, string]}[];
  };
}

const configOf = (targets: readonly Target[]) => ({
  global: {scrape_interval: "1s", scrape_timeout: "900ms"},
  scrape_configs: [...Map.groupBy(targets, ({path}) => path)].map(([path, members], index) => ({
    job_name: `job-${index}`,
    metrics_path: path,
    static_configs: members.map(({address, labels}) => ({targets: [address], labels})),
  })),
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address() as {port: number};
  server.close();
  await once(server, "close");
  return port;
}
