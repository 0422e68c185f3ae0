import {type Location, locations} from "../../regions/azure.ts";
import {gpuHour, hasGpu} from "../../regions/replicas/prices.ts";

/**
 * Azure's list prices in US dollars, pay as you go, by location. They tell tens from thousands: no agreement, reservation,
 * tax or other currency is in them. docs/cost.md says where each was read, and on which day.
 */

/** Hours of a month, as Azure's calculator counts them. */
export const HOURS = 730;

/** Where prices are as usual, and what is not listed is compared with. */
const USUAL = "eastus2";
/** A location that is not listed is taken to be as dear as this one. */
export const LIKE = "westeurope";

/** An hour of Standard_D4ds_v5 or its like of the fourth version, with Linux. */
const nodeHours: Readonly<Record<string, number>> = {
  australiaeast: 0.284,
  australiasoutheast: 0.271,
  brazilsouth: 0.36,
  canadacentral: 0.252,
  canadaeast: 0.271,
  centralindia: 0.244,
  centralus: 0.255,
  eastasia: 0.35,
  eastus: 0.226,
  eastus2: 0.226,
  francecentral: 0.264,
  germanywestcentral: 0.272,
  japaneast: 0.292,
  japanwest: 0.321,
  koreacentral: 0.278,
  northcentralus: 0.226,
  northeurope: 0.252,
  southafricanorth: 0.303,
  southcentralus: 0.271,
  southeastasia: 0.282,
  swedencentral: 0.24,
  switzerlandnorth: 0.339,
  uksouth: 0.262,
  ukwest: 0.273,
  westcentralus: 0.271,
  westeurope: 0.272,
  westus: 0.266,
  westus2: 0.226,
  westus3: 0.226,
};

/** Whether what nodes cost in a location is known, and not taken to be as elsewhere. */
export const listsNodes = (location: string): boolean => Object.hasOwn(nodeHours, location);

/** How much dearer nodes and their disks are than in East US 2. */
const dearness = (location = USUAL): number =>
  (nodeHours[location] ?? nodeHours[LIKE]!) / nodeHours[USUAL]!;

/** An hour of a vCPU in East US 2, by the letters before and after their number in a size's name. */
const vcpuHours: Readonly<Record<string, number>> = {
  Bas: 0.0376,
  Bs: 0.0416,
  Dads: 0.0515,
  Das: 0.043,
  Dds: 0.0565,
  Dlds: 0.048,
  Dls: 0.0425,
  Ds: 0.048,
  Eads: 0.0655,
  Eas: 0.0565,
  Eds: 0.072,
  Es: 0.063,
};
/** Of a size that is not listed. */
const OTHER_VCPU = vcpuHours.Dds!;

/** A month of a managed disk of the premium kind, by the gigabytes that it has at most. */
const disks: readonly (readonly [gb: number, dollars: number])[] = [
  [32, 5.28],
  [64, 10.21],
  [128, 19.71],
  [256, 38.02],
  [512, 73.22],
  [1024, 135.17],
  [2048, 259.05],
];
/** AKS's own choice of a system disk: https://learn.microsoft.com/azure/aks/concepts-storage#default-os-disk-sizing */
const usualDiskGb = (vcpus: number) =>
  vcpus < 8 ? 128 : vcpus < 16 ? 256 : vcpus < 32 ? 512 : vcpus < 64 ? 1024 : 2048;
/** Of the local disk of a size with one. */
const LOCAL_GB_A_VCPU = 37.5;

export interface Node {
  readonly size: string;
  readonly location?: string | undefined;
  /** Of the system disk; AKS's own choice if undefined. */
  readonly diskGb?: number | undefined;
}

/** A month of a node and its system disk, which costs nothing where the node's own is large enough for it. */
export function nodeDollars({size, location, diskGb}: Node): number {
  const [, series = "", number = "0", features = ""] =
    /^Standard_([A-Z]+)(\d+)([a-z]*)/.exec(size) ?? [];
  const vcpus = Number(number);
  const gpu = hasGpu(size);
  const hour = gpu ? (gpuHour(size) ?? 0) : vcpus * (vcpuHours[series + features] ?? OTHER_VCPU);
  const disk = diskGb ?? usualDiskGb(vcpus);
  const local = features.includes("d") && !gpu ? vcpus * LOCAL_GB_A_VCPU : 0;
  return (hour * HOURS + (local >= disk ? 0 : diskDollars(disk))) * dearness(location);
}

const diskDollars = (gb: number) => (disks.find(([most]) => most >= gb) ?? disks.at(-1)!)[1];

/** A gigabyte sent to the Internet over Microsoft's network, after the first hundred of a month, by Azure's zone of billing. */
const egressGb: Readonly<Record<1 | 2 | 3, number>> = {1: 0.087, 2: 0.12, 3: 0.181};

const billingZones: Readonly<Record<Location["continent"], 1 | 2 | 3>> = {
  Africa: 3,
  "Asia Pacific": 2,
  Canada: 1,
  Europe: 1,
  Mexico: 1,
  "Middle East": 3,
  "South America": 3,
  US: 1,
};
const otherwise: Readonly<Record<string, 1 | 2 | 3>> = {israelcentral: 1, qatarcentral: 2};

/** A gigabyte sent to users from a location. */
export function egressDollars(location: string): number {
  const continent = locations.get(location)?.continent ?? "US";
  return egressGb[otherwise[location] ?? billingZones[continent]];
}

/** Gigabytes a month that a subscription sends for nothing. */
export const FREE_EGRESS_GB = 100;

/** A gigabyte that a log workspace takes in, after the first five of a month. */
const logsGb: Readonly<Record<string, number>> = {
  eastus: 2.3,
  eastus2: 2.76,
  japaneast: 3.34,
  westeurope: 2.99,
  westus2: 2.3,
};

/** Whether what logs cost in a location is known. */
export const listsLogs = (location: string): boolean => Object.hasOwn(logsGb, location);

/** A gigabyte that a log workspace in a location takes in. */
export const logsDollars = (location: string): number => logsGb[location] ?? logsGb[LIKE]!;

/** Gigabytes a month that are taken in for nothing. */
export const FREE_LOGS_GB = 5;

/** A million samples that the workspace of metrics takes in. */
export const METRICS_DOLLARS = 0.016;

/** A month of a NAT gateway, to which comes what goes through it. */
export const NAT_DOLLARS = 0.045 * HOURS;

/** A month of a public address. */
export const ADDRESS_DOLLARS = 0.005 * HOURS;
