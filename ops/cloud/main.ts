import {readWorld} from "../../regions/read.ts";
import {runCommand} from "../command/command.ts";
import {egressOf} from "./egress.ts";
import {environmentFor} from "./environment.ts";

await runCommand({
  usage: ["npm run cloud -- [--egress]"],
  about: `Prints what other programs have to be told where service.cloud is not the public one, as NAME=VALUE lines
for the environment: set -a; eval "$(npm run --silent cloud)"; set +a. In the public cloud that is nothing.
Of an OpenID provider --egress knows the issuer alone: add the hosts of jwks_uri, token_endpoint and
revocation_endpoint in its /.well-known/openid-configuration.`,
  options: {
    egress: {
      type: "boolean",
      text: "instead: the hosts that each region's nodes and pods connect to, for a firewall",
    },
  },
  run({values}) {
    const world = readWorld();
    const lines = values.egress
      ? world.regions.flatMap((region) => [
          `${region.name}:`,
          ...egressOf(world, region).map((host) => `  ${host}`),
        ])
      : Object.entries(environmentFor(world)).map(([name, value]) => `${name}=${value}`);
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  },
});
