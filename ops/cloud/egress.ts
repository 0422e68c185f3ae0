import {cloudOf} from "../../regions/clouds/clouds.ts";
import type {Exchange, Region, World} from "../../regions/world.ts";

/**
 * The hosts that a region's nodes and pods connect to by its own way out, for a firewall that they go through: all by
 * TLS, at port 443 unless a host names another. What has a private endpoint is not among them.
 */
export function egressOf(world: World, region: Region): string[] {
  const {hosts, egress} = cloudOf(world);
  const own = [hosts.resourceManager, hosts.login, exchangeHost(world.service.tokens.exchange)];
  const models = region.hosts.map(({url}) => new URL(url).host);
  const azures = egress.map((host) => host.replace("LOCATION", region.name));
  return [...new Set([...own, ...azures, ...models])].toSorted();
}

function exchangeHost(exchange: Exchange): string {
  if (exchange.kind === "github") return new URL(exchange.api).host;
  return new URL(exchange.kind === "oidc" ? exchange.issuer : exchange.url).host;
}
