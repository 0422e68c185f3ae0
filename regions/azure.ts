/** The clouds of Azure that a world can be in: each has hosts, accounts and locations of its own. */
export const CLOUDS = ["public", "government", "china"] as const;
export type CloudName = (typeof CLOUDS)[number];

/** An Azure location that a region can be in. */
export interface Location {
  readonly name: string;
  readonly cloud: CloudName;
  readonly displayName: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Azure's data residency boundary, usually a country. */
  readonly geography: string;
  readonly continent:
    | "Africa"
    | "Asia Pacific"
    | "Canada"
    | "Europe"
    | "Mexico"
    | "Middle East"
    | "South America"
    | "US";
  /** Whether it has availability zones. */
  readonly zones: boolean;
  /** The city or state that Azure names. */
  readonly city: string;
}

type Row = [
  name: string,
  displayName: string,
  latitude: number,
  longitude: number,
  geography: string,
  continent: Location["continent"],
  zones: boolean,
  city: string,
];

/**
 * Azure's public locations, as `az account list-locations` gives name, display name, coordinates,
 * geography, geography group and physical location (Subscriptions - List Locations, API 2022-12-01);
 * zones from https://learn.microsoft.com/azure/reliability/regions-list. Locations that are not open to
 * every customer's deployments are left out.
 */
const ofPublic: readonly Row[] = [
  [
    "australiacentral",
    "Australia Central",
    -35.3075,
    149.1244,
    "Australia",
    "Asia Pacific",
    false,
    "Canberra",
  ],
  [
    "australiaeast",
    "Australia East",
    -33.86,
    151.2094,
    "Australia",
    "Asia Pacific",
    true,
    "New South Wales",
  ],
  [
    "australiasoutheast",
    "Australia Southeast",
    -37.8136,
    144.9631,
    "Australia",
    "Asia Pacific",
    false,
    "Victoria",
  ],
  ["austriaeast", "Austria East", 48.2201, 16.3798, "Austria", "Europe", true, "Vienna"],
  ["belgiumcentral", "Belgium Central", 50.8503, 4.3517, "Belgium", "Europe", true, "Brussels"],
  [
    "brazilsouth",
    "Brazil South",
    -23.55,
    -46.633,
    "Brazil",
    "South America",
    true,
    "Sao Paulo State",
  ],
  ["canadacentral", "Canada Central", 43.653, -79.383, "Canada", "Canada", true, "Toronto"],
  ["canadaeast", "Canada East", 46.817, -71.217, "Canada", "Canada", false, "Quebec"],
  ["centralindia", "Central India", 18.5822, 73.9197, "India", "Asia Pacific", true, "Pune"],
  ["centralus", "Central US", 41.5908, -93.6208, "United States", "US", true, "Iowa"],
  [
    "chilecentral",
    "Chile Central",
    -33.447487,
    -70.673676,
    "Chile",
    "South America",
    true,
    "Santiago",
  ],
  ["eastasia", "East Asia", 22.267, 114.188, "Asia Pacific", "Asia Pacific", true, "Hong Kong"],
  ["eastus", "East US", 37.3719, -79.8164, "United States", "US", true, "Virginia"],
  ["eastus2", "East US 2", 36.6681, -78.3889, "United States", "US", true, "Virginia"],
  ["francecentral", "France Central", 46.3772, 2.373, "France", "Europe", true, "Paris"],
  [
    "germanywestcentral",
    "Germany West Central",
    50.110924,
    8.682127,
    "Germany",
    "Europe",
    true,
    "Frankfurt",
  ],
  [
    "indonesiacentral",
    "Indonesia Central",
    -6.182391,
    106.828931,
    "Indonesia",
    "Asia Pacific",
    true,
    "Jakarta",
  ],
  [
    "israelcentral",
    "Israel Central",
    31.2655698,
    33.4506633,
    "Israel",
    "Middle East",
    true,
    "Israel",
  ],
  ["italynorth", "Italy North", 45.46888, 9.18109, "Italy", "Europe", true, "Milan"],
  ["japaneast", "Japan East", 35.68, 139.77, "Japan", "Asia Pacific", true, "Tokyo, Saitama"],
  ["japanwest", "Japan West", 34.6939, 135.5022, "Japan", "Asia Pacific", true, "Osaka"],
  ["koreacentral", "Korea Central", 37.5665, 126.978, "Korea", "Asia Pacific", true, "Seoul"],
  ["koreasouth", "Korea South", 35.1796, 129.0756, "Korea", "Asia Pacific", false, "Busan"],
  [
    "malaysiawest",
    "Malaysia West",
    3.140853,
    101.693207,
    "Malaysia",
    "Asia Pacific",
    true,
    "Kuala Lumpur",
  ],
  [
    "mexicocentral",
    "Mexico Central",
    20.588818,
    -100.389888,
    "Mexico",
    "Mexico",
    true,
    "Querétaro State",
  ],
  [
    "newzealandnorth",
    "New Zealand North",
    -36.84853,
    174.76349,
    "New Zealand",
    "Asia Pacific",
    true,
    "Auckland",
  ],
  [
    "northcentralus",
    "North Central US",
    41.8819,
    -87.6278,
    "United States",
    "US",
    false,
    "Illinois",
  ],
  ["northeurope", "North Europe", 53.3478, -6.2597, "Europe", "Europe", true, "Ireland"],
  ["norwayeast", "Norway East", 59.913868, 10.752245, "Norway", "Europe", true, "Norway"],
  ["polandcentral", "Poland Central", 52.23334, 21.01666, "Poland", "Europe", true, "Warsaw"],
  ["qatarcentral", "Qatar Central", 25.551462, 51.439327, "Qatar", "Middle East", true, "Doha"],
  [
    "southafricanorth",
    "South Africa North",
    -25.73134,
    28.21837,
    "South Africa",
    "Africa",
    true,
    "Johannesburg",
  ],
  ["southcentralus", "South Central US", 29.4167, -98.5, "United States", "US", true, "Texas"],
  [
    "southeastasia",
    "Southeast Asia",
    1.283,
    103.833,
    "Asia Pacific",
    "Asia Pacific",
    true,
    "Singapore",
  ],
  ["southindia", "South India", 12.9822, 80.1636, "India", "Asia Pacific", false, "Chennai"],
  ["spaincentral", "Spain Central", 40.4259, -3.4209, "Spain", "Europe", true, "Madrid"],
  ["swedencentral", "Sweden Central", 60.67488, 17.14127, "Sweden", "Europe", true, "Gävle"],
  [
    "switzerlandnorth",
    "Switzerland North",
    47.451542,
    8.564572,
    "Switzerland",
    "Europe",
    true,
    "Zurich",
  ],
  [
    "uaenorth",
    "UAE North",
    25.266666,
    55.316666,
    "United Arab Emirates",
    "Middle East",
    true,
    "Dubai",
  ],
  ["uksouth", "UK South", 50.941, -0.799, "United Kingdom", "Europe", true, "London"],
  ["ukwest", "UK West", 53.427, -3.084, "United Kingdom", "Europe", false, "Cardiff"],
  ["westcentralus", "West Central US", 40.89, -110.234, "United States", "US", false, "Wyoming"],
  ["westeurope", "West Europe", 52.3667, 4.9, "Europe", "Europe", true, "Netherlands"],
  ["westindia", "West India", 19.088, 72.868, "India", "Asia Pacific", false, "Mumbai"],
  ["westus", "West US", 37.783, -122.417, "United States", "US", false, "California"],
  ["westus2", "West US 2", 47.233, -119.852, "United States", "US", true, "Washington"],
  ["westus3", "West US 3", 33.448376, -112.074036, "United States", "US", true, "Phoenix"],
];

/**
 * https://learn.microsoft.com/azure/azure-government/documentation-government-overview-dod, without those of the DoD.
 * No page has coordinates: they are those of public locations in the same city or state.
 */
const ofGovernment: readonly Row[] = [
  [
    "usgovarizona",
    "USGov Arizona",
    33.448376,
    -112.074036,
    "United States",
    "US",
    false,
    "Phoenix",
  ],
  ["usgovtexas", "USGov Texas", 29.4167, -98.5, "United States", "US", false, "Texas"],
  ["usgovvirginia", "USGov Virginia", 37.3719, -79.8164, "United States", "US", true, "Virginia"],
];

/**
 * https://learn.microsoft.com/azure/china/overview-regions, without China East and China North, which are of the
 * first generation. No page has coordinates: they are the city's, or those of the province's capital.
 */
const ofChina: readonly Row[] = [
  ["chinaeast2", "China East 2", 31.2304, 121.4737, "China", "Asia Pacific", false, "Shanghai"],
  ["chinaeast3", "China East 3", 32.0603, 118.7969, "China", "Asia Pacific", false, "Jiangsu"],
  ["chinanorth2", "China North 2", 39.9042, 116.4074, "China", "Asia Pacific", false, "Beijing"],
  ["chinanorth3", "China North 3", 38.0428, 114.5149, "China", "Asia Pacific", true, "Hebei"],
];

const rows: Readonly<Record<CloudName, readonly Row[]>> = {
  public: ofPublic,
  government: ofGovernment,
  china: ofChina,
};

/** All locations by name. */
export const locations: ReadonlyMap<string, Location> = new Map(
  CLOUDS.flatMap((cloud) => rows[cloud].map((row) => [row[0], locationOf(cloud, row)] as const)),
);

function locationOf(cloud: CloudName, row: Row): Location {
  const [name, displayName, latitude, longitude, geography, continent, zones, city] = row;
  return {name, cloud, displayName, latitude, longitude, geography, continent, zones, city};
}

/** Those of one cloud. */
export const locationsIn = (cloud: CloudName): Location[] =>
  [...locations.values()].filter((location) => location.cloud === cloud);
