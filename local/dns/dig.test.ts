import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {after, before, describe, test} from "node:test";
import {promisify} from "node:util";
import {planOf} from "../../dns/plan.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {clouds} from "../../regions/clouds/clouds.ts";
import {publicName, recordName} from "../../regions/names.ts";
import {placeByCode} from "../../regions/places/places.ts";
import {readWorld} from "../../regions/read.ts";
import {findProgram} from "../../setup/programs.js";
import {publicLookup} from "./names.ts";
import {type Resolver, startResolver} from "./resolver.ts";
import {subnetOf} from "./subnets.ts";
import {createTraffic} from "./traffic.ts";

const dig = findProgram("dig");
if (!dig)
  console.log("NOT RUN: DNS asked by dig, for it is not installed (Debian: bind9-dnsutils)");

const world = readWorld();
const {hostname, zone} = world.service;
const profiles = profilesOf(world, planOf(world)).map((profile) => ({
  ...profile,
  id: profile.profileName,
  endpoints: profile.endpoints.map(({child, ...endpoint}) => ({
    ...endpoint,
    ...(child && {targetResourceId: child}),
  })),
}));
const manager = clouds.public.hosts.profiles;
const root = `${profiles.at(-1)!.profileName}.${manager}`;
const nameOf = (region: string) =>
  publicName(world, world.regions.find(({name}) => name === region)!);
const addresses = new Map(
  world.regions.map(({name}, index) => [nameOf(name), `127.0.9.${index}`] as const),
);

describe("as dig asks it, the local DNS server", {skip: dig === undefined}, () => {
  const lost = new Set<string>();
  let resolver: Resolver;

  before(async () => {
    const managed = publicLookup({
      resources: [
        {
          type: "azure-native:dns:RecordSet",
          inputs: {
            relativeRecordSetName: recordName(world),
            ttl: world.service.ttlS,
            cnameRecord: {cname: `${root}.`},
          },
        } as never,
      ],
      zone,
      manager,
      profiles,
      traffic: createTraffic({
        profiles,
        healthy: (target) => !lost.has(target),
        random: () => 0.99,
      }),
      addresses,
      otherwise: placeByCode("US")!,
    });
    resolver = await startResolver({
      listen: {host: "127.0.0.1", port: 0},
      zones: [zone, manager],
      lookup: (name, subnet) =>
        name === `many.${zone}`
          ? {aliases: [], addresses: Array.from({length: 100}, (_, n) => `127.0.8.${n}`), ttlS: 5}
          : managed(name, subnet),
    });
  });
  after(() => resolver.close());

  async function ask(...args: string[]): Promise<string> {
    const {stdout} = await promisify(execFile)(dig!, [
      ..."-r +tries=5 +timeout=3 +nocookie".split(" "),
      "@127.0.0.1",
      "-p",
      `${resolver.address.port}`,
      ...args,
    ]);
    return stdout;
  }

  /** The answer's records, with spaces between their parts. */
  const records = async (...args: string[]) =>
    (await ask(...args, "+noall", "+answer"))
      .trim()
      .split("\n")
      .map((line) => line.replaceAll(/\s+/g, " "));
  const subnet = (code: string) => `+subnet=${subnetOf(placeByCode(code)!)}`;

  test("leads a client of each continent by the record and the profile to its region", async () => {
    const places = {"US-NY": "eastus2", DE: "westeurope", JP: "japaneast", BR: "brazilsouth"};
    for (const [code, region] of Object.entries(places))
      assert.deepEqual(await records(hostname, "A", subnet(code)), [
        `${hostname}. 30 IN CNAME ${root}.`,
        `${root}. 30 IN CNAME ${nameOf(region)}.`,
        `${nameOf(region)}. 60 IN A ${addresses.get(nameOf(region))}`,
      ]);
  });

  test("tells for which part of the address that holds (RFC 7871)", async () => {
    assert.match(await ask(hostname, subnet("DE")), /CLIENT-SUBNET: 240\.\d+\.\d+\.0\/24\/24/);
    assert.match(await ask(`many.${zone}`, "+subnet=198.51.100.0/24"), /198\.51\.100\.0\/24\/0/);
  });

  test("leads on when a region is lost, and back", async () => {
    const target = async () => (await records(hostname, subnet("BR"))).at(-2)!.split(" ").at(-1);
    lost.add(nameOf("brazilsouth"));
    assert.equal(await target(), `${nameOf("eastus2")}.`);
    lost.clear();
    assert.equal(await target(), `${nameOf("brazilsouth")}.`);
  });

  test("has nothing of another type: no error, no record, for how long (RFC 2308)", async () => {
    const said = await ask(nameOf("eastus2"), "AAAA");
    assert.match(said, /status: NOERROR.*\n.*ANSWER: 0/);
    const zoned = await ask(`many.${zone}`, "AAAA");
    assert.match(zoned, /status: NOERROR.*\n.*ANSWER: 0, AUTHORITY: 1/);
    assert.match(zoned, /\s30\s+IN\s+SOA\s+ns\.example\.com\./);
  });

  test("says that there is no such name, and for how long", async () => {
    assert.match(
      await ask(`nothing.${zone}`),
      /status: NXDOMAIN[\s\S]*\s30\s+IN\s+SOA\s+ns\.example\.com\./,
    );
  });

  test("truncates by UDP what is too long, and dig gets it whole by TCP", async () => {
    const cut = await ask(`many.${zone}`, "+ignore", "+noedns");
    assert.match(cut, /flags: qr aa tc rd;[\s\S]*ANSWER: 0/);
    const whole = await ask(`many.${zone}`, "+noedns");
    assert.match(whole, /;; Truncated, retrying in TCP mode\.[\s\S]*ANSWER: 100,/);
    assert.match(await ask(`many.${zone}`, "+tcp"), /ANSWER: 100,/);
    assert.match(await ask(`many.${zone}`, "+bufsize=4096", "+ignore"), /ANSWER: 100,/);
  });

  test("refuses a version of EDNS that it does not know (RFC 6891)", async () => {
    assert.match(await ask(hostname, "+edns=1", "+noednsnegotiation"), /status: BADVERS/);
  });

  test("asked for the alias, tells it alone", async () => {
    assert.deepEqual(await records(hostname, "CNAME"), [`${hostname}. 30 IN CNAME ${root}.`]);
  });
});
