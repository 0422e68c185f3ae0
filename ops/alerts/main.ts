import {ruleFile} from "../../infra/alerts/prometheus.ts";
import {groupsOf} from "../../infra/alerts/world.ts";
import {dashboardOf} from "../../infra/dashboard/dashboard.ts";
import {readWorld} from "../../regions/read.ts";
import {runCommand} from "../command/command.ts";

await runCommand({
  usage: ["npm run alerts -- [--dashboard]"],
  about: `Prints what watches the service that regions.yaml describes, for a Prometheus of your own: its recording
rules and alerts as a rule file. The stacks bring the same rules to Azure's managed Prometheus.
How to use both: docs/monitoring.md`,
  options: {dashboard: {type: "boolean", text: "a dashboard for Grafana, as JSON, instead"}},
  run({values}) {
    const world = readWorld();
    process.stdout.write(
      values.dashboard
        ? `${JSON.stringify(dashboardOf(world), null, 2)}\n`
        : ruleFile(groupsOf(world), world.service.alerts.runbooks),
    );
  },
});
