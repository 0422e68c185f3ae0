import {parseArgs} from "node:util";
import {ruleFile} from "../../infra/alerts/prometheus.ts";
import {groupsOf} from "../../infra/alerts/world.ts";
import {dashboardOf} from "../../infra/dashboard/dashboard.ts";
import {readWorld} from "../../regions/read.ts";

const help = `npm run alerts -- [--dashboard]

Prints what watches the service that regions.yaml describes, for a Prometheus of your own: its recording
rules and alerts as a rule file. The stacks bring the same rules to Azure's managed Prometheus.
How to use both: docs/monitoring.md

  --dashboard  a dashboard for Grafana, as JSON, instead
  --help       this text
`;

// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function main(): void {
  const {values} = parseArgs({
    options: {dashboard: {type: "boolean"}, help: {type: "boolean", short: "h"}},
  });
  if (values.help) return void process.stdout.write(help);
  const world = readWorld();
  process.stdout.write(
    values.dashboard
      ? `${JSON.stringify(dashboardOf(world), null, 2)}\n`
      : ruleFile(groupsOf(world), world.service.alerts.runbooks),
  );
}
